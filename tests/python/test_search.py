"""search, Index, search_folds and distances against NumPy, by definition."""

import pickle

import numpy as np
import pytest
from conftest import all_distances, nearest

import knnmark
from knnmark._arrays import view_of

METRICS = ("l1", "l2", "l1wrap")


def must_equal(found, right):
    assert found.distances.dtype == np.uint64 and found.ids.dtype == np.uint32
    np.testing.assert_array_equal(found.distances, right[0])
    np.testing.assert_array_equal(found.ids, right[1])


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("dim, k, queries", [(1, 1, 1), (3, 5, 7), (64, 9, 33), (3072, 3, 5), (130, 40, 0)])
def test_nearest(random, metric, dim, k, queries):
    train, points = random.randint(0, 4, (60, dim), np.uint8), random.randint(0, 4, (queries, dim), np.uint8)
    right = nearest(points, train, k, metric)
    must_equal(knnmark.search(train, points, k, metric), right)
    must_equal(knnmark.Index(train, metric).search(points, k), right)
    for kernel in knnmark.kernels():
        if kernel.runs and kernel.metric == metric:
            must_equal(knnmark.search(train, points, k, metric, kernel=kernel.name, threads=3), right)


def test_by_bounds(random):
    smooth = np.add.outer(random.randint(0, 180, 900), random.randint(0, 60, 1024)).astype(np.uint8)
    smooth += random.randint(0, 9, smooth.shape, np.uint8)
    right = nearest(smooth[:30], smooth, 4, "l1")
    for picture in (None, (32, 32)):
        index = knnmark.Index(smooth, "l1", method="bounds", picture=picture)
        assert index.method == "bounds"
        must_equal(index.search(smooth[:30], 4), right)
        must_equal(knnmark.search(smooth, smooth[:30], 4, "l1", method="bounds", picture=picture), right)


