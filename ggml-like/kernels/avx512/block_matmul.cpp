// Block matrix product for AVX-512 VNNI: a register holds four inputs of 16 rows (one cell step),
// the token's four int8 inputs are broadcast, vpdpbusd multiplies unsigned codes by signed inputs
// and adds four products per row.
//
// Few tokens: codes are unpacked in registers, while memory brings the next. Many tokens: a panel
// of a tile and up to 2048 inputs is unpacked once to bytes, then multiplied with all tokens
// (panel_loop.h).
//
// A weight is scale * value + minimum. A value is a code less the middle of all codes, or less its
// row's zero; 8-bit codes less a zero are no bytes, so there the zero goes to the minimum. Values
// are multiplied as value + 128, unsigned; the sums begin at what takes that off (starts).
#include <immintrin.h>

#include <array>
#include <utility>

#include "kernels/avx512/avx512.h"
#include "kernels/avx512/panel_loop.h"
#include "kernels/avx512/unpack.h"
#include "kernels/avx512/vector_math.h"
#include "kernels/block_view.h"

namespace quern::avx512 {
namespace {

constexpr int kFewTokens = 64;  ///< up to so many tokens go without a panel
/// So many of them are multiplied with a tile at once: eight ran out of registers and took longer
/// than twice four.
constexpr int kTileTokens = 4;
/// With few tokens, the line at the same place of a later tile is asked for, to L2: of the first
/// tile that begins at least so far ahead. So codes and scales are all asked for, and address
/// translations are there too.
constexpr int64_t kAhead = 16384;
constexpr int64_t kNear = 2048;  ///< codes so far ahead are asked for once more, to L1

using Four [[gnu::may_alias, gnu::aligned(1)]] = int32_t;  ///< inputs

/// sum += codes (unsigned) . four inputs (signed) at x, four products per lane. In assembly,
/// because GCC 12 copies the sum of the intrinsic to another register and back, and then runs out
/// of registers.
void add_dot(__m512i& sum, __m512i codes, const int8_t* x) {
    const auto* four = reinterpret_cast<const Four*>(x);
    asm("vpdpbusd %2%{1to16%}, %1, %0" : "+v"(sum) : "v"(codes), "m"(*four));
}

__m512 load_f16(const uint8_t* p) {
    return _mm512_cvtph_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)));
}

template <int kBits, Zero kZero>
constexpr bool kHasRowZeros = (kZero == Zero::kInteger) && (kBits < 8);
template <int kBits, Zero kZero>
constexpr bool kHasMinimum = kZero == Zero::kMinimum || (kZero == Zero::kInteger && kBits == 8);

/// Scales or minima at p, counted in the units at `units` if there are two levels.
__m512 load_scales(const BlockView& v, const uint8_t* p, const uint8_t* units) {
    if (!v.t.two_level) return load_f16(p);
    const __m128i counts = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    return _mm512_mul_ps(load_f16(units), _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(counts)));
}

/// The rows' zeros in group a, one per lane.
__m512i load_zeros(const BlockView& v, const uint8_t* tile, int64_t a) {
    const uint8_t* zeros = v.group(tile, a) + v.bytes_per_scales;
    return _mm512_cvtepu8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(zeros)));
}

template <int kBits, Zero kZero>
Group load_group(const BlockView& v, const uint8_t* tile, int64_t a) {
    const uint8_t* p = v.group(tile, a);
    const __m512 scale = load_scales(v, p, v.units(tile));
    const __m512 middle = _mm512_set1_ps(static_cast<float>(v.zero_code));
    if constexpr (kZero == Zero::kMinimum) {
        const uint8_t* units = v.units(tile) + kUnitBytes;
        const __m512 minimum = load_scales(v, p + v.bytes_per_scales, units);
        return {scale, _mm512_fmadd_ps(scale, middle, minimum)};
    }
    if constexpr (kHasMinimum<kBits, kZero>) {
        const __m512 zeros = _mm512_cvtepi32_ps(load_zeros(v, tile, a));
        return {scale, _mm512_mul_ps(scale, _mm512_sub_ps(middle, zeros))};
    }
    return {scale, _mm512_setzero_ps()};
}

int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

/// What makes group a's codes values + 128, in every byte.
template <int kBits, Zero kZero>
__m512i load_shift(const BlockView& v, const uint8_t* tile, int64_t a) {
    if constexpr (!kHasRowZeros<kBits, kZero>) {
        return _mm512_set1_epi8(static_cast<char>(128 - v.zero_code));
    }
    const __m512i four_times = _mm512_set1_epi32(0x01010101);
    const __m512i zeros = _mm512_mullo_epi32(load_zeros(v, tile, a), four_times);
    return _mm512_sub_epi8(_mm512_set1_epi8(static_cast<char>(128)), zeros);
}

