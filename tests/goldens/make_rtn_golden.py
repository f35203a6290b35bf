#!/usr/bin/env python3
"""Writes rtn.golden: what round-to-nearest costs Gaussian weights, by an independent numpy simulation.

A line is a format and its relative mean squared error, sum (w - q)^2 / sum w^2, over 40000 groups of N(0, 1).
    q4z  scale (max - min) / 15 and an integer zero point that puts min on the grid 0..15
    q4   the weight of largest magnitude lies at -8 of the grid -8..7
    nf4  the nearest of QLoRA's 16 values, derived by its formula, times the largest magnitude
Everything in float64. Needs numpy.  Usage: make_rtn_golden.py > rtn.golden
"""
from statistics import NormalDist

import numpy as np

GROUPS = 40000
generator = np.random.default_rng(1)


def asymmetric(w):
    low, high = w.min(1, keepdims=True), w.max(1, keepdims=True)
    scale = (high - low) / 15
    zero = np.round(-low / scale).clip(0, 15)
    return ((np.round(w / scale) + zero).clip(0, 15) - zero) * scale


def symmetric(w):
    largest = np.take_along_axis(w, np.abs(w).argmax(1)[:, None], 1)
    scale = -largest / 8
    return np.round(w / scale).clip(-8, 7) * scale


def nf4(w):
    offset = (1 - 1 / 30 + 1 - 1 / 32) / 2
    quantile = NormalDist().inv_cdf
    positive = [quantile(p) for p in np.linspace(offset, 0.5, 9)[:-1]]
    negative = [-quantile(p) for p in np.linspace(offset, 0.5, 8)[:-1]]
    book = np.sort(np.array(positive + negative + [0.0])) / quantile(offset)
    largest = np.abs(w).max(1, keepdims=True)
    return book[np.searchsorted((book[1:] + book[:-1]) / 2, w / largest)] * largest


for name, grid in (("q4z", asymmetric), ("q4", symmetric), ("nf4", nf4)):
    for group in (32, 64, 128):
        weights = generator.standard_normal((GROUPS, group))
        error = ((weights - grid(weights)) ** 2).sum() / (weights ** 2).sum()
        print(f"{name}_g{group} {error:.5f}")
