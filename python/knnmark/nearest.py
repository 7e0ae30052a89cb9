"""The nearest rows, and all distances."""

from contextlib import contextmanager
from ctypes import byref, sizeof
from typing import Any, Callable, Dict, Iterator, NamedTuple, Optional, Tuple, Union

import numpy as np

from . import _library as c
from ._arrays import byte_rows, view_of

Progress = Union[bool, None, Callable[[float], Any]]


class Neighbors(NamedTuple):
    """The k nearest train rows of each query, the nearest first; of rows equally far, the one with the smaller id first.

    Both arrays have a row for each query and k columns. They are views of what the library wrote.
    """

    distances: np.ndarray
    """uint64: L1, or squared L2."""
    ids: np.ndarray
    """uint32: numbers of train rows, from 0."""


# -- options -----------------------------------------------------------------------------------------------------------


def _choice(words: Dict[str, int], word: Any, name: str) -> int:
    if word not in words:
        raise ValueError(f"{name} = {word!r}: use one of {', '.join(map(repr, words))}")
    return words[word]


def _text(word: Any, name: str) -> Optional[bytes]:
    if word is not None and not isinstance(word, str):
        raise TypeError(f"{name} = {word!r}: give a name")
    return word.encode() if word is not None else None


def make_options(
    metric: str = "l2",
    *,
    method: str = "auto",
    kernel: Optional[str] = None,
    isa: Optional[str] = None,
    threads: Optional[int] = None,
    bind: bool = False,
    picture: Optional[Tuple[int, int]] = None,
) -> c.Options:
    """The options of a search, checked as far as the library cannot."""
    options = c.Options()
    c.library.knn_options_init(byref(options), sizeof(options))
    options.metric = _choice(c.METRICS, metric, "metric")
    options.method = _choice(c.METHODS, method, "method")
    options.kernel = _text(kernel, "kernel")
    options.isa = _text(isa, "isa")
    options.threads = whole(threads, "threads", 1, 4096) if threads is not None else 0
    options.bind = bool(bind)
    options.progress = c.report
    if picture is not None:
        if np.shape(picture) != (2,):
            raise ValueError(f"picture = {picture!r}: give the height and width of a picture")
        options.height, options.width = (whole(size, "picture", 0, 2**32) for size in picture)
    return options


def whole(value: Any, name: str, least: int, most: int) -> int:
    """`value` as an int; TypeError or ValueError if it is not one from `least` to `most`."""
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, np.integer)):
        raise TypeError(f"{name} = {value!r}: give a whole number")
    if not least <= value <= most:
        raise ValueError(f"{name} = {value}: give a number from {least} to {most}")
    return int(value)


@contextmanager
def reporter(progress: Progress) -> Iterator[Optional[Callable[[float], Any]]]:
    """A function to call with the share that is done: the caller's own, or for True one that draws tqdm's bar."""
    if progress is not True:
        yield progress or None
        return
    try:
        from tqdm.auto import tqdm
    except ImportError:
        raise ImportError("progress=True draws a bar by tqdm: install python3-tqdm, or pip install tqdm") from None
    with tqdm(total=1.0, bar_format="{l_bar}{bar}| {elapsed}<{remaining}") as bar:
        yield lambda share: bar.update(share - bar.n)


def _run(function: Any, *arguments: Any, progress: Progress) -> None:
    with reporter(progress) as tell:
        c.run(function, *arguments, progress=tell)


def _room(queries: int, k: int) -> np.ndarray:
    return np.empty((queries, k), c.NEIGHBOR)


def _neighbors(found: np.ndarray) -> Neighbors:
    return Neighbors(found["distance"], found["id"])


def _picture(rows: np.ndarray) -> Tuple[bool, Optional[Tuple[int, int]]]:
    """Whether the planes of the last axis lie one after another in memory; and the height and width, if rows are images
    in planes. Of other rows the library finds out what they look like.

    No answer depends on either: the order of bytes changes no distance if it is the same for all rows; a wrong height or
    width only makes bounds worse, and these are only used where they pay.
    """
    if rows.ndim == 4 and rows[:1].size > 0 and np.moveaxis(rows[0], -1, 0).flags.c_contiguous:
        return True, (rows.shape[1], rows.shape[2])
    if rows.ndim == 3 or rows.ndim == 4 and rows.shape[1] in (1, 3):
        return False, (rows.shape[-2], rows.shape[-1])
    return False, None


# -- searching ---------------------------------------------------------------------------------------------------------


