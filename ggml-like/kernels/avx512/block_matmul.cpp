// Block matrix product for AVX-512 VNNI: a register holds four inputs of 16 rows (one cell step),
// the token's four int8 inputs are broadcast, vpdpbusd multiplies unsigned codes by signed inputs
// and adds four products per row.
//
// Few tokens (decoding, small batches): memory is the limit; codes are unpacked in registers, one
// tile at a time. Many tokens: a panel of two tiles and up to 1024 inputs is unpacked once into
// 32 KiB that stay in L1, then multiplied with all tokens (panel_loop.h).
//
// Integer sums are exact; a zero point is applied as the minimum -s z.
#include <immintrin.h>

#include "kernels/avx512/avx512.h"
#include "kernels/avx512/panel_loop.h"
#include "kernels/avx512/unpack.h"
#include "kernels/block_view.h"

namespace quern::avx512 {
namespace {

constexpr int kFewTokens = 16;  ///< up to so many tokens go without a panel
/// Bytes ahead that are prefetched to L2: about a tile, and over page borders, so that address
/// translations are there too.
constexpr int64_t kAhead = 32768;

__m512i broadcast4(const int8_t* x) {
    int32_t four;
    __builtin_memcpy(&four, x, 4);
    return _mm512_set1_epi32(four);
}

/// sum += codes (unsigned) . x4 (signed), four products per lane. In assembly, because GCC 12
/// copies the sum of the intrinsic to another register and back, and then runs out of registers.
void add_dot(__m512i& sum, __m512i codes, __m512i x4) {
    asm("vpdpbusd %2, %1, %0" : "+v"(sum) : "v"(codes), "v"(x4));
}

__m512 load_f16(const uint8_t* p) {
    return _mm512_cvtph_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)));
}

Group make_group(__m512 scale, __m512 minimum) {
    return {scale, minimum, _mm512_mul_ps(scale, _mm512_set1_ps(-kDotStart))};
}

/// Scales or minima at p, counted in the units at `units` if there are two levels.
__m512 load_scales(const BlockView& v, const uint8_t* p, const uint8_t* units) {
    if (!v.t.two_level) return load_f16(p);
    const __m128i counts = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    return _mm512_mul_ps(load_f16(units), _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(counts)));
}

template <Zero kZero>
Group load_group(const BlockView& v, const uint8_t* tile, int64_t a) {
    const uint8_t* p = v.group(tile, a);
    const uint8_t* offsets = p + v.bytes_per_scales;
    const __m512 scale = load_scales(v, p, v.units(tile));
    if constexpr (kZero == Zero::kMinimum) {
        return make_group(scale, load_scales(v, offsets, v.units(tile) + kUnitBytes));
    }
    __m512 zero = _mm512_set1_ps(static_cast<float>(v.zero_code));
    if constexpr (kZero == Zero::kInteger) {
        const __m128i z = _mm_loadu_si128(reinterpret_cast<const __m128i*>(offsets));
        zero = _mm512_cvtepi32_ps(_mm512_cvtepu8_epi32(z));
    }
    return make_group(scale, _mm512_sub_ps(_mm512_setzero_ps(), _mm512_mul_ps(scale, zero)));
}

__m512i start_dot() { return _mm512_castps_si512(_mm512_set1_ps(kDotStart)); }

/// sum + dx (s dot + m sum x)
__m512 add_group(const Group& g, __m512i dot, float x_scale, float x_sum, __m512 sum) {
    __m512 value = _mm512_fmadd_ps(g.scale, _mm512_castsi512_ps(dot), g.offset);
    value = _mm512_fmadd_ps(g.minimum, _mm512_set1_ps(x_sum), value);
    return _mm512_fmadd_ps(_mm512_set1_ps(x_scale), value, sum);
}

int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

__mmask16 row_mask(int64_t rows) {
    return rows >= 16 ? 0xFFFF : rows <= 0 ? 0 : static_cast<__mmask16>((1u << rows) - 1);
}

// ---------------------------------------------------------------- few tokens

