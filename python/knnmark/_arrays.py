"""NumPy arrays as rows of bytes, without a copy where their layout allows."""

from typing import Any, Optional

import numpy as np

from ._library import Rows

_SLICE_BYTES = 1 << 24  # converted and compared at a time


def as_bytes(array: np.ndarray) -> Optional[np.ndarray]:
    """The array itself if it is of bytes; a copy as bytes if all its numbers are whole, from 0 to 255; else None."""
    if array.dtype == np.uint8:
        return array
    if array.dtype == np.bool_:
        return array.view(np.uint8)
    if array.dtype.kind not in "iuf" or array.ndim == 0:
        return None
    result = np.empty(array.shape, np.uint8)
    step = max(1, _SLICE_BYTES // max(1, array[:1].nbytes))
    for first in range(0, len(array), step):
        part = slice(first, first + step)
        with np.errstate(invalid="ignore"):
            result[part] = array[part]
        if not np.array_equal(result[part], array[part]):
            return None
    return result


def byte_rows(values: Any, name: str) -> np.ndarray:
    """`values` as an array of bytes, with a row for each entry of the first axis; ValueError if they are not bytes."""
    array = np.asarray(values)
    if array.ndim < 2:
        raise ValueError(f"{name} has {array.ndim} dimension(s): give N x D bytes, or N images")
    found = as_bytes(array)
    if found is None:
        raise ValueError(
            f"{name} holds {array.dtype} that are not all whole numbers from 0 to 255: scale and round them to uint8 first"
        )
    return found


def view_of(array: np.ndarray) -> Rows:
    """knn_rows of an array of bytes, whose axes after the first are joined. Copies if a row is not in one piece."""
    count, dim = len(array), int(np.prod(array.shape[1:], dtype=np.int64))
    flat = array.reshape(count, dim)
    whole = dim <= 1 or flat.strides[1] == 1
    if not whole or (count > 1 and flat.strides[0] < dim):
        flat = np.ascontiguousarray(flat)
    rows = Rows(flat.ctypes.data, count, dim, flat.strides[0] if count > 1 else dim)
    rows.array = flat  # lives as long as the view
    return rows
