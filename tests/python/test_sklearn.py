"""KNeighborsClassifier as scikit-learn's."""

import os
import pickle
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest

sklearn = pytest.importorskip("sklearn")
from joblib import Parallel, delayed  # noqa: E402
from sklearn import neighbors  # noqa: E402
from sklearn.base import clone  # noqa: E402
from sklearn.model_selection import GridSearchCV, cross_val_score  # noqa: E402
from sklearn.pipeline import make_pipeline  # noqa: E402
from sklearn.preprocessing import FunctionTransformer  # noqa: E402
from sklearn.utils.estimator_checks import parametrize_with_checks  # noqa: E402

from knnmark import KNeighborsClassifier  # noqa: E402


@parametrize_with_checks([KNeighborsClassifier()])
def test_estimator(estimator, check):
    check(estimator)


def pair(*arguments, **parameters):
    ours = KNeighborsClassifier(*arguments, **parameters)
    return ours, neighbors.KNeighborsClassifier(*arguments, **{**parameters, "algorithm": "brute"})


# -- the same answers --------------------------------------------------------------------------------------------------


class Remembering(neighbors.KNeighborsClassifier):
    """scikit-learn's, whose neighbours are sought once, for the largest k; of those equally far, the smaller index first."""

    def kneighbors(self, X=None, n_neighbors=None, return_distance=True):
        if "memory" not in self.__dict__:
            distances, ids = super().kneighbors(X, 101, True)
            order = np.lexsort((ids, distances))
            self.memory = [np.take_along_axis(part, order, axis=1) for part in (distances, ids)]
        distances, ids = (part[:, : n_neighbors or self.n_neighbors] for part in self.memory)
        return (distances, ids) if return_distance else ids


@pytest.mark.parametrize("metric", ["manhattan", "euclidean"])
def test_images(images, metric):
    """Where the k-th and the next are equally far, which of them scikit-learn takes is left open."""
    train, labels, test, _ = images
    theirs = Remembering(algorithm="brute", metric=metric).fit(train.astype(float), labels)
    theirs.kneighbors(test.astype(float))
    for weights in ("uniform", "distance"):
        ours = KNeighborsClassifier(metric=metric, weights=weights).fit(train, labels)
        for k in (1, 3, 5, 10, 20, 50, 100):
            for model in (ours, theirs):
                model.set_params(n_neighbors=k, weights=weights)
            distances, ids = ours.kneighbors(test)
            np.testing.assert_array_equal(distances, theirs.memory[0][:, :k])
            certain = theirs.memory[0][:, k - 1] < theirs.memory[0][:, k]
            np.testing.assert_array_equal(ids[certain], theirs.memory[1][certain, :k])
            np.testing.assert_array_equal(ours.predict(test)[certain], theirs.predict(test)[certain])
            shares = ours.predict_proba(test)[certain]
            np.testing.assert_allclose(shares, theirs.predict_proba(test)[certain], rtol=0, atol=1e-12)
            assert ours.knnmark_used_ and certain.mean() > 0.5


TYPES = [np.uint8, np.int8, np.int64, np.uint16, np.float32, np.float64, bool]


@pytest.mark.parametrize("dtype", TYPES)
def test_types(random, dtype):
    train, test = (random.randint(0, 100, (count, 40)).astype(dtype) for count in (90, 20))
    ours, theirs = pair(1, p=1)
    for model in (ours, theirs):
        model.fit(train, np.arange(90) % 4)
    assert ours.knnmark_used_
    np.testing.assert_allclose(ours.kneighbors(test)[0], theirs.kneighbors(test.astype(float))[0])
    assert ours.knnmark_used_


METRICS = [
    ({"p": 1}, True),
    ({"p": 2.0}, True),
    ({"metric": "cityblock"}, True),
    ({"metric": "l1"}, True),
    ({"metric": "l2"}, True),
    ({"metric": "euclidean", "algorithm": "ball_tree"}, True),
    ({"algorithm": "kd_tree"}, True),
    ({"p": 3}, False),
    ({"metric": "chebyshev"}, False),
    ({"metric": "cosine"}, False),
    ({"metric": "minkowski", "metric_params": {"w": np.arange(1, 41)}}, False),
    ({"metric": lambda a, b: abs(a - b).max()}, False),
]