LAYOUTS = {
    "C": lambda rows: rows,
    "Fortran": np.asfortranarray,
    "every other row": lambda rows: np.repeat(rows, 2, axis=0)[::2],
    "every other column": lambda rows: np.repeat(rows, 2, axis=1)[:, ::2],
    "backwards": lambda rows: rows[::-1, ::-1].copy()[::-1, ::-1],
    "a part of longer rows": lambda rows: np.pad(rows, ((1, 2), (3, 4)))[1:-2, 3:-4],
    "read-only": lambda rows: np.frombuffer(rows.tobytes(), np.uint8).reshape(rows.shape),
    "images": lambda rows: rows.reshape(len(rows), 4, 6, 3),
    "images, planes first": lambda rows: rows.reshape(len(rows), 3, 4, 6),
    "grey images": lambda rows: rows.reshape(len(rows), 8, 9),
    "integers": lambda rows: rows.astype(np.int64),
    "floats": lambda rows: rows.astype(np.float32),
    "nested lists": lambda rows: rows.tolist(),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_layouts(random, layout):
    train, points = random.randint(0, 256, (50, 72), np.uint8), random.randint(0, 256, (9, 72), np.uint8)
    right = nearest(points, train, 3, "l2")
    must_equal(knnmark.search(LAYOUTS[layout](train), LAYOUTS[layout](points), 3), right)
    must_equal(knnmark.Index(LAYOUTS[layout](train)).search(LAYOUTS[layout](points), 3), right)
    must_equal(knnmark.Index(LAYOUTS[layout](train)).search(points, 3), right)


@pytest.mark.parametrize("method", ["exhaustive", "bounds"])
def test_images_of_planes(random, method):
    """As the loaders give them: the bytes of a pixel apart. Queries may come in any layout."""
    planes, points = random.randint(0, 256, (40, 3, 8, 8), np.uint8), random.randint(0, 256, (7, 3, 8, 8), np.uint8)
    train, queries = planes.transpose(0, 2, 3, 1), points.transpose(0, 2, 3, 1)
    right = nearest(queries.reshape(7, -1), train.reshape(40, -1), 3, "l1")
    for rows in (train, train.copy(), train.reshape(40, -1)):
        index = knnmark.Index(rows, "l1", method=method)
        for layout in (queries, queries.copy(), queries.reshape(7, -1)):
            must_equal(index.search(layout, 3), right)
        must_equal(knnmark.search(rows, queries, 3, "l1", method=method), right)


def test_bools(random):
    train = random.rand(30, 11) < 0.5
    must_equal(knnmark.search(train, train, 2, "l1"), nearest(train, train, 2, "l1"))


@pytest.mark.parametrize("layout", ["C", "every other row", "a part of longer rows", "read-only", "images"])
def test_no_copy_in(random, layout):
    rows = LAYOUTS[layout](random.randint(0, 256, (50, 72), np.uint8))
    assert np.shares_memory(view_of(rows).array, rows)


def test_planes_are_not_copied(random):
    rows = random.randint(0, 256, (50, 3, 8, 8), np.uint8).transpose(0, 2, 3, 1)
    assert np.shares_memory(knnmark.Index(rows)._view.array, rows)


def test_memory_map(tmp_path, random):
    rows = random.randint(0, 256, (50, 72), np.uint8)
    np.save(tmp_path / "rows.npy", rows)
    mapped = np.load(tmp_path / "rows.npy", mmap_mode="r")
    must_equal(knnmark.search(mapped, mapped, 2), nearest(rows, rows, 2, "l2"))
    assert np.shares_memory(view_of(mapped).array, mapped)


@pytest.mark.parametrize("metric", ["l1", "l2"])
def test_folds(random, metric):
    rows, fold = random.randint(0, 5, (40, 6), np.uint8), random.randint(0, 3, 40)
    found = knnmark.search_folds(rows, fold, 4, metric)
    for i in range(40):
        others = np.flatnonzero(fold != fold[i])
        distances, ids = nearest(rows[i : i + 1], rows[others], 4, metric)
        np.testing.assert_array_equal(found.distances[i], distances[0])
        np.testing.assert_array_equal(found.ids[i], others[ids[0]])


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("shape", [(1, 1, 1), (7, 5, 3), (30, 70, 200), (0, 3, 4)])
def test_distances(random, metric, shape):
    a, b = random.randint(0, 256, (shape[0], shape[2]), np.uint8), random.randint(
        0, 256, (shape[1], shape[2]), np.uint8
    )
    found = knnmark.distances(a, b, metric)
    assert found.dtype == np.uint32
    np.testing.assert_array_equal(found, all_distances(a, b, metric))


def test_long_distances():
    a, b = np.zeros((1, 70000), np.uint8), np.full((2, 70000), 255, np.uint8)
    found = knnmark.distances(a, b)
    assert found.dtype == np.uint64 and (found == 70000 * 255**2).all()
    assert knnmark.distances(a, b, "l1").dtype == np.uint32


def test_results_are_not_copied(random):
    found = knnmark.search(random.randint(0, 9, (9, 2)), random.randint(0, 9, (4, 2)), 2)
    assert found.distances.base is not None and found.distances.base is found.ids.base


def test_index_is_pickled_as_its_rows(random):
    rows = random.randint(0, 256, (50, 72), np.uint8)
    index = knnmark.Index(rows, "l1", threads=1)
    again = pickle.loads(pickle.dumps(index))
    assert (again.metric, again.threads, len(again)) == ("l1", 1, 50)
    must_equal(again.search(rows, 3), index.search(rows, 3))
    assert len(pickle.dumps(index)) < 1.5 * rows.nbytes
    assert "50 rows of 72 bytes" in repr(index)


def test_progress(random):
    rows = random.randint(0, 256, (20000, 784), np.uint8)
    told = []
    knnmark.search(rows, rows[:5000], 1, "l1", method="exhaustive", progress=told.append)
    assert told[-1] == 1 and told == sorted(told)
    with pytest.raises(ZeroDivisionError):
        knnmark.search(rows, rows, 1, "l1", kernel="l1_scalar", progress=lambda share: 1 / 0)


def test_progress_by_tqdm(monkeypatch):
    rows = np.zeros((2, 2), np.uint8)
    monkeypatch.setitem(__import__("sys").modules, "tqdm.auto", None)
    with pytest.raises(ImportError, match="python3-tqdm"):
        knnmark.search(rows, rows, progress=True)


REFUSED = [
    (lambda rows: knnmark.search(rows, rows, 0), "k = 0: give a number from 1 to 1000"),
    (lambda rows: knnmark.search(rows, rows, 4), "k = 4 is more than the 3"),
    (lambda rows: knnmark.search(rows, rows[:, :1]), "bytes"),
    (lambda rows: knnmark.search(rows, rows, metric="cosine"), "metric = 'cosine': use one of 'l1', 'l2', 'l1wrap'"),
    (lambda rows: knnmark.search(rows, rows, method="quick"), "method = 'quick': use one of"),
    (lambda rows: knnmark.search(rows, rows, kernel="l2_none"), "l2_none"),
    (lambda rows: knnmark.search(rows, rows, isa="none"), "none"),
    (lambda rows: knnmark.search(rows, rows, threads=0), "threads = 0"),
    (lambda rows: knnmark.search(rows, rows, method="bounds", picture=(5, 5)), "planes of 5 x 5"),
    (lambda rows: knnmark.search(rows[0], rows), "train has 1 dimension"),
    (lambda rows: knnmark.search(rows[:0], rows), "train"),
    (lambda rows: knnmark.search(rows[:, :0], rows[:, :0]), "0 bytes"),
    (lambda rows: knnmark.search(rows, rows + 0.5), "queries holds float64 that are not all whole numbers"),
    (lambda rows: knnmark.search(rows, rows * np.nan), "queries holds float64"),
    (lambda rows: knnmark.search(rows.astype(int) - 1, rows), "train holds int64"),
    (lambda rows: knnmark.search(rows.astype(int) + 255, rows), "train holds int64"),
    (lambda rows: knnmark.search(rows.astype(str), rows), "train holds <U"),
    (lambda rows: knnmark.search_folds(rows, [0, 1]), "fold: give a whole number from 0 for each of the 3 rows"),
    (lambda rows: knnmark.search_folds(rows, [0, 1, -1]), "fold: give a whole number from 0"),
    (lambda rows: knnmark.search_folds(rows, [0, 1, 9]), "fold: 10 folds are more than the 3 rows"),
    (lambda rows: knnmark.search_folds(rows, [0, 0, 0]), "folds"),
    (lambda rows: knnmark.search_folds(rows, [0, 1, 1], metric="l1wrap"), "use l1 or l2"),
    (lambda rows: knnmark.distances(rows, rows[:, :1]), "bytes"),
]


@pytest.mark.parametrize("call, words", REFUSED)
def test_refused(call, words):
    with pytest.raises(ValueError) as error:
        call(np.arange(6, dtype=np.uint8).reshape(3, 2))
    assert words in str(error.value)


def test_wrong_types():
    rows = np.zeros((3, 2), np.uint8)
    for k in (1.5, "1", None, True):
        with pytest.raises(TypeError, match="give a whole number"):
            knnmark.search(rows, rows, k)
    with pytest.raises(TypeError):
        knnmark.search(rows, rows, unknown=1)


def test_kernels_and_cpu():
    kernels = knnmark.kernels()
    assert {kernel.metric for kernel in kernels} == {"l1", "l2"}
    assert sum(kernel.is_default for kernel in kernels) == 2
    assert all(kernel.name.startswith(kernel.metric) and kernel.summary for kernel in kernels)
    cpu = knnmark.cpu()
    assert cpu.name and cpu.isas and cpu.threads >= 1 and cpu.hardware_threads >= cpu.cores >= 1
    assert any(isa in kernel.name for isa in cpu.isas for kernel in kernels if kernel.runs)
