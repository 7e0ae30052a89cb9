"""Interrupts, forks, two OpenMP runtimes, memory, leaks, and calls that make no sense."""

import signal
import subprocess
import sys
import time

import numpy as np
import pytest

import knnmark
from knnmark._library import library

# Whoever starts the tests may ignore interrupts, which is inherited; and a search that cannot be stopped ends with the alarm.
LONG = """
    import numpy as np, knnmark, signal, sys, time
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.alarm(60)
    rows = np.random.RandomState(1).randint(0, 256, (60000, 3072), np.uint8)
    print("ready", flush=True)
    try:
        knnmark.search(rows, rows, 1, "l1", kernel="l1_scalar", progress=(lambda share: None) if "{way}" == "told" else None)
        print("searched to the end")
    except KeyboardInterrupt:
        print("stopped", flush=True)
        print(knnmark.search(rows[:50], rows[:1]).ids)
"""


@pytest.mark.parametrize("way", ["alone", "told"])
def test_interrupt(way):
    program = "\n".join(line[4:] for line in LONG.replace("{way}", way).splitlines())
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout.readline() == "ready\n"
        time.sleep(0.5)
        start = time.monotonic()
        child.send_signal(signal.SIGINT)
        assert child.stdout.readline() == "stopped\n"
        print(f"stopped after {time.monotonic() - start:.3f} s")
        assert child.stdout.read() == "[[0]]\n"
    assert child.returncode == 0


FORK = """
    import os, numpy as np, knnmark, sys
    {before}
    rows = np.random.RandomState(1).randint(0, 256, (3000, 64), np.uint8)
    index = knnmark.Index(rows, threads=4)
    right = index.search(rows, 3).ids
    {after}
    child = os.fork()
    if child == 0:
        same = (index.search(rows, 3).ids == right).all() and (knnmark.search(rows, rows, 3).ids == right).all()
        os._exit(0 if same else 1)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
USE = "from sklearn.cluster import KMeans; KMeans(3, n_init=1).fit(np.random.rand(5000, 20))"


@pytest.fixture(scope="module")
def other_openmp(tmp_path_factory):
    """The library with an OpenMP runtime of its own: copies of both, under a name that nothing else asks for."""
    libraries = dict(
        line.split(" => ")
        for line in subprocess.check_output(["ldd", library._name], text=True).splitlines()
        if " => " in line
    )
    path = next((where.split()[0] for name, where in libraries.items() if "libgomp.so.1" in name), None)
    if path is None:
        pytest.skip("the library is not linked with GNU's OpenMP")
    folder = tmp_path_factory.mktemp("openmp")
    for source, name in ((path, "libgomp.so.7"), (library._name, "libknnmark.so")):
        with open(source, "rb") as file:
            (folder / name).write_bytes(file.read().replace(b"libgomp.so.1\0", b"libgomp.so.7\0"))
    return {"KNNMARK_LIBRARY": str(folder / "libknnmark.so"), "LD_LIBRARY_PATH": str(folder)}


@pytest.mark.parametrize("before, after", [("", ""), (USE, ""), ("", USE)])
@pytest.mark.parametrize("runtimes", [1, 2])
def test_fork_beside_scikit_learn(python, other_openmp, before, after, runtimes):
    if before or after:
        pytest.importorskip("sklearn")
    loaded = "print(len({line.split()[-1] for line in open('/proc/self/maps') if 'libgomp' in line}))"
    output = python(
        FORK.replace("{before}", before).replace("{after}", f"{after or 'pass'}\n    {loaded}"),
        **(other_openmp if runtimes == 2 else {}),
    )
    assert output.split() == [str(runtimes if before or after else 1), "0"]


def test_multiprocessing(python):
    assert (
        python(
            """
        import multiprocessing, numpy as np, knnmark
        rows = np.random.RandomState(1).randint(0, 256, (3000, 64), np.uint8)
        index = knnmark.Index(rows, "l1")
        right = index.search(rows, 1).distances.sum()
        def work(i):
            return int(index.search(rows, 1).distances.sum())
        for method in ("fork", "forkserver"):
            if method == "fork":
                with multiprocessing.get_context(method).Pool(3) as pool:
                    print(pool.map(work, range(6)) == [int(right)] * 6)
    """
        )
        == "True"
    )


def test_threads_of_python(random):
    from concurrent.futures import ThreadPoolExecutor

    rows = random.randint(0, 256, (2000, 64), np.uint8)
    index = knnmark.Index(rows, "l1", threads=2)
    right = index.search(rows, 5).ids
    with ThreadPoolExecutor(4) as pool:
        for found in pool.map(lambda i: index.search(rows, 5), range(12)):
            np.testing.assert_array_equal(found.ids, right)


def test_other_threads_run_meanwhile(random):
    """The interpreter's lock is released."""
    import threading

    rows = random.randint(0, 256, (1000, 3072), np.uint8)
    steps, over = [0], threading.Event()

    def count():
        while not over.is_set():
            steps[0] += 1

    thread = threading.Thread(target=count)
    thread.start()
    before = steps[0]
    knnmark.search(rows, rows[:500], 1, "l1", kernel="l1_scalar", threads=1)
    done = steps[0] - before
    over.set()
    thread.join()
    assert done > 1000


