// The kernel table: what an instruction set must provide. kernels/scalar is the specification,
// always linked; every other folder fills the same table and is tested against it. Kernels work on
// one worker's share, allocate nothing and know no tensors.
//
// Files in kernels/<isa>/ are compiled with that instruction set's flags. They include only
// intrinsics, fixed-width integers, layout headers, those in kernels/, and keep
// everything in anonymous namespaces: otherwise the linker could pick an inline function compiled
// for the wrong CPU.
#pragma once

#include <cstdint>

#include "tensor/codec.h"

namespace quern {

/// y[t, r] = sum_k w[r, k] x[t, k] for the rows of tiles [tile_begin, tile_end).
struct MatmulTask {
    const uint8_t* weight;  ///< first tile of the matrix; floats behind a row's last input have no
                            ///< part in the sums, whatever they are
    uint64_t tile_bytes;
    int64_t rows, cols;  ///< of the matrix, both at least 1: files refuse 0; rows of the last tile
                         ///< beyond `rows` are not written
    int64_t group;       ///< block family: inputs per scale: 32, 64 or 128
    bool row_scale;      ///< block family: one scale for the whole row, whatever `group`
    bool two_level;      ///< block family: scales and minima count units of their rows
    const uint8_t* x;  ///< [tokens] rows: int8 (formats/activation.h), round_rows()'s or f32 [cols]
    uint64_t x_stride;  ///< bytes
    int64_t tokens;
    float* y;          ///< [tokens, rows]
    int64_t y_stride;  ///< floats
    int64_t tile_begin, tile_end;
    int64_t ahead;  ///< bytes: how far ahead one token asks for memory; 0: it does not, as the CPU
                    ///< fetches what is read in order. Several tokens, and floats, then ask
                    ///< otherwise. Changes no result
};
using MatmulKernel = void (*)(const MatmulTask&);

/// Rows of f32 -> inputs of a product.
struct InputTask {
    const float* x;    ///< [rows, cols]
    int64_t x_stride;  ///< floats
    int64_t rows, cols;
    uint8_t* out;                    ///< [rows] of what the kernel makes
    int64_t out_stride;              ///< bytes
    const float* factors = nullptr;  ///< int8 only: [cols] that x is multiplied by first
    /// int8 only: > 0 takes the place of each chunk's largest magnitude; inputs beyond it are
    /// clamped to it.
    float range = 0;
};

inline constexpr int64_t kBlockKeys = 128;  ///< of a block of the KV cache

/// One step of an online softmax: scores become weights, 2^(scale * score - best).
struct SoftmaxTask {
    float* scores;    ///< [rows, n]
    int64_t stride;   ///< floats
    int64_t rows, n;  ///< n may be 0: nothing is added
    float scale;      ///< positive; a natural softmax has log2(e) in it
    float* best;      ///< [rows] the largest scale * score so far; -infinity before the first step
    float* total;  ///< [rows] the sum of weights so far; 0 before the first step; NaN while best is
                   ///< -infinity, as shrink
    float* shrink;  ///< [rows] written: the factor for all that was summed with the old best
};

/// Loops that reach what an instruction set can do at most: kernels are measured against them. The
/// first three take a number of rounds and return the operations done, multiplications and
/// additions.
struct Peaks {
    double (*int8)(int64_t rounds);  ///< the integer dot product that block_matmul is built on
    double (*f32)(int64_t rounds);   ///< multiply-add
    double (*bf16)(int64_t rounds);  ///< dot product added to f32; null where there is none
    /// Loads every byte once; data is 64-byte aligned, bytes a multiple of 256.
    void (*read)(const uint8_t* data, uint64_t bytes);
};

/// Plain function pointers, constant-initialized: building the table runs no code of an instruction
/// set.
struct Kernels {
    const char* isa;
    MatmulKernel (*block_matmul)(int bits, Zero zero);  ///< bits 2, 3, 4, 5, 6 or 8; kNf4: 4
    MatmulKernel (*real_matmul)(Codec codec);           ///< kF32, kF16
    /// kF16, kBf16, kF8E4M3, kF8E5M2: times round_rows()'s inputs. Where peaks.bf16 is, weights in
    /// f16 are rounded to bf16 too.
    MatmulKernel (*bf16_matmul)(Codec codec);
    void (*quantize_rows)(const InputTask& task);  ///< to rows of formats/activation.h
    /// To inputs of bf16_matmul(): rounded to bf16, in any layout of 4 cols bytes.
    void (*round_rows)(const InputTask& task);
    /// y = x / sqrt(mean(x^2) + eps) * weight
    void (*rms_norm)(const float* x, const float* weight, int64_t cols, float eps, float* y);
    /// y = gate * sigmoid(gate) * up
    void (*swiglu)(const float* gate, const float* up, int64_t n, float* y);
    void (*add)(const float* a, const float* b, int64_t n, float* y);
    void (*softmax_step)(const SoftmaxTask& task);
    /// softmax_step() for keys of a block, then quantize_rows() or round_rows() of the weights, at
    /// once: of inputs count out, out_stride, cols and factors, which are not negative. Scores are
    /// [rows, cols], and weights of keys from n to cols are 0. For int8 cols is kBlockKeys, and
    /// scores become weights; for bf16 it is n to kBlockKeys, and scores are undefined afterwards.
    void (*softmax_quantize)(const SoftmaxTask& task, const InputTask& inputs);
    void (*softmax_round)(const SoftmaxTask& task, const InputTask& inputs);
    /// y = y * factor + x
    void (*scale_add)(const float* x, int64_t n, float factor, float* y);
    Peaks peaks;
};

extern const Kernels kScalarKernels;
extern const Kernels kAvx2Kernels;
extern const Kernels kAvxVnniKernels;
extern const Kernels kAvx512Kernels;
extern const Kernels kAvx512Bf16Kernels;
extern const Kernels kNeonKernels;
extern const Kernels kNeonI8mmKernels;

}  // namespace quern