/// Adds one group to `sums`. With less than eight tokens two sums per token, for even and odd
/// steps, hide the latency of the dot instruction.
template <int kBits, Zero kZero, int kN>
[[gnu::always_inline]] inline void multiply_group(const BlockView& v, const uint8_t* tile,
                                                  int64_t a, const int8_t* const (&x)[kN],
                                                  __m512 (&sums)[kN]) {
    const Group g = load_group<kZero>(v, tile, a);
    __m512i even[kN], odd[kN];
    for (int i = 0; i < kN; ++i) {
        even[i] = start_dot();
        odd[i] = _mm512_setzero_si512();
    }
    for (int64_t c = v.first_chunk(a); c < v.last_chunk(a); ++c) {
        const uint8_t* chunk = tile + c * chunk_bytes(kBits);
        for (int64_t line = 0; line < chunk_bytes(kBits); line += 64) {
            _mm_prefetch(chunk + kAhead + line, _MM_HINT_T1);
        }
        __m512i codes[8];
        for_each_step<kBits, kZero>(chunk, [&]<int kStep>(__m512i step) { codes[kStep] = step; });
#pragma GCC unroll 8
        for (int step = 0; step < 8; ++step) {
#pragma GCC unroll 8
            for (int i = 0; i < kN; ++i) {
                const __m512i x4 = broadcast4(x[i] + c * 32 + step * 4);
                add_dot(kN < 8 && step % 2 == 1 ? odd[i] : even[i], codes[step], x4);
            }
        }
    }
    for (int i = 0; i < kN; ++i) {
        const __m512i dot = _mm512_add_epi32(even[i], odd[i]);
        sums[i] = add_group(g, dot, v.scales(x[i])[a], v.float_sums(x[i])[a], sums[i]);
    }
}

/// One tile times kN tokens from `token` on, codes unpacked in registers.
template <int kBits, Zero kZero, int kN>
void tile_product(const BlockView& v, const uint8_t* tile, int64_t token, int64_t rows, float* y) {
    const int8_t* x[kN];
    __m512 sums[kN];
    for (int i = 0; i < kN; ++i) {
        x[i] = v.x(token + i);
        sums[i] = _mm512_setzero_ps();
    }
    for (int64_t a = 0; a < v.n_groups; ++a) multiply_group<kBits, kZero>(v, tile, a, x, sums);
    for (int i = 0; i < kN; ++i) {
        _mm512_mask_storeu_ps(y + (token + i) * v.t.y_stride, row_mask(rows), sums[i]);
    }
}

// ---------------------------------------------------------------- many tokens

template <int kBits, Zero kZero>
void unpack_panel(const BlockView& v, const uint8_t* const (&tiles)[kPanelTiles],
                  int64_t first_group, int64_t last_group, Panel* panel) {
    for (int i = 0; i < kPanelTiles; ++i) {
        uint8_t* out = panel->codes[i];
        for (int64_t a = first_group; a < last_group; ++a) {
            panel->groups[i][a - first_group] = load_group<kZero>(v, tiles[i], a);
        }
        for (int64_t c = v.first_chunk(first_group); c < v.last_chunk(last_group - 1); ++c) {
            for_each_step<kBits, kZero>(
                tiles[i] + c * chunk_bytes(kBits),
                [&]<int kStep>(__m512i codes) { _mm512_store_si512(out + kStep * 64, codes); });
            out += 512;
        }
    }
}

/// Adds a panel times seven tokens to y (or starts y, if it is the first panel); the first `n_skip`
/// are not written.
void panel_product(const BlockView& v, const Panel& panel, int64_t first_group, int64_t last_group,
                   int64_t token, int64_t n_skip, int64_t rows, float* y) {
    const auto stride = static_cast<int64_t>(v.t.x_stride);
    const int8_t* middle = v.x(token + 3);
    alignas(64) PanelLoop loop{
        {},
        panel.codes[0],
        panel.groups[0],
        middle + first_group * v.t.group,
        middle + v.scale_offset + first_group * 4,
        middle + v.float_sum_offset + first_group * 4,
        stride,
        v.last_chunk(last_group - 1) - v.first_chunk(first_group),
        v.chunks_per_group,
        kDotStart,
    };
    y += token * v.t.y_stride;
    const __mmask16 masks[kPanelTiles] = {row_mask(rows), row_mask(rows - 16)};
    if (first_group > 0) {
        for (int j = 0; j < kPanelTiles; ++j) {
            for (int i = 0; i < kPanelTokens; ++i) {
                const float* from = y + i * v.t.y_stride + 16 * j;
                _mm512_store_ps(loop.sums[j][i], _mm512_maskz_loadu_ps(masks[j], from));
            }
        }
    }
    run_panel_loop(loop);
    for (int j = 0; j < kPanelTiles; ++j) {
        for (int64_t i = n_skip; i < kPanelTokens; ++i) {
            float* to = y + i * v.t.y_stride + 16 * j;
            _mm512_mask_storeu_ps(to, masks[j], _mm512_load_ps(loop.sums[j][i]));
        }
    }
}

