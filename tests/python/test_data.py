"""The readers, on small files of each format."""

import gzip
import pickle
import tarfile

import numpy as np
import pytest

import knnmark

BATCHES = [*(f"data_batch_{i}" for i in range(1, 6)), "test_batch"]


@pytest.fixture
def records(random):
    """By batch, pixels and labels of three images."""
    return {name: (random.randint(0, 256, (3, 3072), np.uint8), random.randint(0, 10, 3)) for name in BATCHES}


def write_binary(folder, records):
    folder.mkdir(exist_ok=True)
    for name, (pixels, labels) in records.items():
        np.column_stack([labels, pixels]).astype(np.uint8).tofile(folder / f"{name}.bin")


def write_pickles(folder, records):
    folder.mkdir(exist_ok=True)
    for name, (pixels, labels) in records.items():
        batch = {b"data": pixels, b"labels": labels.tolist()}
        (folder / name).write_bytes(pickle.dumps(batch, protocol=2))


def must_be(data, records):
    pixels = np.concatenate([records[name][0] for name in BATCHES])
    images = pixels.reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)
    labels = np.concatenate([records[name][1] for name in BATCHES])
    np.testing.assert_array_equal(np.concatenate([data.x_train, data.x_test]), images)
    np.testing.assert_array_equal(np.concatenate([data.y_train, data.y_test]), labels)
    assert len(data.x_test) == 3 and data.names[9] == "truck"
    assert data.x_train.transpose(0, 3, 1, 2).flags.c_contiguous


@pytest.mark.parametrize("write", [write_binary, write_pickles])
def test_cifar10(tmp_path, records, write):
    write(tmp_path / "images", records)
    must_be(knnmark.load_cifar10(tmp_path / "images"), records)
    usual = "cifar-10-batches-bin" if write is write_binary else "cifar-10-batches-py"
    (tmp_path / "images").rename(tmp_path / usual)
    must_be(knnmark.load_cifar10(tmp_path), records)
    with tarfile.open(tmp_path / "archive.tar.gz", "w:gz") as archive:
        archive.add(tmp_path / usual, "some folder")
    must_be(knnmark.load_cifar10(tmp_path / "archive.tar.gz"), records)


def test_damaged_cifar10(tmp_path, records):
    with pytest.raises(FileNotFoundError, match="no such folder"):
        knnmark.load_cifar10(tmp_path / "none")
    with pytest.raises(FileNotFoundError, match="holds no CIFAR-10"):
        knnmark.load_cifar10(tmp_path)
    write_binary(tmp_path, records)
    (tmp_path / "test_batch.bin").write_bytes(b"12345")
    with pytest.raises(ValueError, match="5 bytes are no whole number of records"):
        knnmark.load_cifar10(tmp_path)
    np.full(3073, 10, np.uint8).tofile(tmp_path / "test_batch.bin")
    with pytest.raises(ValueError, match="not from 0 to 9"):
        knnmark.load_cifar10(tmp_path)


class Bomb:
    def __reduce__(self):
        return print, ("this must never run",)


def test_pickles_run_nothing(tmp_path, records, capfd):
    write_pickles(tmp_path, records)
    (tmp_path / "test_batch").write_bytes(pickle.dumps({b"data": Bomb()}))
    with pytest.raises(ValueError, match="no pickled batch"):
        knnmark.load_cifar10(tmp_path)
    assert capfd.readouterr().out == ""


def test_cifar100(tmp_path, random):
    pixels, coarse, fine = random.randint(0, 256, (5, 3072), np.uint8), np.arange(5), np.arange(5) * 20
    for name in ("train.bin", "test.bin"):
        np.column_stack([coarse, fine, pixels]).astype(np.uint8).tofile(tmp_path / name)
    data = knnmark.load_cifar100(tmp_path)
    np.testing.assert_array_equal(data.y_test, fine)
    np.testing.assert_array_equal(data.x_train.transpose(0, 3, 1, 2).reshape(5, -1), pixels)
    (tmp_path / "coarse_label_names.txt").write_text("\n".join("abcdefghijklmnopqrst"))
    data = knnmark.load_cifar100(tmp_path, "coarse")
    np.testing.assert_array_equal(data.y_train, coarse)
    assert data.names[19] == "t"
    with pytest.raises(ValueError, match="use 'fine' or 'coarse'"):
        knnmark.load_cifar100(tmp_path, "rough")


def idx(values):
    head = bytes([0, 0, 8, values.ndim]) + b"".join(size.to_bytes(4, "big") for size in values.shape)
    return head + values.tobytes()


def test_mnist(tmp_path, random):
    images, labels = random.randint(0, 256, (6, 28, 28), np.uint8), np.arange(6, dtype=np.uint8)
    folder = tmp_path / "MNIST" / "raw"
    folder.mkdir(parents=True)
    for part in ("train", "t10k"):
        (folder / f"{part}-images-idx3-ubyte").write_bytes(idx(images))
        (folder / f"{part}-labels-idx1-ubyte.gz").write_bytes(gzip.compress(idx(labels)))
    data = knnmark.load_mnist(tmp_path)
    np.testing.assert_array_equal(data.x_train, images)
    np.testing.assert_array_equal(data.y_test, labels)
    np.testing.assert_array_equal(knnmark.load_rows(folder / "train-images-idx3-ubyte"), images)
    (folder / "train-images-idx3-ubyte").write_bytes(idx(images)[:-1])
    with pytest.raises(ValueError, match="after its header"):
        knnmark.load_mnist(tmp_path)
    with pytest.raises(FileNotFoundError, match="holds no MNIST"):
        knnmark.load_mnist(folder.parent)


def test_npz(tmp_path, random):
    images = random.randint(0, 256, (6, 4, 4, 3), np.uint8)
    arrays = {"x_train": images, "y_train": np.arange(6)[:, None], "x_test": images[:2], "y_test": np.arange(2)}
    np.savez(tmp_path / "data.npz", **arrays)
    data = knnmark.load_npz(tmp_path / "data.npz")
    np.testing.assert_array_equal(data.x_train, images)
    assert data.y_train.tolist() == list(range(6)) and data.names == list("012345")
    np.savez(tmp_path / "part.npz", x_train=images)
    with pytest.raises(ValueError, match="holds no y_train, x_test, y_test"):
        knnmark.load_npz(tmp_path / "part.npz")


def test_rows(tmp_path, random):
    rows = random.randint(0, 256, (7, 5), np.uint8)
    np.save(tmp_path / "rows.npy", rows)
    (tmp_path / "rows.u8bin").write_bytes(np.array([7, 5], "<u4").tobytes() + rows.tobytes())
    lengths = np.tile(np.frombuffer(np.uint32(5).tobytes(), np.uint8), (7, 1))
    (tmp_path / "rows.bvecs").write_bytes(np.hstack([lengths, rows]).tobytes())
    for name in ("rows.npy", "rows.u8bin", "rows.bvecs"):
        read = knnmark.load_rows(tmp_path / name)
        np.testing.assert_array_equal(read, rows)
        np.testing.assert_array_equal(knnmark.search(read, rows).ids[:, 0], np.arange(7))
    with pytest.raises(ValueError, match="give a file whose name ends in"):
        knnmark.load_rows(tmp_path / "rows.csv")