@pytest.mark.parametrize("parameters, used", METRICS)
def test_metrics(random, parameters, used):
    train, test = random.randint(0, 256, (90, 40)), random.randint(0, 256, (20, 40))
    labels = random.randint(0, 4, 90)
    ours, theirs = pair(3, **parameters)
    distances, ids = ours.fit(train, labels).kneighbors(test)
    assert ours.knnmark_used_ is used
    if used:  # whole numbers take another way in scikit-learn, with another choice among those equally far
        train, test = train.astype(float), test.astype(float)
    right = theirs.fit(train, labels).kneighbors(test)
    np.testing.assert_allclose(distances, right[0])
    np.testing.assert_array_equal(ids, right[1])
    assert distances.dtype == right[0].dtype and ids.dtype == right[1].dtype
    np.testing.assert_array_equal(ours.predict(test), theirs.predict(test))


def test_other_queries_go_to_scikit_learn(random):
    train, test = random.randint(0, 256, (90, 40), np.uint8), 255 * random.rand(20, 40)
    for algorithm in ("auto", "kd_tree"):
        ours, theirs = pair(3, algorithm=algorithm)
        ours.fit(train, np.arange(90) % 4)
        theirs.fit(train.astype(float), np.arange(90) % 4)
        np.testing.assert_array_equal(ours.predict(test), theirs.predict(test))
        assert not ours.knnmark_used_
        np.testing.assert_array_equal(ours.predict(train), theirs.predict(train.astype(float)))
        assert ours.knnmark_used_


def test_many_neighbours(random):
    train = random.randint(0, 256, (1200, 40), np.uint8)
    ours, theirs = pair(1001)
    ours.fit(train, np.arange(1200) % 4)
    theirs.fit(train.astype(float), np.arange(1200) % 4)
    np.testing.assert_array_equal(ours.kneighbors(train[:5])[0], theirs.kneighbors(train[:5].astype(float))[0])
    assert not ours.knnmark_used_


def test_without_queries(random):
    """Each row among the others, with many that are the same."""
    train = random.randint(0, 2, (60, 4), np.uint8)
    ours, theirs = pair(5, p=1)
    ours.fit(train, np.arange(60) % 4)
    theirs.fit(train.astype(float), np.arange(60) % 4)
    distances, ids = ours.kneighbors()
    assert ours.knnmark_used_
    np.testing.assert_array_equal(distances, theirs.kneighbors()[0])
    assert (ids != np.arange(60)[:, None]).all()
    wide = random.randint(0, 256, (60, 3000), np.uint8)
    ours.fit(wide, np.arange(60) % 4)
    theirs.fit(wide.astype(float), np.arange(60) % 4)
    np.testing.assert_array_equal(ours.kneighbors(return_distance=False), theirs.kneighbors(return_distance=False))
    for mode in ("connectivity", "distance"):
        for X in (None, wide):
            assert (ours.kneighbors_graph(X, mode=mode) != theirs.kneighbors_graph(X, mode=mode)).nnz == 0


@pytest.mark.parametrize("weights", ["uniform", "distance", lambda distances: 1 / (1 + distances)])
def test_labels(random, weights):
    train, test = random.randint(0, 256, (900, 40), np.uint8), random.randint(0, 256, (50, 40), np.uint8)
    several = np.column_stack([random.randint(0, 4, 900), random.randint(0, 300, 900)])
    for labels in (np.array([f"class {i % 7}" for i in range(900)]), np.arange(900) * 1000, several, several % 2):
        ours, theirs = pair(5, weights=weights)
        ours.fit(train, labels)
        theirs.fit(train.astype(float), labels)
        np.testing.assert_array_equal(ours.predict(test), theirs.predict(test.astype(float)))
        shares = [model.predict_proba(X) for model, X in ((ours, test), (theirs, test.astype(float)))]
        for own, right in zip(*(part if labels.ndim > 1 else [part] for part in shares)):
            np.testing.assert_allclose(own, right)
        if labels.ndim == 1:
            assert ours.score(test, labels[:50]) == theirs.score(test.astype(float), labels[:50])
        assert ours.knnmark_used_


@pytest.mark.parametrize(
    "k, X", [(0, "same"), (-1, "same"), (1.5, "same"), (91, "same"), (3, "narrow"), (3, "flat"), (3, "nan")]
)
def test_the_same_errors(random, k, X):
    train = random.randint(0, 256, (90, 40), np.uint8)
    wrong = {"same": train, "narrow": train[:, :5], "flat": train[0], "nan": train * np.nan}[X]
    said = []
    for model in pair(3):
        model.fit(train, np.arange(90) % 4)
        with pytest.raises((ValueError, TypeError)) as error:
            model.kneighbors(wrong, k)
        said.append(str(error.value).replace("float64", "uint8"))
    assert said[0] == said[1]


