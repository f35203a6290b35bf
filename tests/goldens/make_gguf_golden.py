"""Writes gguf_types.gguf and gguf_types.f32, the golden of tests/tensor/gguf_golden.cpp.

The .gguf holds one matrix of every type that Quern reads, a rank-1 vector of the plain ones, a
matrix whose rows are no multiple of 32, and metadata of every type. Blocks are random bytes with
finite scales (negative and subnormal ones too), so that every code occurs, not only those that a
quantizer would choose. The .f32 holds the values of all tensors in file order as the Python package
`gguf` (0.19.0) dequantizes them.

    python make_gguf_golden.py        # in this folder; needs numpy and gguf
"""
import numpy as np
from gguf import GGUFWriter, GGUFValueType, GGMLQuantizationType as T
from gguf.constants import GGML_QUANT_SIZES
from gguf.quants import dequantize

rng = np.random.default_rng(20)

# type -> number of f16 fields at the start of a block
BLOCK_TYPES = {T.Q4_0: 1, T.Q4_1: 2, T.Q5_0: 1, T.Q5_1: 2, T.Q8_0: 1}
SHAPES = {T.Q4_0: (17, 32), T.Q4_1: (3, 96)}  # more than one tile; three groups
PLAIN = {T.F32: np.float32, T.F16: np.float16}


def blocks(kind, rows, cols):
    n, size = GGML_QUANT_SIZES[kind]
    raw = rng.integers(0, 256, (rows, cols // n, size), dtype=np.uint8)
    for i in range(BLOCK_TYPES[kind]):
        half = rng.normal(0, 0.05, (rows, cols // n)).astype(np.float16)
        half[0, 0] = np.float16(6e-8) * (i + 1)  # subnormal
        raw[:, :, 2 * i:2 * i + 2] = half.view(np.uint8).reshape(rows, cols // n, 2)
    return raw.reshape(rows, -1)


def plain(kind, shape):
    values = rng.normal(0, 1, shape).astype(np.float32)
    values.flat[0] = 6e-8
    values.flat[1] = -0.0
    if kind == T.BF16:
        bits = (values.view(np.uint32) >> 16).astype(np.uint16)
        return bits, (bits.astype(np.uint32) << 16).view(np.float32)
    stored = values.astype(PLAIN[kind])
    return stored, stored.astype(np.float32)


w = GGUFWriter("gguf_types.gguf", "llama")
for bits, unsigned, signed in ((8, 200, -100), (16, 60000, -30000), (32, 4000000000, -2000000000),
                               (64, 2**63 + 5, -2**62)):
    w.add_key_value(f"test.u{bits}", unsigned, GGUFValueType[f"UINT{bits}"])
    w.add_key_value(f"test.i{bits}", signed, GGUFValueType[f"INT{bits}"])
w.add_float32("test.f32", 0.1)
w.add_float64("test.f64", 0.1)
w.add_bool("test.bool", True)
w.add_string("test.string", "Mühle")
w.add_array("test.strings", ["a", "", "ccc"])
w.add_array("test.ints", [-1, 2, 3])
w.add_array("test.reals", [0.5, -0.25])

expected = []
for kind in BLOCK_TYPES:
    rows, cols = SHAPES.get(kind, (2, 64))
    raw = blocks(kind, rows, cols)
    w.add_tensor("matrix." + kind.name, raw, raw_dtype=kind)
    expected.append(dequantize(raw, kind))
for kind in (T.F32, T.F16, T.BF16):
    for name, shape in (("matrix.", (3, 44)), ("vector.", (10,))):
        stored, values = plain(kind, shape)
        if kind == T.BF16:
            w.add_tensor(name + "BF16", stored.view(np.uint8), raw_dtype=T.BF16)
        else:
            w.add_tensor(name + kind.name, stored)
        expected.append(values)

w.write_header_to_file()
w.write_kv_data_to_file()
w.write_tensors_to_file()
w.close()
with open("gguf_types.f32", "wb") as f:
    for values in expected:
        f.write(values.astype("<f4").tobytes())
