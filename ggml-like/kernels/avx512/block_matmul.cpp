// Block matrix product for AVX-512 VNNI: a register holds four inputs of 16 rows (one cell step),
// the token's four int8 inputs are broadcast, vpdpbusd multiplies unsigned codes by signed inputs
// and adds four products per row.
//
// Few tokens (decoding, small batches): memory is the limit; codes are unpacked in registers, one
// tile at a time. Many tokens: a panel of two tiles and up to 2048 inputs is unpacked once into
// 64 KiB that stay in L2, then multiplied with all tokens, 10 at a time: 20 sums in registers, each
// broadcast serves two tiles.
//
// Integer sums are exact; a zero point is applied as the minimum -s z.
#include <immintrin.h>

#include "kernels/avx512/avx512.h"
#include "kernels/avx512/unpack.h"
#include "kernels/block_view.h"

namespace quern::avx512 {
namespace {

constexpr int kPanelTokens = 10;
constexpr int kFewTokens = 16;  ///< up to so many tokens go without a panel
constexpr int64_t kPanelCols = 2048;
/// Bytes ahead that are prefetched to L2: over a page border, so that its address translation is
/// there too.
constexpr int64_t kAhead = 5120;

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

/// A group of 16 rows: w = scale q + minimum, whatever kind of zero the format has.
struct Group {
    __m512 scale;
    __m512 minimum;
};

template <Zero kZero>
Group load_group(const uint8_t* p, int zero_code) {
    const __m512 scale = load_f16(p);
    if constexpr (kZero == Zero::kMinimum) return {scale, load_f16(p + 32)};
    __m512 zero = _mm512_set1_ps(static_cast<float>(zero_code));
    if constexpr (kZero == Zero::kInteger) {
        const __m128i z = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p + 32));
        zero = _mm512_cvtepi32_ps(_mm512_cvtepu8_epi32(z));
    }
    return {scale, _mm512_sub_ps(_mm512_setzero_ps(), _mm512_mul_ps(scale, zero))};
}

/// sum + dx (s dot + m sum x)
__m512 add_group(const Group& g, __m512i dot, float x_scale, float x_sum, __m512 sum) {
    const __m512 base = _mm512_mul_ps(g.minimum, _mm512_set1_ps(x_sum));
    const __m512 value = _mm512_fmadd_ps(g.scale, _mm512_cvtepi32_ps(dot), base);
    return _mm512_fmadd_ps(_mm512_set1_ps(x_scale), value, sum);
}

int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