# -- among scikit-learn's tools ----------------------------------------------------------------------------------------


def test_selection(random):
    train, labels = random.randint(0, 256, (90, 40), np.uint8), np.arange(90) % 3
    ours, theirs = pair()
    np.testing.assert_array_equal(
        cross_val_score(ours, train, labels), cross_val_score(theirs, train.astype(float), labels)
    )
    grid = {"kneighborsclassifier__n_neighbors": [1, 3, 9], "kneighborsclassifier__p": [1, 2]}
    scores = []
    for model, X in ((ours, train), (theirs, train.astype(float))):
        search = GridSearchCV(make_pipeline(FunctionTransformer(), model), grid, n_jobs=2).fit(X, labels)
        scores.append(search.cv_results_["mean_test_score"])
    np.testing.assert_array_equal(*scores)
    assert search.best_estimator_.predict(train[:3].astype(float)).shape == (3,)


def test_pickles_hold_rows_and_labels(random):
    train, labels = random.randint(0, 256, (500, 400)).astype(float), np.arange(500) % 3
    model = KNeighborsClassifier(3, metric="manhattan").fit(train, labels)
    text = pickle.dumps(model)
    assert len(text) < 1.2 * train.size + 8 * labels.size
    again = pickle.loads(text)
    np.testing.assert_array_equal(again.predict(train), model.predict(train))
    assert again.knnmark_used_ and not hasattr(clone(model), "classes_")


def test_joblib(random):
    train, labels = random.randint(0, 256, (90, 40), np.uint8), np.arange(90) % 3
    model = KNeighborsClassifier(3).fit(train, labels)
    for backend in ("loky", "threading", "multiprocessing"):
        parts = Parallel(2, backend=backend)(delayed(model.predict)(train[i : i + 30]) for i in range(0, 90, 30))
        np.testing.assert_array_equal(np.concatenate(parts), model.predict(train))


def test_memory_map(tmp_path, random):
    train, labels = random.randint(0, 256, (90, 40), np.uint8), np.arange(90) % 3
    np.save(tmp_path / "rows.npy", train)
    mapped = np.load(tmp_path / "rows.npy", mmap_mode="r")
    model = KNeighborsClassifier(3).fit(mapped, labels)
    assert model.knnmark_used_ and np.shares_memory(model._fit_X, mapped)
    np.testing.assert_array_equal(model.predict(mapped), KNeighborsClassifier(3).fit(train, labels).predict(train))


def test_frames(random):
    pandas = pytest.importorskip("pandas")
    train = pandas.DataFrame(random.randint(0, 256, (90, 4)), columns=list("abcd"))
    labels = pandas.Series(["yes", "no", "maybe"] * 30)
    ours, theirs = pair(3)
    ours.fit(train, labels)
    theirs.fit(train, labels)
    assert ours.knnmark_used_ and list(ours.feature_names_in_) == list("abcd")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        np.testing.assert_array_equal(ours.predict(train), theirs.predict(train))
    with pytest.raises(ValueError, match="feature names"):
        ours.predict(train.rename(columns={"a": "e"}))
    train["a"] += 0.5
    assert not ours.fit(train, labels).knnmark_used_


def test_threads(random):
    train = random.randint(0, 256, (90, 40), np.uint8)
    assert KNeighborsClassifier(n_jobs=1).fit(train, np.arange(90) % 3)._index.threads == 1
    assert KNeighborsClassifier(n_jobs=2).fit(train, np.arange(90) % 3)._index.threads == 2


def test_scikit_learn_s_own_tests():
    """Its tests of its classifier pass with ours in its place, but for one of joblib, which starts many processes."""
    own = Path(sklearn.__file__).parent / "neighbors" / "tests" / "test_neighbors.py"
    if not own.exists():
        pytest.skip("scikit-learn is installed without its tests")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "substitute", "-W", "ignore", own]
    command += ["-k", "not forcing_backend"]
    path = f"{Path(__file__).parent}:{os.environ.get('PYTHONPATH', '')}"
    done = subprocess.run(command, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, check=False)
    print("\n".join(done.stdout.splitlines()[-3:]))
    assert done.returncode == 0, done.stdout + done.stderr
