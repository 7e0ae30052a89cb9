"""A plugin of pytest's for scikit-learn's own tests: those that use KNeighborsClassifier are run, and get knnmark's.

    python3 -m pytest -p substitute .../sklearn/neighbors/tests/test_neighbors.py
"""

import inspect

from sklearn import neighbors

import knnmark

used = {"by knnmark": 0, "by scikit-learn": 0}


class Counting(knnmark.KNeighborsClassifier):
    """Counts who searches."""

    def kneighbors(self, *arguments, **parameters):
        found = super().kneighbors(*arguments, **parameters)
        used["by knnmark" if self.knnmark_used_ else "by scikit-learn"] += 1
        return found


Counting.__name__ = "KNeighborsClassifier"  # which some tests read
neighbors.KNeighborsClassifier = Counting


def pytest_collection_modifyitems(config, items):
    whole = [item for item in items if "KNeighborsClassifier" not in inspect.getsource(item.function)]
    config.hook.pytest_deselected(items=whole)
    items[:] = [item for item in items if item not in whole]


def pytest_terminal_summary(terminalreporter):
    terminalreporter.write_line(f"searches: {used}")
