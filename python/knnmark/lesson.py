"""The lesson's classifier."""

from typing import Any, Optional

import numpy as np

from ._arrays import byte_rows
from .nearest import Index, Progress
from .votes import encode, predict


class NearestNeighbor:
    """Remembers all labelled rows; a new one gets the label of those most like it.

    >>> import numpy as np, knnmark
    >>> nn = knnmark.NearestNeighbor()
    >>> nn.train(np.array([[0, 0], [9, 9]], np.uint8), ["dark", "light"])
    >>> nn.predict(np.array([[8, 7]], np.uint8))
    array(['light'], dtype='<U5')

    Parameters
    ----------
    metric : "l1" or "l2"
        The distance; "l1wrap" makes the mistake of subtracting bytes in NumPy.
    **options
        As for `knnmark.Index`: threads, method, kernel, ...
    """

    def __init__(self, metric: str = "l1", **options: Any) -> None:
        self.metric = metric
        self._options = options
        self._index: Optional[Index] = None

    def train(self, X: Any, y: Any) -> None:
        """Remembers the rows, and their labels.

        X : array of shape (rows, D), or images: (rows, height, width[, colours])
            Whole numbers from 0 to 255. Bytes in one piece are not copied, and must then not be changed.
        y : a label for each row, of any kind that NumPy can sort
        """
        rows = byte_rows(X, "X")
        self._classes, self._labels = encode(y, len(rows))
        self._shape = rows.shape[1:]
        self._index = Index(rows, self.metric, **self._options)

    def predict(self, X: Any, k: int = 1, *, weights: str = "uniform", progress: Progress = None) -> np.ndarray:
        """The label of each row of X: the one that most of its k nearest have; on a tie, the smallest.

        X : array whose rows are as long as those to train on
        weights : "uniform": a neighbour has one vote; "distance": 1 / distance votes
        progress : as for `knnmark.search`
        """
        if self._index is None:
            raise ValueError("nothing is learned yet: call train(X, y) first")
        found = self._index.search(X, k, progress=progress)
        return self._classes[predict(found, self._labels, len(self._classes), k, weights, self.metric)]