/// Calls visit(values + 128) for the eight steps of a chunk; visit takes the step as a template
/// argument.
template <int kBits, Zero kZero, class Visit>
[[gnu::always_inline]] inline void for_each_value(const uint8_t* chunk, __m512i shift,
                                                  Visit visit) {
    for_each_step<kBits, kZero>(chunk, [&]<int kStep>(__m512i codes) {
        constexpr bool kShifted = value_bits(kBits, kZero) < 8;
        visit.template operator()<kStep>(kShifted ? _mm512_add_epi8(codes, shift) : codes);
    });
}

// ---------------------------------------------------------------- few tokens

/// Calls visit.operator()<0>() ... <kN - 1>(): arrays that only constants index stay in registers.
template <int kN, class Visit>
[[gnu::always_inline]] inline void for_each(Visit visit) {
    [&]<int... kI>(std::integer_sequence<int, kI...>) __attribute__((always_inline)) {
        (visit.template operator()<kI>(), ...);
    }
    (std::make_integer_sequence<int, kN>{});
}

/// Adds one group to `sums`. Two dots per token, of even and odd steps, hide the latency of their
/// instruction. Asks for what lies `ahead` bytes on (kAhead) and kNear bytes on.
template <int kBits, Zero kZero, int kN>
[[gnu::always_inline]] inline void multiply_group(const BlockView& v, const uint8_t* tile,
                                                  int64_t a, int64_t ahead,
                                                  const int8_t* const (&x)[kN],
                                                  __m512 (&sums)[kN]) {
    const __m512i shift = load_shift<kBits, kZero>(v, tile, a);
    __m512 parts[kN];
    for (int i = 0; i < kN; ++i) parts[i] = _mm512_setzero_ps();
    for (int64_t c = v.first_chunk(a); c < v.last_chunk(a); ++c) {
        const uint8_t* chunk = tile + c * chunk_bytes(kBits);
        for (int64_t line = 0; line < chunk_bytes(kBits); line += 64) {
            _mm_prefetch(chunk + ahead + line, _MM_HINT_T1);
            _mm_prefetch(chunk + kNear + line, _MM_HINT_T0);
        }
        // An index whose origin compilers do not see: they would keep a pointer for every token.
        int64_t index = c;
        asm("" : "+r"(index));
        __m512i values[8], even[kN], odd[kN];
        for_each_value<kBits, kZero>(chunk, shift,
                                     [&]<int kStep>(__m512i step) { values[kStep] = step; });
        for_each<kN>([&]<int kI>() __attribute__((always_inline)) {
            even[kI] = _mm512_set1_epi32(v.starts(x[kI])[index]);
            odd[kI] = _mm512_setzero_si512();
        });
#pragma GCC unroll 8
        for (int step = 0; step < 8; ++step) {
            for_each<kN>([&]<int kI>() __attribute__((always_inline)) {
                const int8_t* inputs = x[kI] + index * 32 + step * 4;
                if (step % 2 == 0) {
                    add_dot(even[kI], values[step], inputs);
                } else {
                    add_dot(odd[kI], values[step], inputs);
                }
            });
        }
        for_each<kN>([&]<int kI>() __attribute__((always_inline)) {
            const __m512 dot = _mm512_cvtepi32_ps(_mm512_add_epi32(even[kI], odd[kI]));
            const __m512 scale = _mm512_set1_ps(v.scales(x[kI])[index]);
            parts[kI] = _mm512_fmadd_ps(scale, dot, parts[kI]);
        });
    }
    _mm_prefetch(v.group(tile, a) + ahead, _MM_HINT_T1);
    const Group g = load_group<kBits, kZero>(v, tile, a);
    for (int i = 0; i < kN; ++i) {
        sums[i] = _mm512_fmadd_ps(g.scale, parts[i], sums[i]);
        if constexpr (kHasMinimum<kBits, kZero>) {
            sums[i] = _mm512_fmadd_ps(g.minimum, _mm512_set1_ps(v.sums(x[i])[a]), sums[i]);
        }
    }
}

/// One tile times kN tokens from `token` on, codes unpacked in registers.
template <int kBits, Zero kZero, int kN>
void tile_product(const BlockView& v, const uint8_t* tile, int64_t ahead, int64_t token,
                  int64_t rows, float* y) {
    const int8_t* x[kN];
    __m512 sums[kN];
    for (int i = 0; i < kN; ++i) {
        x[i] = v.x(token + i);
        sums[i] = _mm512_setzero_ps();
    }
    for (int64_t a = 0; a < v.n_groups; ++a) {
        multiply_group<kBits, kZero>(v, tile, a, ahead, x, sums);
    }
    for (int i = 0; i < kN; ++i) {
        _mm512_mask_storeu_ps(y + (token + i) * v.t.y_stride, first_lanes(rows), sums[i]);
    }
}

// ---------------------------------------------------------------- many tokens

