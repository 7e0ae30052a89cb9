#!/usr/bin/env python3
"""What NumPy computes where L1 is written for bytes: prints tests/fixtures/l1wrap.h.

    python3 tests/numpy_l1wrap.py >tests/fixtures/l1wrap.h

tests/command/test_l1wrap.c runs it again and demands the same, where there is NumPy.
"""

import sys

try:
    import numpy as np
except ImportError:
    sys.exit("numpy_l1wrap.py: no NumPy; install python3-numpy")

QUERIES, ROWS, DIM = 3, 6, 100
SEED = 256

HEAD = f"""\
/* Random bytes, and sums by NumPy: l1wrap_sums[i] is np.sum(np.abs(X - q), axis=1), where X is l1wrap_rows and q is
 * l1wrap_queries[i], both uint8 arrays. Printed by tests/numpy_l1wrap.py. */
#ifndef L1WRAP_FIXTURE_H
#define L1WRAP_FIXTURE_H

#include <stdint.h>

enum {{ L1WRAP_QUERIES = {QUERIES}, L1WRAP_ROWS = {ROWS}, L1WRAP_DIM = {DIM} }};
"""


def table(kind, name, counts, rows):
    print(f"\nstatic const {kind} {name}{counts} = {{")
    for row in rows:
        lines = [", ".join(str(number) for number in row[i : i + 20]) for i in range(0, len(row), 20)]
        print("    {" + ",\n     ".join(lines) + "},")
    print("};")


def main():
    random = np.random.RandomState(SEED)  # its numbers are the same in every version
    queries = np.frombuffer(random.bytes(QUERIES * DIM), dtype=np.uint8).reshape(QUERIES, DIM)
    X = np.frombuffer(random.bytes(ROWS * DIM), dtype=np.uint8).reshape(ROWS, DIM)
    sums = [np.sum(np.abs(X - q), axis=1) for q in queries]
    print(HEAD, end="")
    table("uint8_t", "l1wrap_queries", "[L1WRAP_QUERIES][L1WRAP_DIM]", queries)
    table("uint8_t", "l1wrap_rows", "[L1WRAP_ROWS][L1WRAP_DIM]", X)
    table("uint32_t", "l1wrap_sums", "[L1WRAP_QUERIES][L1WRAP_ROWS]", sums)
    print("\n#endif")


main()
