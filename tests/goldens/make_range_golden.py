#!/usr/bin/env python3
"""Writes range.golden: ranges by percentile and by entropy of some histograms, computed with numpy
from the description in quantize/calibration/input_range.cpp, not from its code.

A line is: percentile, entropy (both in bins), then pairs "first bin, count" of runs of equal counts.
"""
import pathlib

import numpy as np

BINS, LEVELS, PART = 2048, 128, 0.999


def percentile(counts):
    below = np.concatenate([[0.0], np.cumsum(counts)])
    wanted = PART * below[-1]
    k = int(np.searchsorted(below[1:], wanted))
    return k + (wanted - below[k]) / counts[k]


def entropy(counts):
    best, where = np.inf, 0
    for bins in range(LEVELS, BINS + 1):
        inside = counts[:bins]
        if inside.sum() == 0:
            continue
        p = inside.copy()
        p[-1] += counts[bins:].sum()
        edges = np.arange(LEVELS + 1) * bins // LEVELS
        q = np.zeros(bins)
        for a, b in zip(edges[:-1], edges[1:]):
            filled = p[a:b] > 0
            if filled.any():
                q[a:b] = np.where(filled, inside[a:b].sum() / filled.sum(), 0)
        p /= p.sum()
        q /= q.sum()
        mask = p > 0
        kl = np.sum(p[mask] * np.log(p[mask] / np.maximum(q[mask], 1e-10)))
        if kl < best - 1e-12:
            best, where = kl, bins
    return where


def histograms():
    rng = np.random.default_rng(5)
    yield np.histogram(np.abs(rng.standard_normal(20000)), BINS, (0, 8))[0]
    yield np.histogram(np.abs(rng.laplace(size=20000)), BINS, (0, 16))[0]
    yield np.histogram(np.abs(np.append(rng.standard_normal(20000), [50, 51, 60])), BINS, (0, 64))[0]
    yield np.histogram(rng.uniform(size=20000), BINS, (0, 1))[0]
    yield np.histogram(np.abs(rng.standard_t(2, size=20000)), BINS, (0, 256))[0]
    sparse = np.zeros(BINS, dtype=int)
    sparse[[0, 3, 700, 1900]] = [1000, 50, 7, 1]
    yield sparse


def main():
    lines = []
    for counts in histograms():
        exact = counts.astype(float)
        starts = [0] + [i for i in range(1, BINS) if counts[i] != counts[i - 1]]
        runs = " ".join(f"{i} {counts[i]}" for i in starts)
        lines.append(f"{percentile(exact):.9g} {entropy(exact)} {runs}\n")
    pathlib.Path(__file__).with_name("range.golden").write_text("".join(lines))


if __name__ == "__main__":
    main()
