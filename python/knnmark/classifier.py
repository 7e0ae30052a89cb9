"""scikit-learn's classifier, at knnmark's speed. Needs scikit-learn."""

from typing import Any, Optional

import numpy as np
from joblib import effective_n_jobs
from sklearn import neighbors
from sklearn.utils.validation import check_is_fitted

from ._arrays import as_bytes
from ._library import MAX_K
from .nearest import Index, Neighbors
from .votes import vote

try:  # since scikit-learn 1.6
    from sklearn.utils.validation import validate_data
except ImportError:

    def validate_data(estimator: Any, X: Any, **how: Any) -> Any:
        return estimator._validate_data(X, **how)


_METRICS = {"manhattan": "l1", "l1": "l1", "cityblock": "l1", "euclidean": "l2", "l2": "l2"}


def _bytes_in(X: Any) -> Optional[np.ndarray]:
    """Rows that hold nothing but whole numbers from 0 to 255, as bytes; None for all else."""
    try:
        array = np.asarray(X)
    except (TypeError, ValueError):  # scikit-learn will say why
        return None
    return as_bytes(array) if array.ndim == 2 and array.size > 0 else None


class KNeighborsClassifier(neighbors.KNeighborsClassifier):
    """`sklearn.neighbors.KNeighborsClassifier`, searching by knnmark wherever the answers are the same.

    That is for rows of whole numbers from 0 to 255, of any type, with L1 or L2: metric "manhattan", "euclidean" and
    their other names, or "minkowski" with p = 1 or 2, without metric_params, and at most 1000 neighbours. `algorithm`
    and `leaf_size` then change nothing. All else is left to scikit-learn itself.

    Of neighbours that are equally far, knnmark takes those with the smallest numbers, and scikit-learn any.
    Distances are computed in whole numbers, so they are exact.

    Rows of bytes are not copied, and must not be changed after `fit`; rows of another type are kept as bytes.
    Parameters,
    methods and attributes are scikit-learn's. n_jobs is the number of threads; None: OMP_NUM_THREADS, else all cores.

    Attributes
    ----------
    knnmark_used_ : bool
        Whether knnmark, not scikit-learn, did the latest search; after `fit`: whether it will do the next one of bytes.
    """

    algorithm: str

    def _metric(self) -> Optional[str]:
        if self.metric_params or not isinstance(self.metric, str):
            return None
        if self.metric == "minkowski":
            return {1: "l1", 2: "l2"}.get(self.p)
        return _METRICS.get(self.metric)

    def _fit(self, X: Any, y: Any = None) -> "KNeighborsClassifier":
        metric = self._metric()
        rows = _bytes_in(X) if metric is not None else None
        algorithm: str = self.algorithm
        try:
            if rows is not None:
                self.algorithm = "brute"  # so that no tree is built
            super()._fit(X, y)
        finally:
            self.algorithm = algorithm
        self._index: Optional[Index] = None
        if metric is not None and rows is not None:
            threads = None if self.n_jobs is None else effective_n_jobs(self.n_jobs)
            self._index = Index(rows, metric, threads=threads)
            self._fit_X = rows
        self.knnmark_used_ = self._index is not None
        return self

    def kneighbors(self, X: Any = None, n_neighbors: Optional[int] = None, return_distance: bool = True) -> Any:
        """The nearest rows of each of X, as scikit-learn's; without X, of each row of the training set among the others.

        Returns
        -------
        distances : float64 array of shape (queries, n_neighbors), only if `return_distance`
        ids : int64 array of the same shape
        """
        check_is_fitted(self)
        k = self.n_neighbors if n_neighbors is None else n_neighbors
        queries = self._fit_X if X is None else _bytes_in(X)
        self.knnmark_used_ = self._index is not None and queries is not None and self._takes(k, X is None)
        if self._index is None or not self.knnmark_used_:  # scikit-learn must search, or say what is wrong
            return super().kneighbors(X, n_neighbors, return_distance)
        if X is None:
            found = _others(self._index.search(queries, k + 1))
        else:
            validate_data(self, X, reset=False)
            found = self._index.search(queries, k)
        ids = found.ids.astype(np.intp)
        if not return_distance:
            return ids
        distances = found.distances.astype(float)
        return (np.sqrt(distances) if self._index.metric == "l2" else distances), ids

    def predict(self, X: Any) -> np.ndarray:
        """The label of each row of X: the one that most of its nearest have; on a tie, the smallest."""
        if self.weights not in ("uniform", None) or getattr(self, "_index", None) is None:
            return super().predict(X)
        ids = self.kneighbors(X, return_distance=False)
        if not self.outputs_2d_:  # counted here, as scikit-learn is slow at it
            return self.classes_[vote(self._y[ids], len(self.classes_))]
        columns = [classes[vote(self._y[ids, i], len(classes))] for i, classes in enumerate(self.classes_)]
        return np.column_stack(columns).astype(self.classes_[0].dtype)

    def _takes(self, k: Any, among_others: bool) -> bool:
        """Whether knnmark can find k neighbours."""
        return isinstance(k, (int, np.integer)) and 0 < k <= min(self.n_samples_fit_, MAX_K) - among_others


def _others(found: Neighbors) -> Neighbors:
    """Each row's neighbours without the row itself; if it is not among them, as others equal it, without the first."""
    others = found.ids != np.arange(len(found.ids))[:, None]
    others[others.all(axis=1), 0] = False
    return Neighbors(*(part[others].reshape(len(part), -1) for part in found))
