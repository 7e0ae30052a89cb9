#!/usr/bin/env python3
"""The same job in Python: scikit-learn's brute force, and the NumPy lesson as usually written and as corrected.

    make bench-lessons LESSONS_FLAGS="[--data=FOLDER] [--queries=N]"

Every row of the training set, the first N test images (default 50), k = 1; times are scaled to 10 000 queries.
scikit-learn's L2 is a matrix product with a part that does not grow with the queries, so it gets 20 N of them. FOLDER
(or KNNMARK_DATA) holds CIFAR-10's binary version. Prints a Markdown table.
"""

import argparse
import os
import sys
import time

FULL_QUERIES = 10000
RECORD = 1 + 3072
TRAIN_FILES = [f"data_batch_{i}.bin" for i in range(1, 6)]
TEST_FILES = ["test_batch.bin"]

try:
    import numpy as np
except ImportError:
    sys.exit("python_lessons.py: no NumPy; install python3-numpy")
try:
    import sklearn
    from sklearn.neighbors import KNeighborsClassifier
except ImportError:
    sys.exit("python_lessons.py: no scikit-learn; install python3-sklearn")


def read_records(folder, names):
    """Pixels (uint8, a row an image) and labels of the files together."""
    parts = []
    for name in names:
        path = os.path.join(folder, name)
        try:
            records = np.fromfile(path, dtype=np.uint8)
        except OSError as error:
            sys.exit(f"python_lessons.py: {path}: {error.strerror}; --data=FOLDER needs the binary version's files")
        if records.size == 0 or records.size % RECORD != 0:
            sys.exit(f"python_lessons.py: {path}: {records.size} bytes are no whole number of {RECORD}-byte records")
        parts.append(records.reshape(-1, RECORD))
    records = np.concatenate(parts)
    return np.ascontiguousarray(records[:, 1:]), records[:, 0]


def lesson(train, labels, queries, distances):
    """Predictions of the loop over test images that courses teach."""
    return [labels[np.argmin(distances(train, query))] for query in queries]


# In uint8, 3 - 5 is 254, which abs() keeps: the distance is wrong. Squares wrap as well.
def wrapped_l1(train, query):
    return np.sum(np.abs(train - query), axis=1)


def wrapped_l2(train, query):
    return np.sum((train - query) ** 2, axis=1)


# A difference of bytes needs 9 bits, its square 17; the sums are taken in 32.
def corrected_l1(train, query):
    return np.sum(np.abs(train - query), axis=1, dtype=np.int32)


def corrected_l2(train, query):
    return np.sum((train - query) ** 2, axis=1, dtype=np.int32)


LESSONS = [
    ("NumPy lesson, uint8: wraps", "l1", np.uint8, wrapped_l1),
    ("NumPy lesson, int16: right", "l1", np.int16, corrected_l1),
    ("NumPy lesson, uint8: wraps", "l2", np.uint8, wrapped_l2),
    ("NumPy lesson, int32: right", "l2", np.int32, corrected_l2),
]


def report(name, metric, seconds, predicted, labels):
    count = len(labels)
    accuracy = np.mean(np.asarray(predicted) == labels)
    full = seconds * FULL_QUERIES / count
    print(f"| {name:<28} | {metric:<6} | {seconds:7.2f} | {count:7d} | {full:15.0f} | {100 * accuracy:5.1f} % |", flush=True)


def main():
    parser = argparse.ArgumentParser(description="scikit-learn and the NumPy lesson on a part of the job")
    parser.add_argument("--data", default=os.environ.get("KNNMARK_DATA") or "data")
    parser.add_argument("--queries", type=int, default=50)
    arguments = parser.parse_args()
    if arguments.queries < 1:
        sys.exit("python_lessons.py: --queries: give a number of 1 or more")
    train, train_labels = read_records(arguments.data, TRAIN_FILES)
    test, test_labels = read_records(arguments.data, TEST_FILES)
    count = min(arguments.queries, len(test))

    print(f"NumPy {np.__version__}, scikit-learn {sklearn.__version__}; {len(train)} training images\n")
    print("| what                         | metric | seconds | queries | full s (scaled) | accuracy |")
    print("|:-----------------------------|:-------|--------:|--------:|----------------:|---------:|")
    train_floats = train.astype(np.float32)
    # Under the name "l2" the same distance would not be a matrix product.
    for metric, sklearn_name, times in (("l1", "manhattan", 1), ("l2", "euclidean", 20)):
        queries = test[: times * count].astype(np.float32)
        classifier = KNeighborsClassifier(n_neighbors=1, algorithm="brute", metric=sklearn_name, n_jobs=-1)
        classifier.fit(train_floats, train_labels)
        classifier.predict(queries[:1])  # the first call loads what it needs
        start = time.perf_counter()
        predicted = classifier.predict(queries)
        report("scikit-learn, float32", metric, time.perf_counter() - start, predicted, test_labels[: len(queries)])
    del train_floats
    for name, metric, dtype, distances in LESSONS:
        rows, queries = train.astype(dtype), test[:count].astype(dtype)
        start = time.perf_counter()
        predicted = lesson(rows, train_labels, queries, distances)
        report(name, metric, time.perf_counter() - start, predicted, test_labels[:count])


if __name__ == "__main__":
    main()
