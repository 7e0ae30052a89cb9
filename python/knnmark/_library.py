"""The shared library by ctypes: where it is, what it declares, and how it is called."""

import ctypes
import ctypes.util
import os
import threading
from ctypes import POINTER, byref, c_char_p, c_double, c_int, c_size_t, c_uint, c_uint32, c_void_p
from pathlib import Path
from typing import Any, Callable, Optional

import numpy as np

# -- knnmark.h ---------------------------------------------------------------------------------------------------------

METRICS = {"l1": 0, "l2": 1, "l1wrap": 2}
METHODS = {"auto": 0, "exhaustive": 1, "bounds": 2}
MAX_K = 1000
PROGRESS = ctypes.CFUNCTYPE(c_int, c_double, c_void_p)

# knn_neighbor: an array of them is what a search writes to, and its two fields are what callers get.
NEIGHBOR = np.dtype({"names": ["distance", "id"], "formats": ["u8", "u4"], "offsets": [0, 8], "itemsize": 16})


class Error(ctypes.Structure):
    _fields_ = [("message", ctypes.c_char * 512)]


class Rows(ctypes.Structure):
    _fields_ = [("data", c_void_p), ("rows", c_size_t), ("dim", c_size_t), ("stride", c_size_t)]


class Options(ctypes.Structure):
    _fields_ = [
        ("size", c_size_t),
        ("metric", c_int),
        ("kernel", c_char_p),
        ("isa", c_char_p),
        ("threads", c_uint),
        ("bind", c_int),
        ("progress", PROGRESS),
        ("context", c_void_p),
        ("first_id", c_uint32),
        ("ids", c_void_p),
        ("k", c_size_t),
        ("weights", c_int),
        ("method", c_int),
        ("width", c_size_t),
        ("height", c_size_t),
    ]


class KernelInfo(ctypes.Structure):
    _fields_ = [
        ("name", c_char_p),
        ("summary", c_char_p),
        ("metric", c_int),
        ("mr", c_uint),
        ("nr", c_uint),
        ("runs", c_int),
        ("is_default", c_int),
    ]


class CpuInfo(ctypes.Structure):
    _fields_ = [
        ("name", ctypes.c_char * 64),
        ("isas", ctypes.c_char * 128),
        ("cores", c_uint),
        ("hardware_threads", c_uint),
        ("threads", c_uint),
    ]


# What each function takes and returns; pointers that may be NULL, and arrays, are void pointers here.
FUNCTIONS = {
    "knn_version": (c_char_p, []),
    "knn_options_init": (None, [POINTER(Options), c_size_t]),
    "knn_search": (c_int, [POINTER(Rows), POINTER(Rows), c_size_t, c_void_p, POINTER(Options), POINTER(Error)]),
    "knn_search_folds": (
        c_int,
        [POINTER(Rows), c_void_p, c_size_t, c_size_t, c_void_p, POINTER(Options), POINTER(Error)],
    ),
    "knn_index_borrow": (c_int, [c_void_p, POINTER(Rows), POINTER(Options), POINTER(Error)]),
    "knn_index_search": (c_int, [c_void_p, POINTER(Rows), c_size_t, c_void_p, POINTER(Error)]),
    "knn_index_kernel": (c_char_p, [c_void_p]),
    "knn_index_threads": (c_uint, [c_void_p]),
    "knn_index_method": (c_int, [c_void_p]),
    "knn_index_free": (None, [c_void_p]),
    "knn_distances": (c_int, [POINTER(Rows), POINTER(Rows), c_void_p, c_size_t, POINTER(Options), POINTER(Error)]),
    "knn_distances64": (c_int, [POINTER(Rows), POINTER(Rows), c_void_p, c_size_t, POINTER(Options), POINTER(Error)]),
    "knn_kernel_describe": (c_int, [c_size_t, POINTER(KernelInfo), c_size_t]),
    "knn_cpu_describe": (c_int, [POINTER(CpuInfo), c_size_t, POINTER(Error)]),
}

# -- loading -----------------------------------------------------------------------------------------------------------


def _find() -> str:
    """What KNNMARK_LIBRARY names; else beside this file, as in a wheel; else in the build tree; else the system's."""
    named = os.environ.get("KNNMARK_LIBRARY")
    if named:
        return named
    here = Path(__file__).resolve().parent
    for folder in (here, here.parents[1] / "build"):
        for name in ("libknnmark.so.1", "libknnmark.1.dylib"):
            if (folder / name).exists():
                return str(folder / name)
    return ctypes.util.find_library("knnmark") or "libknnmark.so.1"


def _load() -> ctypes.CDLL:
    path = _find()
    try:
        loaded = ctypes.CDLL(path)
        for name, (result, arguments) in FUNCTIONS.items():
            function = getattr(loaded, name)
            function.restype, function.argtypes = result, arguments
    except (OSError, AttributeError) as error:
        raise ImportError(
            f"knnmark: {path} cannot be used ({error}): build it by `make`, install it by `make install`, or name a "
            "libknnmark of this version in the environment's KNNMARK_LIBRARY"
        ) from None
    return loaded


library = _load()

# -- calling -----------------------------------------------------------------------------------------------------------


class _Call:
    """What the thread that searches and the one that waits for it tell each other."""

    def __init__(self) -> None:
        self.share = 0.0
        self.stop = False
        self.status = -1
        self.failure: Optional[BaseException] = None
        self.finished = threading.Event()


_here = threading.local()


@PROGRESS
def report(share: float, _context: Any) -> int:
    """The progress function of every search: it runs on that search's thread."""
    call: _Call = _here.call
    call.share = share
    return call.stop


def run(function: Any, *arguments: Any, progress: Optional[Callable[[float], Any]] = None) -> None:
    """Calls a function of the library, whose last argument is an error, and raises what it says.

    The call has a thread of its own, and the caller waits. So Python handles Ctrl-C meanwhile; `progress` is called on
    the caller's thread, some ten times a second; and a search works after fork(): GNU's OpenMP ties its threads to the
    one that started them, and would wait for ever for those that fork() left behind. The call's thread holds all
    arguments until it ends, even if the caller leaves early.
    """
    call, error = _Call(), Error()

    def work() -> None:
        _here.call = call
        try:
            call.status = function(*arguments, byref(error))
        except BaseException as failure:  # pylint: disable=broad-except
            call.failure = failure
        finally:
            call.finished.set()

    threading.Thread(target=work, name="knnmark").start()
    try:
        while not call.finished.wait(0.1 if progress else None):
            if progress:
                progress(call.share)
        if progress and call.status == 0:
            progress(1.0)
    except BaseException:
        call.stop = True
        call.finished.wait()
        raise
    if call.failure is not None:
        raise call.failure
    if call.status != 0:
        message = error.message.decode(errors="replace")
        raise (MemoryError if message.startswith("no memory") else ValueError)(message)


class Handle(c_void_p):
    """An index of the library, freed when nobody refers to it any more."""

    def __del__(self, free: Any = library.knn_index_free) -> None:
        free(self)
