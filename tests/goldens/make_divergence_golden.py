#!/usr/bin/env python3
"""Writes divergence.golden: statistics of two sets of logits, by an independent numpy computation in float64.

Inputs are those that tests/programs/divergence_test.cpp makes: uniform(seed, n) of tests/support/pseudo_random.h (see
pseudo_random.py), base = 8 u1, model = base + 2 u2, 40 rows of a vocabulary of 101, targets 7 r mod 101. A line is a
statistic and its value. Percentiles interpolate linearly; the error of the ratio comes from the covariance matrix of
both negative log-likelihoods (delta method), not from their differences. Needs numpy.
Usage: make_divergence_golden.py > divergence.golden
"""
import numpy as np

from pseudo_random import uniform

ROWS, VOCAB = 40, 101
base32 = (np.float32(8) * np.asarray(uniform(11, ROWS * VOCAB), dtype=np.float32)).reshape(ROWS, VOCAB)
model32 = base32 + (np.float32(2) * np.asarray(uniform(12, ROWS * VOCAB), dtype=np.float32)).reshape(ROWS, VOCAB)
base, model = base32.astype(np.float64), model32.astype(np.float64)


def log_softmax(x):
    shifted = x - x.max(1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(1, keepdims=True))


p, q = log_softmax(base), log_softmax(model)
rows = np.arange(ROWS)
targets = 7 * rows % VOCAB
kl = (np.exp(p) * (p - q)).sum(1)
nll = -np.stack([p[rows, targets], q[rows, targets]])
covariance = np.cov(nll) / ROWS
ratio = np.exp(nll[1].mean() - nll[0].mean())
delta = np.exp(-nll[1]) - np.exp(-nll[0])
same = (base.argmax(1) == model.argmax(1)).astype(np.float64)

results = {
    "kl_mean": kl.mean(),
    "kl_error": kl.std(ddof=1) / np.sqrt(ROWS),
    "kl_median": np.percentile(kl, 50),
    "kl_p99": np.percentile(kl, 99),
    "kl_p999": np.percentile(kl, 99.9),
    "kl_max": kl.max(),
    "top1": same.mean(),
    "top1_error": same.std(ddof=1) / np.sqrt(ROWS),
    "base_perplexity": np.exp(nll[0].mean()),
    "base_perplexity_error": np.exp(nll[0].mean()) * np.sqrt(covariance[0, 0]),
    "perplexity": np.exp(nll[1].mean()),
    "ratio": ratio,
    "ratio_error": ratio * np.sqrt(covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1]),
    "delta_p_mean": delta.mean(),
    "delta_p_rms": np.sqrt((delta ** 2).mean()),
}
for name, value in results.items():
    print(f"{name} {value:.9g}")
