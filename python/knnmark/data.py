"""Data sets as NumPy arrays: the formats of docs/data.md, from their files, folders or tar archives."""

import codecs
import gzip
import io
import pickle
import tarfile
from pathlib import Path
from typing import Any, Dict, Iterable, List, NamedTuple, Optional, Sequence, Tuple, Union

import numpy as np

PathLike = Union[str, Path]

CIFAR10_NAMES = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]
_BATCHES = [*(f"data_batch_{i}" for i in range(1, 6)), "test_batch"]
_SHAPE = (3, 32, 32)


class Dataset(NamedTuple):
    """Images (uint8) and labels (integers) to train on and to test with, and the classes' names by label."""

    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray
    names: List[str]


# -- files -------------------------------------------------------------------------------------------------------------


def _read(path: PathLike, places: Iterable[str], names: Sequence[str]) -> Optional[Dict[str, bytes]]:
    """Reads all files of these names, in a folder, a place beneath it, or a tar archive; None if any is missing."""
    root = Path(path)
    if not root.exists():
        raise FileNotFoundError(f"{root}: there is no such folder or archive")
    for place in (root, *(root / name for name in places)):
        if place.is_dir() and all((place / name).is_file() for name in names):
            return {name: (place / name).read_bytes() for name in names}
        if place.is_file() and tarfile.is_tarfile(place):
            with tarfile.open(place) as archive:
                found = {Path(member.name).name: member for member in archive if member.isfile()}
                if all(name in found for name in names):
                    return {name: archive.extractfile(found[name]).read() for name in names}  # type: ignore[union-attr]
    return None


def _bad(where: Any, what: str) -> ValueError:
    return ValueError(f"{where}: {what}: fetch it again")


# -- CIFAR -------------------------------------------------------------------------------------------------------------


def _records(content: bytes, labels: int, name: str) -> Tuple[np.ndarray, np.ndarray]:
    """Planes of pixels, and the labels before them, of the binary version."""
    size = labels + 3072
    if not content or len(content) % size:
        raise _bad(name, f"{len(content)} bytes are no whole number of records of {size}")
    records = np.frombuffer(content, np.uint8).reshape(-1, size)
    return records[:, labels:], records[:, :labels]


class _Arrays(pickle.Unpickler):
    """Unpickles NumPy's arrays and nothing else, as a pickle may run any code."""

    def find_class(self, module: str, name: str) -> Any:
        allowed = {"_reconstruct": np.empty(0).__reduce__()[0], "ndarray": np.ndarray, "dtype": np.dtype}
        if module.split(".")[0] == "numpy" and name in allowed:
            return allowed[name]
        if (module, name) == ("_codecs", "encode"):  # how Python 3 writes bytes for Python 2
            return codecs.encode
        raise pickle.UnpicklingError(f"{module}.{name} is no part of an array")


def _pickled(content: bytes, label: bytes, name: str) -> Tuple[np.ndarray, np.ndarray]:
    """The same for the Python version."""
    try:
        batch = _Arrays(io.BytesIO(content), encoding="bytes").load()
        pixels, labels = np.asarray(batch[b"data"]), np.asarray(batch[label])
    except Exception as error:  # a damaged pickle raises anything
        raise _bad(name, f"is no pickled batch ({error})") from None
    if pixels.dtype != np.uint8 or pixels.shape[1:] != (3072,) or labels.shape != pixels.shape[:1]:
        raise _bad(name, "does not hold a row of 3072 bytes and a label for each image")
    return pixels, labels[:, None]


def _images(
    parts: Sequence[Tuple[np.ndarray, np.ndarray]], column: int, classes: int, name: Any
) -> Tuple[np.ndarray, np.ndarray]:
    """The parts as one array of N x 32 x 32 x 3, in memory plane by plane, and the labels."""
    pixels = np.empty((sum(len(part) for part, _ in parts), 3072), np.uint8)
    np.concatenate([part for part, _ in parts], out=pixels)
    labels = np.concatenate([part[:, column] for _, part in parts]).astype(np.int64)
    if labels.min() < 0 or labels.max() >= classes:
        raise _bad(name, f"has labels that are not from 0 to {classes - 1}")
    return pixels.reshape(-1, *_SHAPE).transpose(0, 2, 3, 1), labels


def load_cifar10(path: PathLike = "data") -> Dataset:
    """CIFAR-10 in its binary or Python version: a folder or an archive that holds it, or the folder above that.

    Images are of shape (N, 32, 32, 3), as matplotlib shows them. In memory, the planes of an image lie one after
    another, which makes searches quick.
    """
    places = ["cifar-10-batches-bin", "cifar-10-batches-py", "cifar-10-binary.tar.gz", "cifar-10-python.tar.gz"]
    files = _read(path, places, [f"{name}.bin" for name in _BATCHES])
    if files is not None:
        parts = [_records(content, 1, name) for name, content in files.items()]
    else:
        files = _read(path, places, _BATCHES)
        if files is None:
            raise FileNotFoundError(f"{path}: holds no CIFAR-10: {', '.join(_BATCHES)}, each with .bin or each without")
        parts = [_pickled(content, b"labels", name) for name, content in files.items()]
    return Dataset(*_images(parts[:-1], 0, 10, path), *_images(parts[-1:], 0, 10, path), list(CIFAR10_NAMES))


