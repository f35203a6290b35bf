#!/usr/bin/env python3
"""Writes formats.golden: what every format's tile must be, by an independent numpy implementation.

A line per format: name, bytes of the tile, FNV-1a hash of the tile, the decoded first values of row 1.
Input: 5 rows of 584 pseudo-random values (seed 7), row r scaled by 2^-r, row 3 all zero; the tile has 16 rows, and two
segments, of 512 inputs and of 72.
Needs numpy.  Usage: make_format_golden.py > formats.golden
"""
import numpy as np
from pseudo_random import fnv1a, uniform

ROWS, COLS = 5, 584
PADDED = 608
SEGMENT = 512
W = uniform(7, ROWS * COLS).reshape(ROWS, COLS)
for r in range(ROWS):
    W[r] = W[r] * np.float32(2.0**-r)
W[3] = 0


def lanes_to_bytes(codes, bits):
    """codes [16, PADDED] of 8, 16 or 32 bits -> cells of 16 lanes of 4 bytes."""
    per_lane = 32 // bits
    return codes.reshape(16, PADDED // per_lane, per_lane).transpose(1, 0, 2).tobytes()


def plane(codes, p):
    """codes [16, 32] of p < 8 bits: byte b of lane r in cell c holds inputs (per_cell * c + 4 k + b) at bit p k."""
    per_cell = 32 // p
    out = np.zeros((32 // per_cell, 16, 4), np.uint8)
    for c in range(32 // per_cell):
        for j in range(per_cell):
            out[c, :, j % 4] |= (codes[:, per_cell * c + j] << (p * (j // 4))).astype(np.uint8)
    return out.tobytes()


NF4 = np.array([
    -1.0, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453, -0.28444138169288635, -0.18477343022823334,
    -0.09105003625154495, 0.0, 0.07958029955625534, 0.16093020141124725, 0.24611230194568634, 0.33791524171829224,
    0.44070982933044434, 0.5626170039176941, 0.7229568362236023, 1.0], np.float32)


def unit_of(values):
    """The smallest float16 of which 127 reach the largest magnitude."""
    largest = np.abs(np.array(values, np.float64)).max()
    unit = np.float16(largest / 127)
    return unit if float(unit) * 127 >= largest else np.nextafter(unit, np.float16(np.inf))


def counter(unit):
    """Rounds to a count of units, -127 to 127; what is not 0 counts one at least."""
    def to_units(value):
        if unit == 0 or value == 0:
            return np.float32(0)
        count = np.clip(np.rint(value / np.float32(unit)), -127, 127)
        return np.float32(unit) * np.float32(count if count else np.sign(value))
    return to_units


def encode_nf4(v, to_scale):
    scale = to_scale(np.abs(v).max() / np.float32(127))
    s = np.float32(scale)
    if s == 0:
        return np.full(v.shape, 7, np.uint8), scale, None, np.zeros(v.shape, np.float32)
    x = v / (s * np.float32(127))
    middles = (NF4[:-1] + NF4[1:]) / np.float32(2)
    codes = np.searchsorted(middles, x, side="left")  # a tie takes the lower code
    return codes.astype(np.uint8), scale, None, s * np.rint(127 * NF4.astype(np.float64)).astype(np.float32)[codes]


def encode_group(v, bits, kind, to_scale=np.float16, to_minimum=np.float16):
    """v float32 -> codes, scale and offset as stored, decoded."""
    if kind == "nf4":
        return encode_nf4(v, to_scale)
    f32, top = np.float32, (1 << bits) - 1
    low, high = v.min(), v.max()
    if kind == "":
        extreme = low if -low > high else high
        scale = to_scale(extreme / f32(-(1 << (bits - 1))))
        zero, minimum, offset = f32(1 << (bits - 1)), f32(0), None
    elif kind == "z":
        low, high = min(low, f32(0)), max(high, f32(0))
        scale = to_scale((high - low) / f32(top))
        zero = f32(0) if scale == 0 else np.clip(np.rint(-low / f32(scale)), 0, top)
        minimum, offset = f32(0), np.uint8(zero)
    else:
        scale = to_scale((high - low) / f32(top))
        offset = to_minimum(low)
        zero, minimum = f32(0), f32(offset)
    s = f32(scale)
    codes = np.full(v.shape, zero) if s == 0 else np.clip(np.rint((v - minimum) / s) + zero, 0, top)
    decoded = s * (codes.astype(f32) - zero) + minimum if kind != "m" else s * codes.astype(f32) + minimum
    return codes.astype(np.uint8), scale, offset, decoded.astype(f32)


def groups_of(size):
    return [(b, min(b + size, COLS)) for b in range(0, COLS, size)]


def two_level_scales(bits, kind, group):
    """Per group 16 counts of scales and of minima; 16 units of each; codes, decoded."""
    groups = groups_of(group)
    parts = 2 if kind == "m" else 1
    units = np.zeros((parts, 16), np.float16)
    counts = np.zeros((len(groups), parts, 16), np.int8)
    codes = np.zeros((16, PADDED), np.uint8)
    decoded = np.zeros((ROWS, COLS), np.float32)
    for r in range(ROWS):
        plain = [encode_group(W[r, b:e], bits, kind) for b, e in groups]
        for p in range(parts):
            units[p, r] = unit_of([group[1 + p] for group in plain])
        roundings = [counter(unit) for unit in units[:, r]]
        for g, (b, e) in enumerate(groups):
            codes[r, b:e], *stored, decoded[r, b:e] = encode_group(W[r, b:e], bits, kind, *roundings)
            for p in range(parts):
                counts[g, p, r] = np.rint(stored[p] / np.float32(units[p, r])) if units[p, r] else 0
    return [c.tobytes() for c in counts], units.tobytes(), codes, decoded


def scales_of(bits, kind, group):
    """Per group 16 scales and offsets; no units; codes, decoded."""
    codes = np.zeros((16, PADDED), np.uint8)
    decoded = np.zeros((ROWS, COLS), np.float32)
    stored = []
    for b, e in groups_of(group or COLS):
        scales = np.zeros(16, np.float16)
        offsets = np.zeros(16, np.uint8 if kind == "z" else np.float16)
        for r in range(ROWS):
            codes[r, b:e], scales[r], offset, decoded[r, b:e] = encode_group(W[r, b:e], bits, kind)
            if kind in ("z", "m"):
                offsets[r] = offset
        stored.append(scales.tobytes() + (offsets.tobytes() if kind in ("z", "m") else b""))
    return stored, b"", codes, decoded


def block(bits, kind, group, two_level=False):
    groups, units, codes, decoded = (two_level_scales if two_level else scales_of)(bits, kind, group)
    planes = {3: (2, 1), 5: (4, 1), 6: (4, 2)}.get(bits, (bits,))
    tile = b""
    for first in range(0, PADDED, SEGMENT):
        for k in range(first, min(first + SEGMENT, PADDED), 32):
            part, low = codes[:, k:k + 32], 0
            for p in planes:
                tile += plane((part >> low) & ((1 << p) - 1), p)
                low += p
        if group:
            tile += b"".join(groups[first // group:(first + SEGMENT) // group])
    tile += units if group else groups[0]
    return tile + b"\0" * (-len(tile) % 64), decoded


def real(bits, to_codes, decode):
    codes = np.zeros((16, PADDED), {32: np.uint32, 16: np.uint16}[bits])
    codes[:ROWS, :COLS] = to_codes(W)
    return lanes_to_bytes(codes, bits), decode(codes[:ROWS, :COLS])


def bf16_codes(v):
    u = v.view(np.uint32).astype(np.uint64)
    return ((u + 0x7FFF + ((u >> 16) & 1)) >> 16).astype(np.uint16)


def f8_values(exponent_bits, mantissa_bits, n):
    """The finite non-negative values by the formula of the OCP specification, code 0..n-1."""
    bias = (1 << (exponent_bits - 1)) - 1
    out = []
    for code in range(n):
        e, m = code >> mantissa_bits, code & ((1 << mantissa_bits) - 1)
        out.append(m * 2.0**(1 - bias - mantissa_bits) if e == 0
                   else (1 + m * 2.0**-mantissa_bits) * 2.0**(e - bias))
    return np.array(out)


def f8(exponent_bits, mantissa_bits, n):
    values = f8_values(exponent_bits, mantissa_bits, n)
    codes = np.zeros((16, PADDED), np.uint8)
    scales = np.zeros(16, np.float32)
    decoded = np.zeros((ROWS, COLS), np.float32)
    for r in range(ROWS):
        scales[r] = np.abs(W[r]).max() / np.float32(values[-1])
        if scales[r] == 0:
            continue
        for k in range(COLS):
            x = np.float32(W[r, k] / scales[r])
            distance = np.abs(values - abs(float(x)))
            best = np.flatnonzero(distance == distance.min())
            code = best[best % 2 == 0][0] if len(best) > 1 else best[0]  # ties to the even code
            codes[r, k] = code | (0x80 if np.signbit(x) else 0)
            decoded[r, k] = scales[r] * np.float32(values[code]) * np.float32(-1 if np.signbit(x) else 1)
    return lanes_to_bytes(codes, 8) + scales.tobytes(), decoded


def show(name, tile, decoded):
    values = " ".join(float(v).hex() for v in decoded[1, :4])
    print(name, len(tile), f"{fnv1a(tile):016x}", values)


show("f32", *real(32, lambda v: v.view(np.uint32), lambda c: c.view(np.float32)))
show("f16", *real(16, lambda v: v.astype(np.float16).view(np.uint16),
                  lambda c: c.view(np.float16).astype(np.float32)))
show("bf16", *real(16, bf16_codes, lambda c: (c.astype(np.uint32) << 16).view(np.float32)))
show("f8_e4m3", *f8(4, 3, 0x7F))
show("f8_e5m2", *f8(5, 2, 0x7C))
for bits in (2, 3, 4, 5, 6, 8):
    for kind in ("", "z", "m"):
        for group in (32, 64, 128, 0):
            show(f"q{bits}{kind}_" + (f"g{group}" if group else "row"), *block(bits, kind, group))
for group in (32, 64, 128):
    show(f"nf4_g{group}", *block(4, "nf4", group))
for bits in (2, 3, 4, 5, 6):
    for kind in ("", "m"):
        for group in (32, 64, 128):
            show(f"q{bits}{kind}_g{group}d", *block(bits, kind, group, True))
for group in (32, 64, 128):
    show(f"nf4_g{group}d", *block(4, "nf4", group, True))
