"""Writes quern_format.quern and quern_format.f32, the golden of tests/tensor/quern_file.cpp.

A second implementation of ggml-like/FORMAT.md that shares no code with the library: whole file and
tile layout. The matrices have 19 rows (two tiles, the second short) and 72 columns (a short last group
and padding to 96), or 3 rows and 584 columns (two segments). The .f32 holds the weights of all tensors in file order.

    python make_quern_golden.py        # in this folder; needs numpy and xxhash (3.x)
"""
import struct

import numpy as np
import xxhash

SEGMENT = 512
ROWS, COLS = 19, 72
WIDE = 3, 584
PLANES = {2: [2], 3: [2, 1], 4: [4], 5: [4, 1], 6: [4, 2], 8: [8]}
rng = np.random.default_rng(7)


def string(text):
    raw = text.encode()
    return struct.pack("<Q", len(raw)) + raw


def pad(data):
    return data + bytes(-len(data) % 64)


def tiles_of(matrix):
    """Zero-padded copies of 16 rows each, columns padded to a multiple of 32."""
    rows, cols = matrix.shape
    full = np.zeros((-(-rows // 16) * 16, -(-cols // 32) * 32), matrix.dtype)
    full[:rows, :cols] = matrix
    return [full[i:i + 16] for i in range(0, len(full), 16)]


def pack_floats(stored):
    per_lane = 4 // stored.itemsize
    out = b""
    for tile in tiles_of(stored):
        for k in range(0, tile.shape[1], per_lane):
            out += tile[:, k:k + per_lane].tobytes()
    return out


def pack_codes(tile, bits):
    out = b""
    for chunk in range(0, tile.shape[1], 32):
        low = 0
        for p in PLANES[bits]:
            cells = np.zeros((p, 16, 4), np.uint8)
            for s in range(8):
                for b in range(4):
                    part = tile[:, chunk + 4 * s + b] >> low & (1 << p) - 1
                    cells[s * p // 8, :, b] |= (part << s * p % 8).astype(np.uint8)
            out += cells.tobytes()
            low += p
    return out


def column(part, tile, g):
    """Group g of a tile's 16 rows."""
    rows = part[16 * tile:16 * tile + 16, g]
    return np.pad(rows, (0, 16 - len(rows))).tobytes()


def pack_segments(codes, bits, group, parts, i):
    """Tile i: segment by segment the codes, then group by group the parts, [rows, groups] each."""
    raw = b""
    tile = tiles_of(codes)[i]
    for first in range(0, tile.shape[1], SEGMENT):
        raw += pack_codes(tile[:, first:first + SEGMENT], bits)
        for g in range(first // group, min((first + SEGMENT) // group, parts[0].shape[1])):
            raw += b"".join(column(part, i, g) for part in parts)
    return raw


def block(bits, zero, group, rows=ROWS, cols=COLS):
    one_group = group == 0
    group = group or cols
    groups = -(-cols // group)
    codes = rng.integers(0, 1 << bits, (rows, cols)).astype(np.uint8)
    scales = rng.normal(0, 0.1, (rows, groups)).astype(np.float16)
    if zero == "z":
        offsets = rng.integers(0, 1 << bits, (rows, groups)).astype(np.uint8)
    else:
        offsets = rng.normal(0, 0.1, (rows, groups)).astype(np.float16)
    parts = [scales] if zero == "" else [scales, offsets]
    data = b""
    for i, tile in enumerate(tiles_of(codes)):
        if one_group:
            data += pad(pack_codes(tile, bits) + b"".join(column(part, i, 0) for part in parts))
        else:
            data += pad(pack_segments(codes, bits, group, parts, i))
    spread = lambda a: np.repeat(a.astype(np.float32), group, axis=1)[:, :cols]
    q, s = codes.astype(np.float32), spread(scales)
    if zero == "m":
        return data, s * q + spread(offsets)
    return data, s * (q - (spread(offsets) if zero == "z" else np.float32(1 << bits - 1)))


def two_level(bits, zero, group, rows=ROWS, cols=COLS):
    groups = -(-cols // group)
    codes = rng.integers(0, 1 << bits, (rows, cols)).astype(np.uint8)
    parts = 2 if zero == "m" else 1  # scales, minima
    units = rng.normal(0, 0.001, (parts, rows, 1)).astype(np.float16)
    counts = rng.integers(-127, 128, (parts, rows, groups)).astype(np.int8)
    data = b""
    for i in range(len(tiles_of(codes))):
        data += pad(pack_segments(codes, bits, group, counts, i)
                    + b"".join(column(units[p], i, 0) for p in range(parts)))
    values = units.astype(np.float32) * counts.astype(np.float32)
    spread = np.repeat(values, group, axis=2)[:, :, :cols]
    q = codes.astype(np.float32)
    return data, spread[0] * q + spread[1] if parts == 2 else spread[0] * (q - np.float32(1 << bits - 1))


tensors = []  # name, dims, format, data, values
vector = rng.normal(0, 1, 5).astype(np.float32)
tensors.append(("vector", [5], "f32", vector.tobytes(), vector))
for name, dtype in (("f32", np.float32), ("f16", np.float16)):
    stored = rng.normal(0, 1, (ROWS, COLS)).astype(dtype)
    tensors.append((name, [ROWS, COLS], name, pack_floats(stored), stored.astype(np.float32)))
for bits, zero, group in ((2, "", 32), (3, "m", 64), (4, "m", 32), (5, "z", 32), (6, "", 128),
                          (8, "", 0)):
    name = f"q{bits}{zero}_" + (f"g{group}" if group else "row")
    data, values = block(bits, zero, group)
    tensors.append((name, [ROWS, COLS], name, data, values))
for bits, zero, group in ((4, "m", 32), (3, "", 64)):
    name = f"q{bits}{zero}_g{group}d"
    data, values = two_level(bits, zero, group)
    tensors.append((name, [ROWS, COLS], name, data, values))
for bits, zero, group in ((4, "z", 128), (3, "m", 32)):
    name = f"q{bits}{zero}_g{group}"
    data, values = block(bits, zero, group, *WIDE)
    tensors.append(("wide " + name, list(WIDE), name, data, values))
data, values = two_level(3, "m", 64, *WIDE)
tensors.append(("wide q3m_g64d", list(WIDE), "q3m_g64d", data, values))

metadata = struct.pack("<Q", 2)
metadata += string("general.architecture") + struct.pack("<I", 8) + string("llama")
metadata += string("list") + struct.pack("<IIQ3h", 9, 3, 3, -1, 2, -3)

body = pad(bytes(64) + metadata)
directory = struct.pack("<Q", len(tensors))
for name, dims, fmt, data, _ in tensors:
    directory += string(name) + struct.pack(f"<I{len(dims)}Q", len(dims), *dims) + string(fmt)
    directory += struct.pack("<QQQ", len(body), len(data), xxhash.xxh64(data).intdigest())
    directory += string("f16") + string("rtn") + string("none") + string("")
    directory += struct.pack("<d", 0.25)
    body = pad(body + data)
size = len(pad(body + directory)) + 64
header = b"QUERN\r\n\x1a" + struct.pack("<IIQQQQQQ", 2, 0, 64, len(metadata), len(body),
                                         len(directory), size, 0)
checksum = xxhash.xxh64(header + metadata + directory).intdigest()
commit = b"QUERNEND" + struct.pack("<QQ", size, checksum) + bytes(40)
with open("quern_format.quern", "wb") as f:
    f.write(header + pad(body + directory)[64:] + commit)
with open("quern_format.f32", "wb") as f:
    f.write(b"".join(values.astype("<f4").tobytes() for *_, values in tensors))