class Index:
    """Train rows prepared for many searches.

    With bounds it refers to the rows themselves, so they must not be changed; else it has a packed copy of them. Any
    number of threads may search one at once. It can be pickled, as its rows.

    Parameters
    ----------
    train : array of shape (rows, ...)
        Whole numbers from 0 to 255: uint8, or another type that holds only such, which is copied. Images are rows, too.
    metric : "l1", "l2" or "l1wrap"
        The sum of |a - b|; of (a - b)², without the root; of (train - query) mod 256, which is what NumPy makes of L1.
    method : "auto", "exhaustive" or "bounds"
        Whether lower bounds rule rows out. The answer is always the same; "auto" uses bounds where they pay.
    kernel, isa : str, optional
        A kernel by name (see `kernels`); the instruction set that it may use at most.
    threads : int, optional
        Default: OMP_NUM_THREADS, else one for every core that the process may use.
    bind : bool
        Whether each thread is bound to a core of its own while it works.
    picture : (height, width), optional
        Rows are pictures: planes of height x width bytes, one after another, which makes for better bounds. Not needed
        for images in planes, nor for square pictures, flat or not: the library looks at the rows.
    """

    def __init__(self, train: Any, metric: str = "l2", **options: Any) -> None:
        self.rows = byte_rows(train, "train")
        self.metric = metric
        self._options = options
        self._handle = c.Handle()
        self._planes, picture = _picture(self.rows)
        self._view = self._rows_of(self.rows)
        own = make_options(metric, **{"picture": picture, **options})  # type: ignore[arg-type]
        c.run(c.library.knn_index_borrow, byref(self._handle), byref(self._view), byref(own))

    def __reduce__(self) -> Tuple[Any, ...]:
        return _remake, (self.rows, self.metric, self._options)

    def __len__(self) -> int:
        return len(self.rows)

    def __repr__(self) -> str:
        return (
            f"<knnmark.Index of {len(self)} rows of {self._view.dim} bytes, {self.kernel}, "
            f"{self.method}, {self.threads} threads>"
        )

    @property
    def kernel(self) -> str:
        """The name of the kernel that computes distances."""
        return c.library.knn_index_kernel(self._handle).decode()

    @property
    def threads(self) -> int:
        """How many threads each search has."""
        return c.library.knn_index_threads(self._handle)

    @property
    def method(self) -> str:
        """ "bounds" if it has bounds, else "exhaustive"."""
        number = c.library.knn_index_method(self._handle)
        return next(name for name, value in c.METHODS.items() if value == number)

    def _rows_of(self, images: np.ndarray) -> c.Rows:
        """Rows with their bytes in the order of the train rows'."""
        if self._planes and np.prod(images.shape[1:]) == np.prod(self.rows.shape[1:]):
            images = np.moveaxis(images.reshape(-1, *self.rows.shape[1:]), -1, 1)
        return view_of(images)

    def search(self, queries: Any, k: int = 1, *, progress: Progress = None) -> Neighbors:
        """The k nearest rows of each query; parameters as for `knnmark.search`."""
        view = self._rows_of(byte_rows(queries, "queries"))
        k = whole(k, "k", 1, c.MAX_K)
        found = _room(view.rows, k)
        _run(c.library.knn_index_search, self._handle, byref(view), k, found.ctypes, progress=progress)
        return _neighbors(found)


def _remake(rows: np.ndarray, metric: str, options: Dict[str, Any]) -> Index:
    return Index(rows, metric, **options)


def search(
    train: Any, queries: Any, k: int = 1, metric: str = "l2", *, progress: Progress = None, **options: Any
) -> Neighbors:
    """The k nearest train rows of each query, once: to search the same rows often, make an `Index`.

    Parameters
    ----------
    train, queries : arrays of shape (rows, ...) and (queries, ...), with equally many numbers in a row
        Whole numbers from 0 to 255. Bytes whose rows are each in one piece are read where they are.
    k : int
        1 to 1000, and at most as many as there are train rows.
    metric, **options
        As for `Index`.
    progress : callable, optional
        Called some ten times a second with the share that is done, 0 to 1; what it raises stops the search. True: a bar
        of tqdm's. Ctrl-C stops a search in any case.

    Returns
    -------
    Neighbors
        distances (uint64) and ids (uint32), each of shape (queries, k).

    Raises
    ------
    ValueError, TypeError, MemoryError
        With a sentence that says what is wrong and what to do.
    """
    rows, view = view_of(byte_rows(train, "train")), view_of(byte_rows(queries, "queries"))
    k = whole(k, "k", 1, c.MAX_K)
    own = make_options(metric, **options)
    found = _room(view.rows, k)
    _run(c.library.knn_search, byref(rows), byref(view), k, found.ctypes, byref(own), progress=progress)
    return _neighbors(found)


def search_folds(
    rows: Any, fold: Any, k: int = 1, metric: str = "l2", *, progress: Progress = None, **options: Any
) -> Neighbors:
    """The k nearest of every row among the rows of other folds.

    `fold` has the number of each row's fold, from 0; the rest is as for `search`. "l1wrap" is refused, as it is not
    symmetric.
    """
    view = view_of(byte_rows(rows, "rows"))
    folds = np.asarray(fold)
    if folds.dtype.kind not in "iu" or folds.shape != (view.rows,) or (folds.size and folds.min() < 0):
        raise ValueError(f"fold: give a whole number from 0 for each of the {view.rows} rows")
    count = int(folds.max()) + 1 if folds.size else 0
    if count > max(view.rows, 2):
        raise ValueError(f"fold: {count} folds are more than the {view.rows} rows: number them from 0 without gaps")
    folds = np.ascontiguousarray(folds, np.uint32)
    k = whole(k, "k", 1, c.MAX_K)
    own = make_options(metric, **options)
    found = _room(view.rows, k)
    _run(
        c.library.knn_search_folds,
        *(byref(view), folds.ctypes, count, k, found.ctypes, byref(own)),
        progress=progress,
    )
    return _neighbors(found)


def distances(a: Any, b: Any, metric: str = "l2", *, progress: Progress = None, **options: Any) -> np.ndarray:
    """All distances of the rows of `a` to those of `b`, exactly: what scipy's cdist does, on bytes.

    L2 is squared. With "l1wrap", `a` are the queries and `b` the train rows. Options are as for `Index`, but for method
    and picture: every distance is computed.

    Returns
    -------
    array of shape (len(a), len(b))
        uint32 if it holds all distances of rows of this length (for L2, up to 66 051 bytes), else uint64.
    """
    rows, view = view_of(byte_rows(b, "b")), view_of(byte_rows(a, "a"))
    own = make_options(metric, **options)
    largest = rows.dim * (255**2 if metric == "l2" else 255)
    short = largest < 2**32
    result = np.empty((view.rows, rows.rows), np.uint32 if short else np.uint64)
    function = c.library.knn_distances if short else c.library.knn_distances64
    _run(function, byref(rows), byref(view), result.ctypes, rows.rows, byref(own), progress=progress)
    return result
