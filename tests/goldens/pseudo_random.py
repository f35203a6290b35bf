"""Numbers that Python and C++ generate alike: splitmix64 (Steele et al. 2014), see tests/support/pseudo_random.h."""
import numpy as np

MASK = (1 << 64) - 1


def splitmix64(x):
    x = (x + 0x9E3779B97F4A7C15) & MASK
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & MASK
    return x ^ (x >> 31)


def uniform(seed, n):
    """n float32 in [-0.5, 0.5), exact multiples of 2^-24."""
    return np.array([(splitmix64((seed << 32) + i) >> 40) / 2.0**24 - 0.5 for i in range(n)], np.float32)


def fnv1a(data):
    h = 0xCBF29CE484222325
    for byte in data:
        h = ((h ^ byte) * 0x100000001B3) & MASK
    return h
