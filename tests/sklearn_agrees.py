#!/usr/bin/env python3
"""Compares knnmark's classifier, exhaustive and by bounds, with scikit-learn's KNeighborsClassifier: every prediction,
share of votes and accuracy.

usage: sklearn_agrees.py [KNNMARK [FOLDER]]

KNNMARK is the command (default build/knnmark), FOLDER holds CIFAR-10's binary version (default KNNMARK_DATA, else
synthetic images that are small enough to wait for). Brute force, L1 and L2, seven k, uniform and distance weights.

Among neighbours that are equally far, scikit-learn keeps whichever it met, and knnmark those with the smallest index.
Where that choice decides the vote, a difference is told apart from others and does not count as one. Exit status 0:
all agree; 1: some differ; 77: there is no scikit-learn here.
"""
import csv
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

try:
    import numpy as np
    from sklearn.neighbors import KNeighborsClassifier
except ImportError as missing:
    print(f"sklearn_agrees: not compared: {missing}")
    sys.exit(77)

KS = (1, 3, 5, 10, 20, 50, 100)
METRICS = {"l1": "manhattan", "l2": "euclidean"}
BATCHES = [f"data_batch_{i}.bin" for i in range(1, 6)]


def read(folder, names):
    records = np.concatenate([np.fromfile(Path(folder) / name, np.uint8).reshape(-1, 3073) for name in names])
    return records[:, 1:].astype(np.float64), records[:, 0]


def make_images(folder):
    """Ten noisy classes: neighbours that disagree, and few that are equally far."""
    random = np.random.RandomState(1)
    centres = random.randint(0, 256, (10, 3072))
    for name, count in zip([*BATCHES, "test_batch.bin"], [300] * 5 + [200]):
        labels = random.randint(0, 10, count)
        pixels = centres[labels] * 0.1 + random.randint(0, 220, (count, 3072))
        np.column_stack([labels, pixels]).astype(np.uint8).tofile(Path(folder) / name)


def knnmark(command, folder, metric, k, weights, output):
    """Predictions, neighbours, their distances, shares of the votes; the number right."""
    arguments = ["classify", "--data", folder, "--metric", metric, "--k", str(k), "--weights", weights, "--json"]
    root = ["--root"] if metric == "l2" else []
    answers = set()
    for search in ("bounds", "exhaustive"):
        summary = subprocess.run([command, *arguments, *root, "--search", search, "--shares", "--output", output],
                                 check=True, capture_output=True).stdout
        answers.add(Path(output).read_bytes())
    if len(answers) > 1:
        sys.exit(f"sklearn_agrees: {metric}, k = {k}, {weights}: the search by bounds gives other answers")
    with open(output, newline="") as file:
        rows = list(csv.DictReader(file))
    predicted = np.array([int(row["predicted"]) for row in rows])
    neighbors = np.array([row["neighbors"].split() for row in rows], int)
    distances = np.array([row["distances"].split() for row in rows], float)
    shares = np.array([list(row.values())[5:] for row in rows], float)
    return predicted, neighbors, distances, shares, json.loads(summary)["right"]


def compare(command, folder, output, model, test, labels, metric, k, weights):
    """How many predictions differ, and how many more only by a choice among equally far neighbours."""
    predicted, neighbors, distances, shares, right = knnmark(command, folder, metric, k, weights, output)
    model.set_params(n_neighbors=k, weights=weights)
    expected, expected_shares = model.predict(test), model.predict_proba(test)
    expected_distances, expected_neighbors = model.kneighbors(test)
    setting = f"sklearn_agrees: {metric}, k = {k}, {weights}"
    if not np.array_equal(distances, expected_distances):
        sys.exit(f"{setting}: the distances of the nearest differ")
    nearer = distances < distances[:, -1:]  # of these there is no choice
    others = [set(a) != set(b) for a, b in zip(neighbors, expected_neighbors)]
    for i in np.flatnonzero(others):
        if set(neighbors[i, nearer[i]]) != set(expected_neighbors[i, nearer[i]]):
            sys.exit(f"{setting}: image {i}: the nearest differ")
    same = ~np.array(others)
    if np.abs(shares[:, model.classes_] - expected_shares)[same].max() > 1e-12:
        sys.exit(f"{setting}: the shares of the votes differ")
    different = predicted != expected
    if not different.any() and right != round(model.score(test, labels) * len(labels)):
        sys.exit(f"{setting}: the accuracies differ")
    return (different & same).sum(), (different & ~same).sum()


class Remembering(KNeighborsClassifier):
    """Its neighbours are computed once, for the largest k: scikit-learn needs many seconds for them, whatever k. A
    smaller k has the first of them; among those that are equally far, the ones with the smallest index."""

    def kneighbors(self, X=None, n_neighbors=None, return_distance=True):
        if "memory" not in self.__dict__:
            distances, neighbors = super().kneighbors(X, KS[-1], True)
            order = np.lexsort((neighbors, distances))
            self.memory = [np.take_along_axis(part, order, axis=1) for part in (distances, neighbors)]
        distances, neighbors = (part[:, : n_neighbors or self.n_neighbors] for part in self.memory)
        return (distances, neighbors) if return_distance else neighbors


def main():
    command = sys.argv[1] if len(sys.argv) > 1 else "build/knnmark"
    start = time.time()
    with tempfile.TemporaryDirectory() as room:
        folder = (sys.argv[2] if len(sys.argv) > 2 else os.environ.get("KNNMARK_DATA")) or room
        if folder == room:
            make_images(room)
        train, train_labels = read(folder, BATCHES)
        test, labels = read(folder, ["test_batch.bin"])
        runs = differ = equals = 0
        for metric, name in METRICS.items():
            model = Remembering(algorithm="brute", metric=name).fit(train, train_labels)
            for k in KS:
                for weights in ("uniform", "distance"):
                    wrong, by_choice = compare(command, folder, f"{room}/answers.csv", model, test, labels, metric,
                                               k, weights)
                    if wrong or by_choice:
                        print(f"{metric}, k = {k}, {weights}: {wrong} predictions differ, {by_choice} more by the "
                              "choice among equally far neighbours")
                    runs, differ, equals = runs + 1, differ + wrong, equals + by_choice
    print(f"sklearn_agrees: {runs} settings x {len(labels)} predictions: {differ} differ, {equals} more by the choice "
          f"among equally far neighbours, {time.time() - start:.0f} s")
    sys.exit(1 if differ else 0)


main()
