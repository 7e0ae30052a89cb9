"""NearestNeighbor, tune and cross_validate: against definitions, and against the command."""

import csv
import os
import subprocess

import numpy as np
import pytest
from conftest import all_distances, nearest

import knnmark


def lesson(train, labels, queries, k, metric, weights):
    """Votes one by one."""
    distances, ids = nearest(queries, train, k, metric)
    predicted = []
    for row, near in zip(distances, ids):
        votes = {}
        for distance, label in zip(np.sqrt(row) if metric == "l2" else row, labels[near]):
            vote = 1 if weights == "uniform" else (distance == 0 if row[0] == 0 else 1 / distance)
            votes[label] = votes.get(label, 0) + vote
        predicted.append(min(votes, key=lambda label: (-votes[label], label)))
    return predicted


@pytest.mark.parametrize("metric", ["l1", "l2", "l1wrap"])
@pytest.mark.parametrize("weights", ["uniform", "distance"])
def test_predictions(random, metric, weights):
    train, queries = random.randint(0, 6, (80, 5), np.uint8), random.randint(0, 6, (40, 5), np.uint8)
    labels = random.choice(["cat", "dog", "frog", "ship"], 80)
    model = knnmark.NearestNeighbor(metric, threads=1)
    model.train(train, labels)
    for k in (1, 2, 5, 80):
        np.testing.assert_array_equal(
            model.predict(queries, k, weights=weights), lesson(train, labels, queries, k, metric, weights)
        )


def test_many_classes(random):
    rows, labels = random.randint(0, 256, (3000, 3), np.uint8), np.arange(3000) * 10**9
    model = knnmark.NearestNeighbor()
    model.train(rows, labels)
    found = knnmark.search(rows, rows, 3, "l1")
    np.testing.assert_array_equal(model.predict(rows, 3), labels[found.ids].min(axis=1))


def test_refused(random):
    rows = random.randint(0, 256, (9, 3), np.uint8)
    model = knnmark.NearestNeighbor()
    with pytest.raises(ValueError, match="call train"):
        model.predict(rows)
    with pytest.raises(ValueError, match="one label for each of the 9 rows"):
        model.train(rows, [1, 2])
    model.train(rows, range(9))
    with pytest.raises(ValueError, match="weights = 'none'"):
        model.predict(rows, 2, weights="none")
    with pytest.raises(ValueError, match="k = 10 is more than"):
        model.predict(rows, 10)
    with pytest.raises(ValueError, match="at least one k"):
        knnmark.tune(rows, range(9), ())
    with pytest.raises(ValueError, match="validation = 9"):
        knnmark.tune(rows, range(9), validation=9)
    with pytest.raises(ValueError, match="fewer than the 5 folds"):
        knnmark.cross_validate(rows, [0] * 8 + [1])


def accuracy(rows, labels, held, k, metric):
    model = knnmark.NearestNeighbor(metric)
    model.train(rows[~held], labels[~held])
    return np.mean(model.predict(rows[held], k) == labels[held])


def test_choices(random):
    rows, labels = random.randint(0, 9, (120, 4), np.uint8), random.randint(0, 3, 120)
    told = []
    chosen = knnmark.tune(rows, labels, (1, 3, 7), validation=30, progress=told.append)
    assert told == sorted(told) and told[-1] == 1
    for (metric, k), score in chosen.scores.items():
        assert score == [accuracy(rows, labels, np.arange(120) < 30, k, metric)]
    assert chosen.accuracy == max(chosen.scores.values())
    fold = random.randint(0, 4, 120)
    chosen = knnmark.cross_validate(rows, labels, (1, 3, 7), folds=fold)
    for (metric, k), scores in chosen.scores.items():
        np.testing.assert_array_equal(scores, [accuracy(rows, labels, fold == i, k, metric) for i in range(4)])
    assert chosen.accuracy == pytest.approx(chosen.scores[chosen.metric, chosen.k].mean(), abs=1e-12)
    assert chosen.accuracy == pytest.approx(max(map(np.mean, chosen.scores.values())), abs=1e-12)


def test_ties_go_to_the_smaller_k():
    rows = np.repeat(np.array([[0], [200]], np.uint8), 20, axis=0)
    chosen = knnmark.cross_validate(rows, rows[:, 0], (5, 3, 1))
    assert (chosen.metric, chosen.k, chosen.accuracy) == ("l1", 1, 1.0)


@pytest.fixture
def saved(tmp_path, images):
    """A part of the images, and the command on them."""
    x_train, y_train, x_test, y_test = images
    path = tmp_path / "images.npz"
    np.savez(path, x_train=x_train[:1500], y_train=y_train[:1500], x_test=x_test, y_test=y_test)

    def command(*words):
        output = tmp_path / "output.csv"
        subprocess.run(
            [os.environ["KNNMARK"], *words, "--data", path, "--output", output], check=True, capture_output=True
        )
        with open(output, newline="", encoding="utf-8") as file:
            return list(csv.DictReader(file))

    return knnmark.load_npz(path), command


def test_classify_as_the_command(saved):
    data, command = saved
    for metric, weights in (("l1", "uniform"), ("l2", "distance")):
        rows = command("classify", "--metric", metric, "--k", "5", "--weights", weights)
        model = knnmark.NearestNeighbor(metric)
        model.train(data.x_train, data.y_train)
        predicted = model.predict(data.x_test, 5, weights=weights)
        np.testing.assert_array_equal(predicted, [int(row["predicted"]) for row in rows])


def test_choose_as_the_command(saved):
    data, command = saved
    rows = command("tune", "--k", "1,5,20", "--validation", "300")
    chosen = knnmark.tune(data.x_train, data.y_train, (1, 5, 20), validation=300)
    for row in rows:
        assert int(row["right"]) == round(300 * chosen.scores[row["metric"], int(row["k"])][0])
    rows = command("cv", "--k", "1,5,20")
    chosen = knnmark.cross_validate(data.x_train, data.y_train, (1, 5, 20))
    for row in rows:
        scores = chosen.scores[row["metric"], int(row["k"])]
        assert scores[int(row["fold"]) - 1] == int(row["right"]) / int(row["images"])


def test_distances_are_cdist(random):
    scipy = pytest.importorskip("scipy.spatial.distance")
    a, b = random.randint(0, 256, (20, 50), np.uint8), random.randint(0, 256, (30, 50), np.uint8)
    np.testing.assert_array_equal(knnmark.distances(a, b, "l1"), scipy.cdist(a, b, "cityblock"))
    np.testing.assert_array_equal(knnmark.distances(a, b, "l2"), scipy.cdist(a, b, "sqeuclidean"))
    assert all_distances(a, b, "l1").shape == (20, 30)
