"""The vote of neighbours' labels."""

from typing import Any, Optional, Tuple

import numpy as np

from .nearest import Neighbors

_SUMS = 1 << 22  # held at a time


def encode(y: Any, rows: int, name: str = "y") -> Tuple[np.ndarray, np.ndarray]:
    """The sorted classes, and the number of each row's class; ValueError if `y` is not one label for each row."""
    labels = np.asarray(y)
    if labels.shape != (rows,):
        raise ValueError(f"{name} has shape {labels.shape}: give one label for each of the {rows} rows")
    classes, numbers = np.unique(labels, return_inverse=True)
    return classes, numbers


def weigh(distances: np.ndarray, metric: str) -> np.ndarray:
    """Each neighbour's vote: 1 / distance (L2: with the root); if any are at distance 0, they have one, others none."""
    with np.errstate(divide="ignore"):
        weights = 1.0 / (np.sqrt(distances) if metric == "l2" else distances.astype(float))
    same = distances == 0
    return np.where(same.any(axis=1, keepdims=True), same, weights)


def vote(labels: np.ndarray, classes: int, weights: Optional[np.ndarray] = None) -> np.ndarray:
    """The class that most of the neighbours have, row by row; on a tie, the smallest.

    labels : whole numbers below `classes`, of shape (queries, k), the nearest first
    weights : of the same shape; None: one each
    """
    queries, k = labels.shape
    if k == 1:
        return labels[:, 0]
    result = np.empty(queries, np.intp)
    step = max(1, _SUMS // classes)
    for first in range(0, queries, step):
        part = slice(first, first + step)
        count = len(labels[part])
        places = labels[part] + classes * np.arange(count)[:, None]
        heavy = None if weights is None else weights[part].ravel()
        sums = np.bincount(places.ravel(), heavy, count * classes)
        result[part] = sums.reshape(count, classes).argmax(axis=1)
    return result


def predict(found: Neighbors, labels: np.ndarray, classes: int, k: int, weights: str, metric: str) -> np.ndarray:
    """The class for each query by the first k of its neighbours; train row i has the class labels[i]."""
    if weights not in ("uniform", "distance"):
        raise ValueError(f"weights = {weights!r}: use 'uniform' or 'distance'")
    heavy = weigh(found.distances[:, :k], metric) if weights == "distance" else None
    return vote(labels[found.ids[:, :k]], classes, heavy)