// ---------------------------------------------------------------- by the number of tokens

template <int kBits, Zero kZero>
void multiply_few(const BlockView& v) {
    for (int64_t i = v.t.tile_begin; i < v.t.tile_end; ++i) {
        const uint8_t* tile = v.tile(i);
        const int64_t rows = v.t.rows - i * 16;
        float* y = v.t.y + i * 16;
        int64_t token = 0;
        for (; token + 8 <= v.t.tokens; token += 8) {
            tile_product<kBits, kZero, 8>(v, tile, token, rows, y);
        }
        if (token + 4 <= v.t.tokens) {
            tile_product<kBits, kZero, 4>(v, tile, token, rows, y);
            token += 4;
        }
        if (token + 2 <= v.t.tokens) {
            tile_product<kBits, kZero, 2>(v, tile, token, rows, y);
            token += 2;
        }
        if (token < v.t.tokens) tile_product<kBits, kZero, 1>(v, tile, token, rows, y);
    }
}

/// Brings the bytes [begin, end) to L2.
void prefetch(const uint8_t* begin, const uint8_t* end) {
    for (; begin < end; begin += 64) _mm_prefetch(begin, _MM_HINT_T1);
}

/// The next tiles are prefetched bit by bit while these are multiplied: unpacking would
/// otherwise wait for memory.
template <int kBits, Zero kZero>
void multiply_many(const BlockView& v) {
    const int64_t blocks = (v.t.tokens + kPanelTokens - 1) / kPanelTokens;
    const int64_t groups_per_panel = kPanelCols / v.t.group;
    const int64_t panels = (v.n_groups + groups_per_panel - 1) / groups_per_panel;
    const auto ahead_step =
        kPanelTiles * static_cast<int64_t>(v.t.tile_bytes) / (panels * blocks) + 1;
    Panel panel;
    for (int64_t i = v.t.tile_begin; i < v.t.tile_end; i += kPanelTiles) {
        // Tiles past the end are the last again; they have no rows to write.
        const uint8_t* tiles[kPanelTiles];
        for (int j = 0; j < kPanelTiles; ++j) tiles[j] = v.tile(smaller(i + j, v.t.tile_end - 1));
        const int64_t rows = smaller(v.t.rows, v.t.tile_end * 16) - i * 16;
        const uint8_t* ahead = v.tile(i + kPanelTiles);
        for (int64_t first = 0; first < v.n_groups; first += groups_per_panel) {
            const int64_t last = smaller(first + groups_per_panel, v.n_groups);
            unpack_panel<kBits, kZero>(v, tiles, first, last, &panel);
            for (int64_t done = 0; done < v.t.tokens; done += kPanelTokens) {
                // The last seven tokens overlap those before: what is done is not written again.
                const int64_t token = smaller(done, v.t.tokens - kPanelTokens);
                prefetch(ahead, ahead + ahead_step);
                ahead += ahead_step;
                panel_product(v, panel, first, last, token, done - token, rows, v.t.y + i * 16);
            }
        }
    }
}

template <int kBits, Zero kZero>
void matmul(const MatmulTask& t) {
    const BlockView v(t, kBits, kZero);
    if (t.tokens <= kFewTokens) {
        multiply_few<kBits, kZero>(v);
    } else {
        multiply_many<kBits, kZero>(v);
    }
}

template <int kBits>
constexpr MatmulKernel kNf4 = nullptr;
template <>
constexpr MatmulKernel kNf4<4> = matmul<4, Zero::kNf4>;
template <int kBits>
constexpr MatmulKernel kWidth[kZeroKinds] = {matmul<kBits, Zero::kSymmetric>,
                                             matmul<kBits, Zero::kInteger>,
                                             matmul<kBits, Zero::kMinimum>, kNf4<kBits>};
constexpr const MatmulKernel* kWidths[9] = {nullptr,   nullptr,   kWidth<2>, kWidth<3>, kWidth<4>,
                                            kWidth<5>, kWidth<6>, nullptr,   kWidth<8>};

}  // namespace

MatmulKernel block_matmul(int bits, Zero zero) { return kWidths[bits][static_cast<int>(zero)]; }

}  // namespace quern::avx512
