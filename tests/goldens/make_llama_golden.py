#!/usr/bin/env python3
"""Writes llama.golden: logits and greedy tokens of a tiny seeded llama, by an independent numpy implementation.

The model is the one of tests/support/tiny_llama.h: weights are uniform(seed, n), seeds counted in the order below.
Everything in float64; keys and values are rounded to f16 as the cache holds them.
Needs numpy.  Usage: make_llama_golden.py > llama.golden
"""
import numpy as np
from pseudo_random import uniform

VOCAB, D, LAYERS, HEADS, KV_HEADS, HEAD_DIM, FF = 61, 32, 2, 4, 2, 8, 44
EPS, THETA = 1e-5, 10000.0
PROMPT = [1, 17, 5, 60, 33, 2, 9, 9, 41, 0, 25, 12]
GREEDY = 24

seed = 100


def weight(*shape, gain=1.0, offset=0.0):
    global seed
    seed += 1
    values = uniform(seed, int(np.prod(shape))) * np.float32(gain) + np.float32(offset)
    return values.astype(np.float32).astype(np.float64).reshape(shape)


embedding = weight(VOCAB, D, gain=2.0)
final_norm = weight(D, offset=1.0)
head = weight(VOCAB, D, gain=2.0)
layers = []
for _ in range(LAYERS):
    layers.append(dict(
        attn_norm=weight(D, offset=1.0), q=weight(HEADS * HEAD_DIM, D), k=weight(KV_HEADS * HEAD_DIM, D),
        v=weight(KV_HEADS * HEAD_DIM, D), o=weight(D, HEADS * HEAD_DIM), ffn_norm=weight(D, offset=1.0),
        gate=weight(FF, D), up=weight(FF, D), down=weight(D, FF)))


def norm(x, w):
    return x / np.sqrt((x * x).mean(-1, keepdims=True) + EPS) * w


def rotate(x, heads):
    """Pairs (2i, 2i+1) as complex numbers times e^(i position theta^(-2i/d))."""
    t = x.shape[0]
    z = x.reshape(t, heads, HEAD_DIM // 2, 2)
    z = z[..., 0] + 1j * z[..., 1]
    angle = np.arange(t)[:, None] * THETA ** (-2.0 * np.arange(HEAD_DIM // 2) / HEAD_DIM)[None]
    z = z * np.exp(1j * angle)[:, None, :]
    return np.stack([z.real, z.imag], -1).reshape(t, heads, HEAD_DIM)


def f16(x):
    return x.astype(np.float16).astype(np.float64)


def logits(ids):
    t = len(ids)
    x = embedding[ids]
    mask = np.where(np.arange(t)[None, :] <= np.arange(t)[:, None], 0.0, -np.inf)
    for w in layers:
        h = norm(x, w["attn_norm"])
        q = rotate(h @ w["q"].T, HEADS)
        k = f16(rotate(h @ w["k"].T, KV_HEADS))
        v = f16((h @ w["v"].T).reshape(t, KV_HEADS, HEAD_DIM))
        out = np.zeros((t, HEADS, HEAD_DIM))
        for i in range(HEADS):
            kv = i // (HEADS // KV_HEADS)
            score = q[:, i] @ k[:, kv].T / np.sqrt(HEAD_DIM) + mask
            p = np.exp(score - score.max(-1, keepdims=True))
            out[:, i] = p / p.sum(-1, keepdims=True) @ v[:, kv]
        x = x + out.reshape(t, -1) @ w["o"].T
        h = norm(x, w["ffn_norm"])
        gate = h @ w["gate"].T
        x = x + (gate / (1 + np.exp(-gate)) * (h @ w["up"].T)) @ w["down"].T
    return norm(x, final_norm) @ head.T


print("prompt", *PROMPT)
result = logits(PROMPT)
for row in (0, 5, len(PROMPT) - 1):
    print("logits", row, *(f"{v:.7g}" for v in result[row]))
ids, margin = list(PROMPT), np.inf
for _ in range(GREEDY):
    last = np.sort(logits(ids)[-1])
    margin = min(margin, last[-1] - last[-2])
    ids.append(int(logits(ids)[-1].argmax()))
print("greedy", *ids[len(PROMPT):])
print("margin", f"{margin:.4g}")  # the closest call of a greedy choice: must be far above rounding errors
