"""docs/lesson.ipynb runs from top to bottom, without Jupyter."""

import json

import pytest
from conftest import ROOT


def test_lesson(monkeypatch, capsys):
    pytest.importorskip("matplotlib").use("Agg")
    monkeypatch.delenv("KNNMARK_DATA", raising=False)  # its own images: the real ones take longer
    notebook = json.loads((ROOT / "docs" / "lesson.ipynb").read_text(encoding="utf-8"))
    names = {}
    for number, cell in enumerate(notebook["cells"]):
        if cell["cell_type"] == "code":
            exec(compile("".join(cell["source"]), f"cell {number}", "exec"), names)  # as a notebook does
    assert names["plt"].get_fignums() and "accuracy: " in capsys.readouterr().out
    names["plt"].close("all")
