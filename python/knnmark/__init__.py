"""knnmark: the exact nearest neighbours of rows of bytes.

    NearestNeighbor         the lesson's class: train(X, y), predict(X, k)
    KNeighborsClassifier    scikit-learn's class, at knnmark's speed on bytes
    search, Index           the k nearest rows of each query: once, or again and again
    search_folds            the k nearest of each row in other folds
    distances               all distances, as a matrix
    tune, cross_validate    choose k and the metric
    load_cifar10, load_cifar100, load_mnist, load_npz, load_rows
                            data sets as arrays
    kernels, cpu            what this machine and this build can do

Rows are bytes: arrays of uint8, or of another type that holds only whole numbers from 0 to 255. Distances are exact
integers: L1, or squared L2. Neighbours are ordered by (distance, number), so that every kernel, number of threads and CPU
gives the same answer. What cannot be done raises an exception with a sentence that says why, and what to do.
"""

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, List

from ._library import library as _loaded
from .choose import Choice, cross_validate, stratified_folds, tune
from .data import Dataset, load_cifar10, load_cifar100, load_mnist, load_npz, load_rows
from .lesson import NearestNeighbor
from .machine import Cpu, Kernel, cpu, kernels
from .nearest import Index, Neighbors, distances, search, search_folds

if TYPE_CHECKING:
    from .classifier import KNeighborsClassifier

__version__: str = _loaded.knn_version().decode()

__all__ = [
    "Choice",
    "Cpu",
    "Dataset",
    "Index",
    "KNeighborsClassifier",
    "Kernel",
    "NearestNeighbor",
    "Neighbors",
    "cpu",
    "cross_validate",
    "distances",
    "kernels",
    "load_cifar10",
    "load_cifar100",
    "load_mnist",
    "load_npz",
    "load_rows",
    "search",
    "search_folds",
    "stratified_folds",
    "tune",
]
if find_spec("sklearn") is None:
    __all__.remove("KNeighborsClassifier")  # not in `import *` and help(); asked for, it says what is missing


def __getattr__(name: str) -> Any:
    if name != "KNeighborsClassifier":
        raise AttributeError(f"module 'knnmark' has no attribute {name!r}")
    try:
        from .classifier import KNeighborsClassifier
    except ImportError as error:
        raise ImportError(
            f"knnmark.KNeighborsClassifier needs scikit-learn ({error}): install python3-sklearn, or pip install scikit-learn"
        ) from error
    globals()[name] = KNeighborsClassifier
    return KNeighborsClassifier


def __dir__() -> List[str]:
    return sorted({*globals(), *__all__})
