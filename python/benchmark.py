#!/usr/bin/env python3
"""The Python package beside the command, scikit-learn's brute force, and the NumPy lesson: results/python.md.

    make bench-python PYTHON_FLAGS="[--data=FOLDER] [--label=WORDS]"

All rows to train on, 1000 test images, k = 1. The package and the command take turns; scikit-learn and NumPy are so slow
that some take fewer queries, and their time is scaled. FOLDER (default KNNMARK_DATA, else data) holds CIFAR-10; WORDS say
in the table what it is.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import sklearn
from sklearn import neighbors

import knnmark

QUERIES, ROUNDS = 1000, 7
OUTPUT = Path(__file__).resolve().parents[1] / "results" / "python.md"


def seconds(work):
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def command_seconds(arguments, metric):
    """What `knnmark classify` says that its prediction took; threads unbound, as the package's."""
    words = ["classify", "--data", arguments.data, "--metric", metric, "--limit", str(QUERIES), "--no-bind", "--json"]
    done = subprocess.run([arguments.command, *words], check=True, capture_output=True)
    return json.loads(done.stdout)["predict_s"]


def flat(images):
    return np.ascontiguousarray(images).reshape(len(images), -1)


def of_knnmark(arguments, data, queries, metric):
    """Median seconds of the three by name, in turn."""
    lesson = knnmark.NearestNeighbor(metric)
    lesson.train(data.x_train, data.y_train)
    rows, points = flat(data.x_train), flat(queries)
    drop_in = knnmark.KNeighborsClassifier(1, p=1 if metric == "l1" else 2).fit(rows, data.y_train)
    ways = {
        "`knnmark classify`": lambda: command_seconds(arguments, metric),
        "`NearestNeighbor.predict`, images as the reader gives them": lambda: seconds(lambda: lesson.predict(queries)),
        "`KNeighborsClassifier.predict`, flat rows, the colours of a pixel side by side": lambda: seconds(
            lambda: drop_in.predict(points)
        ),
    }
    taken = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, way in ways.items():
            taken[name].append(way())
    assert drop_in.knnmark_used_ and np.array_equal(drop_in.predict(points), lesson.predict(queries))
    return {name: statistics.median(times) for name, times in taken.items()}


def of_scikit_learn(data, queries, metric, count):
    model = neighbors.KNeighborsClassifier(1, algorithm="brute", p=1 if metric == "l1" else 2, n_jobs=-1)
    model.fit(flat(data.x_train).astype(np.float32), data.y_train)
    points = flat(queries[:count]).astype(np.float32)
    return seconds(lambda: model.predict(points))


def of_the_lesson(data, queries, metric, count):
    """The loop over test images that courses teach, with the types that it takes to be right."""
    dtype = np.int16 if metric == "l1" else np.int32
    rows, points = flat(data.x_train).astype(dtype), flat(queries[:count]).astype(dtype)

    def work():
        for point in points:
            apart = np.abs(rows - point) if metric == "l1" else (rows - point) ** 2
            data.y_train[np.argmin(apart.sum(axis=1, dtype=np.int32))]

    return seconds(work)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", default=os.environ.get("KNNMARK_DATA") or "data")
    parser.add_argument("--label")
    parser.add_argument("--command", default="build/knnmark")
    arguments = parser.parse_args()
    data = knnmark.load_cifar10(arguments.data)
    queries = data.x_test[:QUERIES]
    cpu = knnmark.cpu()
    lines = [
        "# The Python package, timed",
        "",
        f"`make bench-python` made this: {len(data.x_train)} × {len(queries)} images of {arguments.label or arguments.data}, k = 1, "
        f"{cpu.threads} threads on {cpu.name} ({' '.join(cpu.isas)}). Python {sys.version.split()[0]}, "
        f"NumPy {np.__version__}, scikit-learn {sklearn.__version__}. Medians of {ROUNDS} rounds in turn for knnmark, a single run for "
        "the others, scaled where it says so.",
    ]
    for metric in ("l1", "l2"):
        ours = of_knnmark(arguments, data, queries, metric)
        base = ours["`knnmark classify`"]
        lines += ["", f"| {metric.upper()} | s | × the command's |", "|:---|---:|---:|"]
        lines += [f"| {name} | {taken:.3f} | {taken / base:.3f} |" for name, taken in ours.items()]
        for name, way, count in (
            ("scikit-learn, brute force, float32", of_scikit_learn, {"l1": 100, "l2": QUERIES}[metric]),
            ("NumPy lesson", of_the_lesson, 20),
        ):
            taken = way(data, queries, metric, count) * len(queries) / count
            scaled = f" (from {count} queries)" if count < len(queries) else ""
            lines.append(f"| {name}{scaled} | {taken:.3g} | {taken / base:.4g} |")
        print("\n".join(lines[-7:]), flush=True)
    OUTPUT.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
