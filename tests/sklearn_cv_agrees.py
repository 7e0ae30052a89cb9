#!/usr/bin/env python3
"""Compares `knnmark cv` with scikit-learn's cross_val_score on the same folds: the accuracy of every fold.

usage: sklearn_cv_agrees.py [KNNMARK [FOLDER [LIMIT]]]

KNNMARK is the command (default build/knnmark), FOLDER holds CIFAR-10's binary version (default KNNMARK_DATA, else
synthetic images that are small enough to wait for), LIMIT is how many training images are taken (default all). Brute
force, L1 and L2, five k, uniform and distance weights; stratified folds are cross_val_score's default for classifiers,
contiguous ones its KFold.

Among neighbours that are equally far, scikit-learn keeps whichever it met, and knnmark those with the smallest index.
So a fold may differ by as many images as have such a choice at the end of their k; that is counted apart and is no
difference. Exit status 0: all agree; 1: some differ; 77: there is no scikit-learn here.
"""
import csv
import os
import subprocess
import sys
import tempfile
from pathlib import Path

try:
    import numpy as np
    from sklearn.metrics import pairwise_distances
    from sklearn.model_selection import KFold, StratifiedKFold, cross_val_score
    from sklearn.neighbors import KNeighborsClassifier
except ImportError as missing:
    print(f"sklearn_cv_agrees: not compared: {missing}")
    sys.exit(77)

KS = (1, 5, 10, 20, 100)
METRICS = ("l1", "l2")
BATCHES = [f"data_batch_{i}.bin" for i in range(1, 6)]
FOLDS = 5


def make_images(folder):
    """Ten noisy classes: neighbours that disagree, and few that are equally far."""
    random = np.random.RandomState(1)
    centres = random.randint(0, 256, (10, 3072))
    for name, count in zip([*BATCHES, "test_batch.bin"], [201] * 5 + [2]):
        labels = random.randint(0, 10, count)
        pixels = centres[labels] * 0.1 + random.randint(0, 220, (count, 3072))
        np.column_stack([labels, pixels]).astype(np.uint8).tofile(Path(folder) / name)


def read(folder, limit):
    records = np.concatenate([np.fromfile(Path(folder) / name, np.uint8).reshape(-1, 3073) for name in BATCHES])[:limit]
    return records[:, 1:].astype(np.float64), records[:, 0]


def knnmark(command, folder, limit, weights, split):
    """Accuracies of the folds by metric and k."""
    with tempfile.TemporaryDirectory() as scratch:
        paths = [Path(scratch) / f"{search}.csv" for search in ("bounds", "exhaustive")]
        for path in paths:
            subprocess.run([command, "cv", "--data", folder, "--limit", str(limit), "--folds", str(FOLDS), "--k",
                            ",".join(map(str, KS)), "--weights", weights, "--split", split, "--search", path.stem,
                            "--output", path], check=True, capture_output=True)
        if paths[0].read_bytes() != paths[1].read_bytes():
            sys.exit(f"sklearn_cv_agrees: {weights}, {split}: the search by bounds gives other answers")
        with open(paths[0], newline="") as file:
            rows = list(csv.DictReader(file))
    found = {}
    for row in rows:
        found.setdefault((row["metric"], int(row["k"])), []).append((int(row["right"]), int(row["images"])))
    return found


def open_choices(distances, labels, folds, k):
    """For each fold, the images whose k-th and next neighbour are equally far."""
    counts = []
    for train, test in folds.split(distances, labels):
        nearest = np.partition(distances[np.ix_(test, train)], (k - 1, k), axis=1)
        counts.append(int((nearest[:, k - 1] == nearest[:, k]).sum()))
    return counts


def compare(command, folder, limit):
    images, labels = read(folder, limit)
    compared = chosen = 0
    wrong = []
    # computed once, for L1 takes minutes; only the plainest comparison has scikit-learn compute its own, of L2
    exact = {"l1": pairwise_distances(images, metric="manhattan"),
             "l2": np.sqrt(np.maximum(0, (images**2).sum(1)[:, None] + (images**2).sum(1) - 2 * images @ images.T))}
    for weights, split in (("uniform", "stratified"), ("distance", "stratified"), ("uniform", "contiguous")):
        folds = KFold(FOLDS) if split == "contiguous" else StratifiedKFold(FOLDS)  # the latter is what None gives
        found = knnmark(command, folder, limit, weights, split)
        for metric in METRICS:
            for k in KS:
                own = (metric, weights, split) == ("l2", "uniform", "stratified")
                model = KNeighborsClassifier(k, algorithm="brute", metric="euclidean" if own else "precomputed",
                                             weights=weights)
                scores = cross_val_score(model, images if own else exact[metric], labels, cv=None if own else folds)
                ours = found[metric, k]
                theirs = [round(score * size) for score, (_, size) in zip(scores, ours)]
                differ = [abs(a - b) for (a, _), b in zip(ours, theirs)]
                compared += FOLDS
                if any(differ):
                    free = open_choices(exact[metric], labels, folds, k)
                    chosen += sum(0 < d <= f for d, f in zip(differ, free))
                    wrong += [f"{metric} k={k} {weights} {split} fold {i + 1}: {ours[i][0]} right, not {theirs[i]}"
                              for i in range(FOLDS) if differ[i] > free[i]]
    return len(labels), compared, chosen, wrong


def main():
    command = sys.argv[1] if len(sys.argv) > 1 else "build/knnmark"
    folder = sys.argv[2] if len(sys.argv) > 2 else os.environ.get("KNNMARK_DATA")
    limit = int(sys.argv[3]) if len(sys.argv) > 3 else 50000
    with tempfile.TemporaryDirectory() as scratch:
        if not folder:
            make_images(scratch)
        images, compared, chosen, wrong = compare(command, folder or scratch, limit)
    print(f"sklearn_cv_agrees: {images} images, {compared} fold accuracies compared, {len(wrong)} differ, {chosen} by the "
          "choice among equally far neighbours" + (": " + "; ".join(wrong[:3]) if wrong else ""))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