MEMORY = r"""
    import numpy as np, re, sys
    import knnmark
    from sklearn.neighbors import KNeighborsClassifier # what it needs is not counted
    generator = np.random.RandomState(1)
    ours = knnmark.KNeighborsClassifier(1, p=1)
    ours.fit(np.zeros((100, 3072), np.uint8), np.arange(100)).predict(np.zeros((2, 3072), np.uint8))
    peak = lambda: 1024 * int(re.search(r"VmHWM:\s+(\d+)", open("/proc/self/status").read())[1])
    before = peak()
    rows = np.empty((40000, 3072), np.uint8)
    for start in range(0, 40000, 500):
        part = rows[start : start + 500]
        part[:] = generator.randint(0, 256, part.shape, np.uint8)
        if sys.argv[1] == "smooth":
            part[:] = part[:, :48].repeat(64, 1)
    ours.fit(rows, np.arange(40000) % 10).predict(rows[:1000])
    assert ours.knnmark_used_
    print(ours._index.method, (peak() - before) / rows.nbytes)
"""


@pytest.mark.parametrize("rows, method", [("smooth", "bounds"), ("rough", "exhaustive")])
def test_memory(python, rows, method):
    pytest.importorskip("sklearn")
    used, share = python(MEMORY, rows).split()
    print(f"fit and predict, {used}: {float(share):.2f} times the bytes, the caller's copy included")
    assert used == method and float(share) <= 2.2


def test_no_leak(python):
    pytest.importorskip("sklearn")
    grown = int(
        python(
            """
        import numpy as np, knnmark, gc
        rows, labels = np.random.RandomState(1).randint(0, 256, (500, 1024), np.uint8), np.arange(500) % 10
        def resident():
            gc.collect()
            return int(open("/proc/self/statm").read().split()[1]) * 4096
        def work(times):
            for i in range(times):
                model = knnmark.KNeighborsClassifier(3, p=1 + i % 2).fit(rows, labels)
                model.predict(rows[:3])
        work(200)
        before = resident()
        work(1000)
        print(resident() - before)
    """
        )
    )
    print(f"1000 fits and predicts: {grown} bytes more")
    assert grown < 2 * 500 * 1024  # a single one in 500 that is not freed


def test_random_calls(random):
    """A thousand of them, few of which make sense: an answer or an exception with a sentence, never a crash."""
    answered = refused = 0

    def choose(*values):
        return values[random.randint(len(values))]

    def array():
        shape = choose((8, 4), (8, 4), (6, 4), (2, 4), tuple(random.randint(0, 9, choose(0, 1, 2, 2, 3, 4))))
        values = random.randint(-3 if random.rand() < 0.1 else 0, 300 if random.rand() < 0.1 else 200, shape)
        kind = choose(*["u1"] * 9, "i1", "?", "i8", "f2", "f4", "f8", "c8", "U3", "O", "M8[s]")
        values = np.asarray(values).astype(kind)
        if values.dtype.kind == "f" and values.size and random.rand() < 0.2:
            values.flat[0] = choose(np.nan, np.inf, -np.inf, 0.5, 6e4)
        if values.ndim >= 2:
            values = choose(lambda a: a, np.asfortranarray, lambda a: a[::-1], lambda a: a[:, ::2], lambda a: a.T)(
                values
            )
            if random.rand() < 0.1:
                values = np.broadcast_to(values[:1], values.shape) if len(values) else values
        return choose(*[values] * 20, values.tolist(), None, "text", 7)

    def number():
        return choose(*[1, 2, 3] * 6, 0, -1, 1000, 2**40, 10**30, 1.0, np.nan, None, "1", np.int64(2), True)

    def options():
        found = {}
        if random.rand() < 0.2:
            found["kernel"] = choose("l1_scalar", "l2_scalar", "none", "", 3, "\0")
        if random.rand() < 0.2:
            found["threads"] = choose(1, 2, 0, -1, 10**9, 2**40, None, "2")
        if random.rand() < 0.2:
            found["method"] = choose("auto", "bounds", "exhaustive", "none", None)
        if random.rand() < 0.2:
            found["picture"] = choose((2, 2), (1, 1), (0, 1), (-1, 2), (2**70, 1), 3, "ab", None)
        return found

    def fit():
        model = knnmark.NearestNeighbor(choose("l1", "l2", "none", None), **options())
        model.train(array(), choose(np.arange(random.randint(9)), array()))
        return model.predict(array(), number(), weights=choose("uniform", "distance", 1))

    same = array
    for i in range(1000):
        a = array()
        b = a if random.rand() < 0.6 else same()
        try:
            choose(
                lambda: knnmark.search(a, b, number(), choose("l1", "l2", "l1wrap"), **options()),
                lambda: knnmark.Index(a, choose("l1", "l2", "cosine"), **options()).search(b, number()),
                lambda: knnmark.distances(a, b, choose("l1", "l2")),
                lambda: knnmark.search_folds(a, choose(array(), np.arange(9) % 2), number()),
                lambda: knnmark.tune(a, choose(np.arange(8), array()), number(), validation=number()),
                lambda: knnmark.cross_validate(a, choose(np.arange(8) % 2, array()), number(), folds=number()),
                fit,
            )()
            answered += 1
        except (ValueError, TypeError, MemoryError, OverflowError) as error:
            assert len(str(error)) > 10, (i, error)
            refused += 1
    print(f"{answered} answered, {refused} refused")
    assert answered > 50 and refused > 50