def load_cifar100(path: PathLike = "data", labels: str = "fine") -> Dataset:
    """CIFAR-100's binary version, with its 100 "fine" or its 20 "coarse" labels; the rest is as for `load_cifar10`."""
    if labels not in ("fine", "coarse"):
        raise ValueError(f"labels = {labels!r}: use 'fine' or 'coarse'")
    places, names = ["cifar-100-binary", "cifar-100-binary.tar.gz"], f"{labels}_label_names.txt"
    files = _read(path, places, ["train.bin", "test.bin", names]) or _read(path, places, ["train.bin", "test.bin"])
    if files is None:
        raise FileNotFoundError(f"{path}: holds no CIFAR-100: train.bin and test.bin")
    column, classes = (1, 100) if labels == "fine" else (0, 20)
    train, test = (
        _images([_records(files[name], 2, name)], column, classes, path) for name in ("train.bin", "test.bin")
    )
    words = files[names].decode().split() if names in files else [str(label) for label in range(classes)]
    return Dataset(*train, *test, words)


# -- MNIST -------------------------------------------------------------------------------------------------------------


def _idx(path: Path) -> np.ndarray:
    """An array of bytes in MNIST's format, gzipped or not."""
    content = path.read_bytes()
    if content[:2] == b"\x1f\x8b":
        content = gzip.decompress(content)
    if len(content) < 4 or content[:3] != b"\x00\x00\x08" or len(content) < 4 + 4 * content[3]:
        raise _bad(path, "is no idx file of bytes")
    axes = content[3]
    shape = np.frombuffer(content, ">u4", axes, 4).astype(np.int64)
    values = np.frombuffer(content, np.uint8, -1, 4 + 4 * axes)
    if len(values) != np.prod(shape):
        raise _bad(path, f"has {len(values)} bytes after its header, which says {np.prod(shape)}")
    return values.reshape(shape)


def load_mnist(path: PathLike = "data") -> Dataset:
    """MNIST and its relatives: the folder of the four idx files, gzipped or not, or one with MNIST/raw. Names are
    numbers."""
    for folder in (Path(path), *(Path(path) / name / "raw" for name in ("MNIST", "FashionMNIST"))):
        found = []
        for part, kind in (("train", "images"), ("train", "labels"), ("t10k", "images"), ("t10k", "labels")):
            pattern = f"{part}-{kind}?idx{3 if kind == 'images' else 1}-ubyte"
            found += (sorted(folder.glob(pattern)) + sorted(folder.glob(f"{pattern}.gz")))[:1]
        if len(found) == 4:
            x_train, y_train, x_test, y_test = (_idx(file) for file in found)
            return _labelled(path, x_train, y_train, x_test, y_test)
    raise FileNotFoundError(f"{path}: holds no MNIST: train-images-idx3-ubyte and the three others")


# -- arrays ------------------------------------------------------------------------------------------------------------


def _labelled(
    path: PathLike, x_train: np.ndarray, y_train: np.ndarray, x_test: np.ndarray, y_test: np.ndarray
) -> Dataset:
    y_train, y_test = (labels.reshape(len(labels)).astype(np.int64) for labels in (y_train, y_test))
    if len(x_train) != len(y_train) or len(x_test) != len(y_test) or not len(y_train):
        raise _bad(path, "does not hold one label for each image")
    return Dataset(x_train, y_train, x_test, y_test, [str(label) for label in range(int(y_train.max()) + 1)])


def load_npz(path: PathLike) -> Dataset:
    """A NumPy archive of x_train, y_train, x_test and y_test. Python objects are refused, never unpickled."""
    with np.load(path, allow_pickle=False) as file:
        missing = [name for name in Dataset._fields[:4] if name not in file]
        if missing:
            raise ValueError(f"{path}: holds no {', '.join(missing)}")
        return _labelled(path, *(file[name] for name in Dataset._fields[:4]))


def load_rows(path: PathLike) -> np.ndarray:
    """Rows without labels, by the file's name: .npy (as a memory map), .u8bin, .bvecs, or MNIST's idx3-ubyte."""
    file, name = Path(path), Path(path).name
    if name.endswith(".npy"):
        return np.load(file, mmap_mode="r", allow_pickle=False)
    if name.endswith(".u8bin"):
        count, dim = (int(number) for number in np.fromfile(file, "<u4", 2))
        return np.memmap(file, np.uint8, "r", 8, (count, dim))
    if name.endswith(".bvecs"):
        dim = int(np.fromfile(file, "<u4", 1)[0])
        records = np.memmap(file, np.uint8, "r")
        if len(records) % (4 + dim):
            raise _bad(path, f"has no whole number of rows of {dim} bytes")
        return records.reshape(-1, 4 + dim)[:, 4:]
    if "idx3-ubyte" in name:
        return _idx(file)
    raise ValueError(f"{path}: give a file whose name ends in .npy, .u8bin, .bvecs or idx3-ubyte")
