"""What this machine and this build of the library can do."""

from ctypes import byref, sizeof
from itertools import count
from typing import List, NamedTuple, Tuple

from . import _library as c


class Kernel(NamedTuple):
    """A distance kernel: `<metric>_<instruction set>[_<queries>x<train rows of its tile>]`."""

    name: str
    summary: str
    metric: str
    tile: Tuple[int, int]
    runs: bool
    """Whether this CPU can run it."""
    is_default: bool
    """Whether it is this CPU's choice if neither a kernel nor an instruction set is named."""


class Cpu(NamedTuple):
    """The CPU as the library sees it."""

    name: str
    isas: Tuple[str, ...]
    """The instruction sets that it has and that this build has kernels for, the weakest first."""
    cores: int
    """Those that this process may use."""
    hardware_threads: int
    threads: int
    """How many a search has by default."""


def kernels() -> List[Kernel]:
    """Every kernel of this build, the slowest of a metric first."""
    metrics = {number: name for name, number in c.METRICS.items()}
    found: List[Kernel] = []
    for i in count():
        info = c.KernelInfo()
        if c.library.knn_kernel_describe(i, byref(info), sizeof(info)) != 0:
            return found
        name, summary = info.name.decode(), info.summary.decode()
        found.append(
            Kernel(name, summary, metrics[info.metric], (info.mr, info.nr), bool(info.runs), bool(info.is_default))
        )
    return found


def cpu() -> Cpu:
    """What the CPU is called and can do, and how many threads a search has on it."""
    info = c.CpuInfo()
    c.run(c.library.knn_cpu_describe, byref(info), sizeof(info))
    name, isas = info.name.decode(errors="replace"), tuple(info.isas.decode().split())
    return Cpu(name, isas, info.cores, info.hardware_threads, info.threads)
