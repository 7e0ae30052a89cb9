"""What the tests share: random bytes, images, and Pythons of their own."""

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def random():
    return np.random.RandomState(1)


@pytest.fixture(scope="session")
def images():
    """x_train, y_train, x_test, y_test: CIFAR-10's where KNNMARK_DATA names it, else noisy images of ten kinds."""
    import knnmark

    if os.environ.get("KNNMARK_DATA"):
        data = knnmark.load_cifar10(os.environ["KNNMARK_DATA"])
        part = (data.x_train[:4000], data.y_train[:4000], data.x_test[:300], data.y_test[:300])
        return tuple(np.ascontiguousarray(array).reshape(len(array), -1).squeeze() for array in part)
    generator = np.random.RandomState(1)
    centres = generator.randint(0, 256, (10, 3072))
    labels = generator.randint(0, 10, 2300)
    rows = (centres[labels] * 0.1 + generator.randint(0, 220, (2300, 3072))).astype(np.uint8)
    return rows[:2000], labels[:2000], rows[2000:], labels[2000:]


@pytest.fixture
def python():
    """Runs a program in a Python of its own; its output."""

    def run(program, *arguments, **environment):
        command = [sys.executable, "-c", textwrap.dedent(program), *map(str, arguments)]
        done = subprocess.run(
            command, env={**os.environ, **environment}, capture_output=True, text=True, timeout=300, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout.strip()

    return run


def differences(a, b):
    """All of a - b, one row of a and one of b each, as wide integers."""
    return a[:, None].astype(np.int64) - b[None].astype(np.int64)


def all_distances(a, b, metric):
    """By definition."""
    if metric == "l1":
        return np.abs(differences(a, b)).sum(axis=2)
    if metric == "l2":
        return (differences(a, b) ** 2).sum(axis=2)
    return (-differences(a, b) % 256).sum(axis=2)


def nearest(a, b, k, metric):
    """Distances and numbers of the k rows of b that are nearest to each of a, by (distance, number)."""
    every = all_distances(a, b, metric)
    ids = np.argsort(every, axis=1, kind="stable")[:, :k]
    return np.take_along_axis(every, ids, axis=1), ids