template <int kBits, Zero kZero>
void unpack_panel(const BlockView& v, const uint8_t* tile, int64_t first_group, int64_t last_group,
                  Panel* panel) {
    uint8_t* out = panel->values;
    for (int64_t a = first_group; a < last_group; ++a) {
        panel->groups[a - first_group] = load_group<kBits, kZero>(v, tile, a);
        const __m512i shift = load_shift<kBits, kZero>(v, tile, a);
        for (int64_t c = v.first_chunk(a); c < v.last_chunk(a); ++c, out += 512) {
            for_each_value<kBits, kZero>(
                tile + c * chunk_bytes(kBits), shift,
                [&]<int kStep>(__m512i values) { _mm512_store_si512(out + kStep * 64, values); });
        }
    }
}

/// Adds a panel times kN tokens to y (or starts y, if it is the first panel).
template <int kN, bool kMinimum>
void panel_product(const BlockView& v, const Panel& panel, int64_t first_group, int64_t last_group,
                   int64_t token, int64_t rows, float* y) {
    const int64_t first_chunk = v.first_chunk(first_group);
    const int8_t* x = v.x(token);
    const __mmask16 mask = first_lanes(rows);
    const PanelLoop loop{
        panel.values,
        panel.groups,
        x + first_chunk * 32,
        v.scales(x) + first_chunk,
        v.starts(x) + first_chunk,
        v.sums(x) + first_group,
        static_cast<int64_t>(v.t.x_stride),
        v.last_chunk(last_group - 1) - first_chunk,
        v.chunks_per_group,
        y + token * v.t.y_stride,
        v.t.y_stride * 4,
        mask,
        first_group > 0 ? mask : __mmask16{0},
    };
    run_panel_loop<kN, kMinimum>(loop);
}

using PanelProduct = void (*)(const BlockView&, const Panel&, int64_t, int64_t, int64_t, int64_t,
                              float*);
template <bool kMinimum, int... kN>
constexpr std::array<PanelProduct, sizeof...(kN)> panel_products(
    std::integer_sequence<int, kN...>) {
    return {panel_product<kFewestPanelTokens + kN, kMinimum>...};
}
/// [tokens - kFewestPanelTokens]
template <bool kMinimum>
constexpr auto kPanelProducts = panel_products<kMinimum>(
    std::make_integer_sequence<int, kPanelTokens - kFewestPanelTokens + 1>());

// ---------------------------------------------------------------- by the number of tokens

template <int kBits, Zero kZero>
void multiply_few(const BlockView& v) {
    const auto tile_bytes = static_cast<int64_t>(v.t.tile_bytes);
    const int64_t ahead = (kAhead + tile_bytes - 1) / tile_bytes * tile_bytes;
    const int64_t blocks = (v.t.tokens + kTileTokens - 1) / kTileTokens;
    for (int64_t i = v.t.tile_begin; i < v.t.tile_end; ++i) {
        for (int64_t b = 0; b < blocks; ++b) {  // of nearly equal size
            const int64_t token = v.t.tokens * b / blocks;
            const int64_t n = v.t.tokens * (b + 1) / blocks - token;
            for_each<kTileTokens>([&]<int kI>() __attribute__((always_inline)) {
                if (n == kI + 1) {
                    tile_product<kBits, kZero, kI + 1>(v, v.tile(i), ahead, token,
                                                       v.t.rows - i * 16, v.t.y + i * 16);
                }
            });
        }
    }
}

/// Brings the bytes [begin, end) to L2.
void prefetch(const uint8_t* begin, const uint8_t* end) {
    for (; begin < end; begin += 64) _mm_prefetch(begin, _MM_HINT_T1);
}

/// The next tile is prefetched bit by bit while one is multiplied: unpacking would otherwise wait
/// for memory.
template <int kBits, Zero kZero>
void multiply_many(const BlockView& v) {
    static_assert(kFewTokens >= 40, "blocks of nearly equal size have kFewestPanelTokens then");
    const int64_t blocks = (v.t.tokens + kPanelTokens - 1) / kPanelTokens;
    const int64_t groups_per_panel = kPanelCols / v.t.group;
    const int64_t panels = (v.n_groups + groups_per_panel - 1) / groups_per_panel;
    const auto ahead_step = static_cast<int64_t>(v.t.tile_bytes) / (panels * blocks) + 1;
    Panel panel;
    for (int64_t i = v.t.tile_begin; i < v.t.tile_end; ++i) {
        const int64_t rows = v.t.rows - i * 16;
        const uint8_t* ahead = v.tile(i + 1);
        for (int64_t first = 0; first < v.n_groups; first += groups_per_panel) {
            const int64_t last = smaller(first + groups_per_panel, v.n_groups);
            unpack_panel<kBits, kZero>(v, v.tile(i), first, last, &panel);
            for (int64_t b = 0; b < blocks; ++b) {  // blocks of nearly equal size
                const int64_t token = v.t.tokens * b / blocks;
                const int64_t n = v.t.tokens * (b + 1) / blocks - token;
                prefetch(ahead, ahead + ahead_step);
                ahead += ahead_step;
                kPanelProducts<kHasMinimum<kBits, kZero>>[n - kFewestPanelTokens](
                    v, panel, first, last, token, rows, v.t.y + i * 16);
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
