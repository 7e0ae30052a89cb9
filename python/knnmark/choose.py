"""The choice of k and the metric, by rows held out or by cross-validation."""

from fractions import Fraction
from typing import Any, Dict, NamedTuple, Sequence, Tuple, Union

import numpy as np

from ._arrays import byte_rows
from .nearest import Index, Neighbors, Progress, reporter, search_folds, whole
from .votes import encode, predict

KS = (1, 3, 5, 10, 20, 50, 100)


class Choice(NamedTuple):
    """The setting with the highest accuracy; on a tie, the one with the smallest k, then the first metric."""

    metric: str
    k: int
    accuracy: float
    """tune: on the rows held out; cross_validate: the mean over the folds."""
    scores: Dict[Tuple[str, int], np.ndarray]
    """By (metric, k): the accuracy; cross_validate: of each fold."""


def _settings(
    k: Union[int, Sequence[int]], metrics: Union[str, Sequence[str]]
) -> Tuple[Tuple[int, ...], Tuple[str, ...]]:
    ks = (k,) if isinstance(k, (int, np.integer)) else tuple(k)
    names = (metrics,) if isinstance(metrics, str) else tuple(metrics)
    if not ks or not names:
        raise ValueError("there is nothing to choose from: give at least one k and one metric")
    return tuple(whole(value, "k", 1, 1000) for value in ks), names


def _part_of(progress: Any, i: int, parts: int) -> Any:
    return None if progress is None else lambda share: progress((i + share) / parts)


def _choose(right: Dict[Tuple[str, int], np.ndarray], sizes: np.ndarray) -> Choice:
    """right[setting] are the right answers in each fold; sizes are the folds' rows."""

    def mean(counts: np.ndarray) -> Fraction:
        return sum((Fraction(int(a), int(b)) for a, b in zip(counts, sizes)), Fraction()) / len(sizes)

    metric, k = max(right, key=lambda setting: (mean(right[setting]), -setting[1]))
    scores = {setting: counts / sizes for setting, counts in right.items()}
    return Choice(metric, k, float(mean(right[metric, k])), scores)


def tune(
    X: Any,
    y: Any,
    k: Union[int, Sequence[int]] = KS,
    metrics: Union[str, Sequence[str]] = ("l1", "l2"),
    *,
    validation: int = 1000,
    weights: str = "uniform",
    progress: Progress = None,
    **options: Any,
) -> Choice:
    """Chooses k and the metric by the first `validation` rows, which are held out while the others are learned.

    X, y : rows and their labels, as for `NearestNeighbor.train`
    k, metrics : what to choose from; each metric takes one search, for the largest k
    weights, progress, **options : as for `NearestNeighbor.predict` and `Index`
    """
    rows = byte_rows(X, "X")
    classes, labels = encode(y, len(rows))
    ks, names = _settings(k, metrics)
    held = whole(validation, "validation", 1, max(1, len(rows) - 1))
    right = {}
    with reporter(progress) as tell:
        for i, metric in enumerate(names):
            index = Index(rows[held:], metric, **options)
            found = index.search(rows[:held], max(ks), progress=_part_of(tell, i, len(names)))
            for each in ks:
                predicted = predict(found, labels[held:], len(classes), each, weights, metric)
                right[metric, each] = np.array([np.count_nonzero(predicted == labels[:held])])
    return _choose(right, np.array([held]))


def stratified_folds(y: Any, folds: int = 5) -> np.ndarray:
    """The fold of each row, with each class spread evenly over them: scikit-learn's StratifiedKFold without shuffle."""
    labels = np.asarray(y)
    _, first, numbers = np.unique(labels, return_index=True, return_inverse=True)
    by_first = np.argsort(np.argsort(first))[numbers]  # classes in the order of their first rows
    counts = np.bincount(by_first)
    whole(folds, "folds", 2, max(2, len(labels)))
    if counts.min() < folds:
        raise ValueError(f"a class has {counts.min()} row(s), fewer than the {folds} folds: use fewer")
    dealt = np.sort(by_first)
    share = [np.bincount(dealt[fold::folds], minlength=len(first)) for fold in range(folds)]
    result = np.empty(len(labels), np.uint32)
    for label in range(len(first)):
        result[by_first == label] = np.arange(folds).repeat([part[label] for part in share])
    return result


def cross_validate(
    X: Any,
    y: Any,
    k: Union[int, Sequence[int]] = KS,
    metrics: Union[str, Sequence[str]] = ("l1", "l2"),
    *,
    folds: Any = 5,
    weights: str = "uniform",
    progress: Progress = None,
    **options: Any,
) -> Choice:
    """Chooses k and the metric by cross-validation: each fold is predicted by the rows of all others.

    folds : how many, each class spread evenly over them (`stratified_folds`); or an array with the fold of each row
    The rest is as for `tune`. All folds are searched at once.
    """
    rows = byte_rows(X, "X")
    classes, labels = encode(y, len(rows))
    ks, names = _settings(k, metrics)
    fold = stratified_folds(labels, folds) if np.ndim(folds) == 0 else np.asarray(folds)
    right = {}
    sizes = np.empty(0, int)
    with reporter(progress) as tell:
        for i, metric in enumerate(names):
            found: Neighbors = search_folds(
                rows, fold, max(ks), metric, progress=_part_of(tell, i, len(names)), **options
            )
            sizes = np.bincount(fold)
            for each in ks:
                predicted = predict(found, labels, len(classes), each, weights, metric)
                right[metric, each] = np.bincount(fold, predicted == labels, len(sizes)).astype(int)
    return _choose(right, sizes)
