"""The package as a wheel with the shared library inside, which make builds: see pyproject.toml for the rest."""

import os
import re
import subprocess
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

try:
    from setuptools.command.bdist_wheel import bdist_wheel
except ImportError:  # before setuptools 70
    from wheel.bdist_wheel import bdist_wheel

ROOT = Path(__file__).resolve().parent.parent
WORK = Path("..", "build", "python")  # as seen from here, where setuptools runs


class WithLibrary(build_py):
    def run(self):
        super().run()
        if not getattr(self, "editable_mode", False):  # an editable one finds it in the build tree
            into = Path(self.build_lib).resolve() / "knnmark"
            subprocess.run(["make", "-C", ROOT, "--no-print-directory", "shared", f"INTO={into}"], check=True)


class ForThisMachine(bdist_wheel):
    """Any Python 3 will do, but not any machine."""

    def finalize_options(self):
        super().finalize_options()
        self.root_is_pure = False

    def get_tag(self):
        return "py3", "none", super().get_tag()[2]


header = (ROOT / "src" / "knnmark.h").read_text()
version = ".".join(re.findall(r"define KNN_VERSION_(?:MAJOR|MINOR|PATCH) (\d+)", header))
os.makedirs(WORK, exist_ok=True)
setup(
    version=version,
    cmdclass={"build_py": WithLibrary, "bdist_wheel": ForThisMachine},
    options={"build": {"build_base": str(WORK)}, "egg_info": {"egg_base": str(WORK)}},
)
