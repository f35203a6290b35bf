#!/usr/bin/env python3
"""Writes rotation.golden: vectors times the explicit matrix Q of ggml-like/include/tensor/rotation.h, in float64.

A line is: n, seed, then Q x of x = uniform(seed + 1000, n).
"""
import pathlib

import numpy as np

from pseudo_random import splitmix64, uniform

SIZES = [(1, 1), (2, 7), (4, 1), (8, 2), (9, 5), (16, 1), (32, 6), (64, 1), (72, 3), (96, 2), (128, 1), (255, 4),
         (576, 1), (576, 4294967295)]


def rotation(n, seed):
    odd = n
    while odd % 2 == 0:
        odd //= 2
    power = n // odd
    hadamard = np.array([[(-1.0) ** bin(i & j).count("1") for j in range(power)] for i in range(power)])
    angle = 2 * np.pi * np.outer(np.arange(odd), np.arange(odd)) / odd
    signs = np.array([-1.0 if splitmix64((seed << 32) + i) >> 63 else 1.0 for i in range(n)])
    q = np.kron(hadamard, np.cos(angle) + np.sin(angle)) / np.sqrt(n) * signs
    assert np.allclose(q @ q.T, np.eye(n), atol=1e-12)
    return q


def main():
    lines = []
    for n, seed in SIZES:
        y = rotation(n, seed) @ uniform(seed + 1000, n).astype(float)
        lines.append(f"{n} {seed} " + " ".join(f"{v:.9g}" for v in y) + "\n")
    pathlib.Path(__file__).with_name("rotation.golden").write_text("".join(lines))


if __name__ == "__main__":
    main()