float load_float(const int8_t* p) { return *reinterpret_cast<const float*>(p); }

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
    const Group g = load_group<kZero>(v.group(tile, a), v.zero_code);
    __m512i even[kN], odd[kN];
    for (int i = 0; i < kN; ++i) even[i] = odd[i] = _mm512_setzero_si512();
    for (int64_t c = v.first_chunk(a); c < v.last_chunk(a); ++c) {
        const uint8_t* chunk = tile + c * chunk_bytes(kBits);
        for (int64_t line = 0; line < chunk_bytes(kBits); line += 64) {
            _mm_prefetch(chunk + kAhead + line, _MM_HINT_T1);
        }
        for_each_step<kBits, kZero>(chunk, [&]<int kStep>(__m512i codes) {
            for (int i = 0; i < kN; ++i) {
                const __m512i x4 = broadcast4(x[i] + c * 32 + kStep * 4);
                if constexpr (kN >= 8 || kStep % 2 == 0) {
                    add_dot(even[i], codes, x4);
                } else {
                    add_dot(odd[i], codes, x4);
                }
            }
        });
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

/// Two tiles' codes, one byte each, and the groups' scales, for kPanelCols inputs.
struct Panel {
    alignas(64) uint8_t codes[2][kPanelCols * 16];
    Group groups[2][kPanelCols / 32];
};

template <int kBits, Zero kZero>
void unpack_panel(const BlockView& v, const uint8_t* const (&tiles)[2], int64_t first_group,
                  int64_t last_group, Panel* panel) {
    for (int i = 0; i < 2; ++i) {
        uint8_t* out = panel->codes[i];
        for (int64_t a = first_group; a < last_group; ++a) {
            panel->groups[i][a - first_group] =
                load_group<kZero>(v.group(tiles[i], a), v.zero_code);
        }
        for (int64_t c = v.first_chunk(first_group); c < v.last_chunk(last_group - 1); ++c) {
            for_each_step<kBits, kZero>(
                tiles[i] + c * chunk_bytes(kBits),
                [&]<int kStep>(__m512i codes) { _mm512_store_si512(out + kStep * 64, codes); });
            out += 512;
        }
    }
}

/// Adds a panel times kN tokens to y (or starts y, if it is the first panel).
template <int kN>
void panel_product(const BlockView& v, const Panel& panel, int64_t first_group, int64_t last_group,
                   int64_t token, int64_t rows, float* y) {
    const __mmask16 masks[2] = {row_mask(rows), row_mask(rows - 16)};
    // Three tokens share an address register: ten pointers would not fit beside the others.
    const auto stride = static_cast<int64_t>(v.t.x_stride);
    const int8_t* x[(kN + 2) / 3];
    for (int i = 0; i < kN; i += 3) x[i / 3] = v.x(token + i);
    const auto row = [&](int i) { return x[i / 3] + i % 3 * stride; };
    __m512 sums[kN][2];
    for (int i = 0; i < kN; ++i) {
        for (int j = 0; j < 2; ++j) {
            sums[i][j] = first_group == 0 ? _mm512_setzero_ps()
                                          : _mm512_maskz_loadu_ps(
                                                masks[j], y + (token + i) * v.t.y_stride + 16 * j);
        }
    }
    const uint8_t* codes = panel.codes[0];
    const Group *g0 = panel.groups[0], *g1 = panel.groups[1];
    const int64_t k_last = v.last_chunk(last_group - 1) * 32;
    int64_t x_scale = v.scale_offset + first_group * 4;
    int64_t x_sum = v.float_sum_offset + first_group * 4;
    for (int64_t k = first_group * v.t.group; k < k_last; x_scale += 4, x_sum += 4, ++g0, ++g1) {
        __m512i dots[kN][2];
        for (int i = 0; i < kN; ++i) dots[i][0] = dots[i][1] = _mm512_setzero_si512();
        const int64_t k_group = smaller(k + v.t.group, k_last);
        do {
            const __m512i w0 = _mm512_load_si512(codes);
            const __m512i w1 = _mm512_load_si512(codes + kPanelCols * 16);
            codes += 64;
            for (int i = 0; i < kN; ++i) {
                const __m512i x4 = broadcast4(row(i) + k);
                add_dot(dots[i][0], w0, x4);
                add_dot(dots[i][1], w1, x4);
            }
            k += 4;
        } while (k < k_group);
        for (int i = 0; i < kN; ++i) {
            const float scale = load_float(row(i) + x_scale), sum = load_float(row(i) + x_sum);
            sums[i][0] = add_group(*g0, dots[i][0], scale, sum, sums[i][0]);
            sums[i][1] = add_group(*g1, dots[i][1], scale, sum, sums[i][1]);
        }
    }
    for (int i = 0; i < kN; ++i) {
        for (int j = 0; j < 2; ++j) {
            _mm512_mask_storeu_ps(y + (token + i) * v.t.y_stride + 16 * j, masks[j], sums[i][j]);
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

using PanelProduct = void (*)(const BlockView&, const Panel&, int64_t, int64_t, int64_t, int64_t,
                              float*);
constexpr PanelProduct kPanelProducts[kPanelTokens + 1] = {
    nullptr,          nullptr,          nullptr,          nullptr,           nullptr, nullptr,
    nullptr,  // blocks of 17 and more tokens have 7 to 10
    panel_product<7>, panel_product<8>, panel_product<9>, panel_product<10>,
};

/// Brings the bytes [begin, end) to L2.
void prefetch(const uint8_t* begin, const uint8_t* end) {
    for (; begin < end; begin += 64) _mm_prefetch(begin, _MM_HINT_T1);
}

/// The next two tiles are prefetched bit by bit while these are multiplied: unpacking would
/// otherwise wait for memory.
template <int kBits, Zero kZero>
void multiply_many(const BlockView& v) {
    const int64_t blocks = (v.t.tokens + kPanelTokens - 1) / kPanelTokens;
    const int64_t groups_per_panel = kPanelCols / v.t.group;
    const int64_t panels = (v.n_groups + groups_per_panel - 1) / groups_per_panel;
    const auto ahead_step = 2 * static_cast<int64_t>(v.t.tile_bytes) / (panels * blocks) + 1;
    Panel panel;
    for (int64_t i = v.t.tile_begin; i < v.t.tile_end; i += 2) {
        // An odd last tile is multiplied twice; its second copy has no rows to write.
        const bool pair = i + 1 < v.t.tile_end;
        const uint8_t* const tiles[2] = {v.tile(i), v.tile(pair ? i + 1 : i)};
        const int64_t left = v.t.rows - i * 16;
        const int64_t rows = pair || left < 16 ? left : 16;
        const uint8_t* ahead = v.tile(i + 2);
        for (int64_t first = 0; first < v.n_groups; first += groups_per_panel) {
            const int64_t end = first + groups_per_panel;
            const int64_t last = end < v.n_groups ? end : v.n_groups;
            unpack_panel<kBits, kZero>(v, tiles, first, last, &panel);
            for (int64_t b = 0; b < blocks; ++b) {  // blocks of nearly equal size
                const int64_t token = v.t.tokens * b / blocks;
                const int64_t n = v.t.tokens * (b + 1) / blocks - token;
                prefetch(ahead, ahead + ahead_step);
                ahead += ahead_step;
                kPanelProducts[n](v, panel, first, last, token, rows, v.t.y + i * 16);
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
