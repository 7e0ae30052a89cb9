"""The package itself: what it takes from the header, the wheel, and where scikit-learn is not."""

import ctypes
import os
import re
import subprocess
import sys

from conftest import ROOT

import knnmark
from knnmark import _library

HEADER = (ROOT / "src" / "knnmark.h").read_text(encoding="utf-8")
STRUCTS = {
    "error": _library.Error,
    "rows": _library.Rows,
    "options": _library.Options,
    "kernel_info": _library.KernelInfo,
    "cpu_info": _library.CpuInfo,
}


def test_structs_are_the_header_s(tmp_path):
    lines = [f'printf("%zu ", sizeof(struct knn_{name}));' for name in STRUCTS]
    right = [ctypes.sizeof(struct) for struct in STRUCTS.values()]
    for name, struct in STRUCTS.items():
        for field in struct._fields_:
            lines.append(f'printf("%zu ", offsetof(struct knn_{name}, {field[0]}));')
            right.append(getattr(struct, field[0]).offset)
    lines.append('printf("%zu %zu", sizeof(struct knn_neighbor), offsetof(struct knn_neighbor, id));')
    right += [_library.NEIGHBOR.itemsize, _library.NEIGHBOR.fields["id"][1]]
    program = '#include "knnmark.h"\n#include <stdio.h>\nint main(void) {' + "\n".join(lines) + "}"
    (tmp_path / "sizes.c").write_text(program)
    subprocess.run(
        [os.environ.get("CC", "cc"), f"-I{ROOT}/src", "-o", tmp_path / "sizes", tmp_path / "sizes.c"], check=True
    )
    assert [int(word) for word in subprocess.check_output([tmp_path / "sizes"]).split()] == right


def test_numbers_are_the_header_s():
    enums = dict(re.findall(r"enum knn_(\w+) \{(.*?)\};", HEADER, re.S))
    for values, enum in ((_library.METRICS, "metric"), (_library.METHODS, "method")):
        assert re.findall(r"KNN_(\w+),", enums[enum]) == [name.upper() for name in values]
        assert list(values.values()) == list(range(len(values)))
    assert f"KNN_MAX_K = {_library.MAX_K} " in HEADER


def test_functions_are_the_header_s():
    declared = {
        name: arguments.count(",") + 1 if arguments.strip() != "void" else 0
        for name, arguments in re.findall(r"KNN_API [^;(]*?(knn_\w+)\(([^;]*)\);", HEADER)
    }
    for name, (_, arguments) in _library.FUNCTIONS.items():
        assert declared[name] == len(arguments), name


def test_version():
    numbers = re.findall(r"define KNN_VERSION_\w+ (\d+)", HEADER)
    assert knnmark.__version__ == ".".join(numbers)


def test_wheel(tmp_path, python):
    """Built without network, installed elsewhere, used without the tree."""
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "KNNMARK_LIBRARY")}
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    wheel = [*pip, "wheel", "--no-build-isolation", "--no-deps", "--no-index", "--wheel-dir", tmp_path, ROOT / "python"]
    subprocess.run(wheel, check=True, env=environment)
    (built,) = tmp_path.glob("knnmark-*-py3-none-*.whl")
    subprocess.run([*pip, "install", "--no-deps", "--no-index", "--target", tmp_path / "site", built], check=True)
    program = (
        "import knnmark; print(knnmark.__file__, knnmark._library.library._name, knnmark.search([[1], [5]], [[4]]).ids)"
    )
    output = subprocess.check_output(
        [sys.executable, "-c", program],
        text=True,
        cwd=tmp_path,
        env={**environment, "PYTHONPATH": str(tmp_path / "site")},
    )
    module, library, ids = output.split(maxsplit=2)
    assert module.startswith(str(tmp_path)) and library.startswith(str(tmp_path)) and ids == "[[1]]\n"
    assert (tmp_path / "site" / "knnmark" / "py.typed").exists()


def test_without_scikit_learn(python):
    said = python(
        """
        import sys
        sys.modules["sklearn"] = None
        import importlib.util
        importlib.util.find_spec = (lambda find: lambda name: None if name == "sklearn" else find(name))(importlib.util.find_spec)
        import knnmark
        from knnmark import *
        print(knnmark.search([[1], [5]], [[4]]).ids, "KNeighborsClassifier" in dir(knnmark))
        try:
            knnmark.KNeighborsClassifier
        except ImportError as error:
            print(error)
    """
    )
    assert said.startswith("[[1]] False\n") and "install python3-sklearn, or pip install scikit-learn" in said


def test_without_the_library(python):
    said = python(
        """
        try:
            import knnmark
        except ImportError as error:
            print(error)
    """,
        KNNMARK_LIBRARY="/nowhere/libknnmark.so",
    )
    assert "/nowhere/libknnmark.so cannot be used" in said and "KNNMARK_LIBRARY" in said and "\n" not in said


def test_help():
    """Everything public says what it does."""
    for name in knnmark.__all__:
        thing = getattr(knnmark, name)
        assert thing.__doc__ and name in dir(knnmark), name
    text = subprocess.check_output([sys.executable, "-c", "import knnmark; help(knnmark)"], text=True)
    assert "exact nearest neighbours" in text and "cross_validate" in text
