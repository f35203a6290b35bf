// Block matrix product for AVX2, shared by the two ways to multiply bytes (a `Dot` policy:
// block_matmul.cpp and block_matmul_vnni.cpp). Two registers hold four inputs of 8 rows each; the
// token's four int8 inputs are broadcast.
//
//   cell step (64 bytes)   lo: rows 0..7 | hi: rows 8..15, 4 code bytes per row
//   x4                     x[k] x[k+1] x[k+2] x[k+3] in every 32-bit lane
//
// Few tokens: codes are unpacked in registers, a tile after the other in the order in which it
// lies. All between a step and its group is inlined by force: GCC 12 passes these structures
// through memory otherwise, at half the speed. Many tokens: a panel of one tile and up to 2048
// inputs is unpacked once to bytes that stay in L1 and multiplied with all tokens, Dot::kTokens at
// a time, by a loop of panel_loop.h. Rows' own zero points, and then what Dot takes from the codes,
// are applied as the group's minimum; the zero that all codes have in common is where sums begin
// (kStart).
#pragma once

#include <immintrin.h>

#include <utility>

#include "formats/nf4.h"
#include "kernels/avx2/avx2.h"
#include "kernels/avx2/panel_loop.h"
#include "kernels/block_view.h"
#include "kernels/tile_ahead.h"

namespace quern::avx2 {
namespace {

constexpr int kFewTokens = 8;  ///< up to so many tokens go without a panel
constexpr int64_t kPanelCols = 2048;

// ---------------------------------------------------------------- codes

__m256i load_bytes(const uint8_t* p) {
    return _mm256_load_si256(reinterpret_cast<const __m256i*>(p));
}

/// The kBits bits of every byte that begin at bit kFrom, moved to bit kTo.
template <int kBits, int kFrom, int kTo>
__m256i move_bits(__m256i bytes) {
    if constexpr (kBits == 8) return bytes;
    if constexpr (kFrom > kTo) bytes = _mm256_srli_epi16(bytes, kFrom - kTo);
    if constexpr (kFrom < kTo) bytes = _mm256_slli_epi16(bytes, kTo - kFrom);
    return _mm256_and_si256(bytes, _mm256_set1_epi8(((1 << kBits) - 1) << kTo));
}

/// Half a cell (8 rows) of step kStep of a chunk; see the layout in formats/block.h.
template <int kBits, Zero kZero, int kStep>
[[gnu::always_inline]] inline __m256i load_half(const uint8_t* chunk) {
    constexpr Planes kPlanes = planes_of(kBits);
    constexpr int kLow = kPlanes.bits[0], kLowSteps = 8 / kLow;  // steps per cell
    constexpr int kLowAt = kLow * (kStep % kLowSteps);
    const uint8_t* cell = chunk + kStep / kLowSteps * kBlockCellBytes;
    __m256i q = move_bits<kLow, kLowAt, 0>(load_bytes(cell));
    if constexpr (kPlanes.count == 2) {
        constexpr int kHigh = kPlanes.bits[1], kHighSteps = 8 / kHigh;
        constexpr int kHighAt = kHigh * (kStep % kHighSteps);
        cell = chunk + (kLow + kStep / kHighSteps) * kBlockCellBytes;
        const __m256i high = move_bits<kHigh, kHighAt, kLow>(load_bytes(cell));
        q = _mm256_or_si256(q, high);
    }
    if constexpr (kZero == Zero::kNf4) {
        const __m128i table = _mm_load_si128(reinterpret_cast<const __m128i*>(kNf4Values));
        q = _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(table), q);
    }
    return q;
}

// ---------------------------------------------------------------- groups

Floats load_f16(const uint8_t* p) {
    const auto* halves = reinterpret_cast<const __m128i*>(p);
    return {_mm256_cvtph_ps(_mm_load_si128(halves)), _mm256_cvtph_ps(_mm_load_si128(halves + 1))};
}

/// Scales or minima at p, counted in the units at `units` if there are two levels.
[[gnu::always_inline]] inline Floats load_scales(const BlockView& v, const uint8_t* p,
                                                 const uint8_t* units) {
    if (!v.t.two_level) return load_f16(p);
    const __m128i counts = _mm_load_si128(reinterpret_cast<const __m128i*>(p));
    const Floats unit = load_f16(units);
    const __m256i lo = _mm256_cvtepi8_epi32(counts);
    const __m256i hi = _mm256_cvtepi8_epi32(_mm_srli_si128(counts, 8));
    return {_mm256_mul_ps(unit.lo, _mm256_cvtepi32_ps(lo)),
            _mm256_mul_ps(unit.hi, _mm256_cvtepi32_ps(hi))};
}

Floats both(float v) { return {_mm256_set1_ps(v), _mm256_set1_ps(v)}; }

/// a b + c
Floats multiply_add(Floats a, Floats b, Floats c) {
    return {_mm256_fmadd_ps(a.lo, b.lo, c.lo), _mm256_fmadd_ps(a.hi, b.hi, c.hi)};
}

Floats to_floats(Pair v) { return {_mm256_cvtepi32_ps(v.lo), _mm256_cvtepi32_ps(v.hi)}; }

/// A group of a tile; `bias` is what Dot takes from every code.
template <Zero kZero>
[[gnu::always_inline]] inline Group load_group(const BlockView& v, const uint8_t* tile,
                                               const uint8_t* scales, int bias) {
    const uint8_t* offsets = scales + v.bytes_per_scales;
    const Floats scale = load_scales(v, scales, v.units(tile));
    if constexpr (kZero == Zero::kMinimum) {
        const Floats minimum = load_scales(v, offsets, v.units(tile) + kUnitBytes);
        return {scale, multiply_add(scale, both(static_cast<float>(bias)), minimum)};
    }
    if constexpr (kZero == Zero::kInteger) {
        const __m128i z = _mm_loadu_si128(reinterpret_cast<const __m128i*>(offsets));
        const __m256i b = _mm256_set1_epi32(bias);
        const Floats shift =
            to_floats({_mm256_sub_epi32(b, _mm256_cvtepu8_epi32(z)),
                       _mm256_sub_epi32(b, _mm256_cvtepu8_epi32(_mm_srli_si128(z, 8)))});
        return {scale, {_mm256_mul_ps(scale.lo, shift.lo), _mm256_mul_ps(scale.hi, shift.hi)}};
    }
    return {scale, both(0.0f)};
}

// ---------------------------------------------------------------- a tile's codes

/// A tile as it is stored, unpacked step by step.
template <int kBits, Zero kZero, int kBias>
struct Tile {
    static constexpr int kStart = kZero == Zero::kInteger || kZero == Zero::kMinimum ? kByMinimum
                                  : kBias != 0                                       ? kAsTheyAre
                                               : 8 - value_bits(kBits, kZero);
    static constexpr int kStoredBits = kBits;  ///< of a code; nf4's values have more
    const BlockView* v;
    const uint8_t* start;  ///< of the tile
    [[gnu::always_inline]] Group group(const uint8_t* at) const {
        return load_group<kZero>(*v, start, at, kBias);
    }
    /// The codes of a chunk's step less kBias, which is 0 or 128.
    template <int kStep>
    [[gnu::always_inline]] static Pair get(const uint8_t* chunk) {
        Pair q{load_half<kBits, kZero, kStep>(chunk), load_half<kBits, kZero, kStep>(chunk + 32)};
        if constexpr (kBias != 0) {
            const __m256i flip = _mm256_set1_epi8(static_cast<char>(kBias));
            q = {_mm256_xor_si256(q.lo, flip), _mm256_xor_si256(q.hi, flip)};
        }
        return q;
    }
};

/// Calls visit.operator()<0>() ... <7>().
template <class Visit>
[[gnu::always_inline]] inline void for_each_step(Visit visit) {
    [&]<int... kI>(std::integer_sequence<int, kI...>) __attribute__((always_inline)) {
        (visit.template operator()<kI>(), ...);
    }
    (std::make_integer_sequence<int, 8>{});
}

__m256i broadcast4(const int8_t* x) {
    int32_t four;
    __builtin_memcpy(&four, x, 4);
    return _mm256_set1_epi32(four);
}

// ---------------------------------------------------------------- few tokens

/// What a token's dots with a chunk begin at.
template <int kStart>
[[gnu::always_inline]] inline Pair first_dots(const BlockView& v, const int8_t* x, int64_t chunk) {
    if constexpr (kStart < 0) {
        return {_mm256_setzero_si256(), _mm256_setzero_si256()};
    } else {
        const __m256i start = _mm256_srai_epi32(_mm256_set1_epi32(v.starts(x)[chunk]), kStart);
        return {start, start};
    }
}

/// y of a tile times kN tokens: segment by segment first the dots of its codes, then what scales
/// and minima make of them, which are behind the codes: memory is read in the order in which it
/// lies. y is that of the tile's first row; `rows` are left.
template <class Dot, int kBits, int kN, class Stored>
void product(const BlockView& v, const Stored& tile, TileAhead ahead, int64_t token, int64_t rows,
             float* y) {
    constexpr int64_t kBytes = chunk_bytes(Stored::kStoredBits);
    const int8_t* x[kN];
    Floats sums[kN];
    for (int i = 0; i < kN; ++i) {
        x[i] = v.x(token + i);
        sums[i] = both(0.0f);
    }
    Pair dots[kSegmentChunks][kN];
    const int64_t step = kSegmentChunks / v.chunks_per_group;
    for (int64_t first = 0; first < v.n_groups; first += step) {
        const int64_t last = first + step < v.n_groups ? first + step : v.n_groups;
        const int64_t begin = v.first_chunk(first), end = v.last_chunk(last - 1);
        const uint8_t* chunk = v.chunk(tile.start, begin);
        const uint8_t* at = v.group(tile.start, first);
        for (int64_t c = begin; c < end; ++c, chunk += kBytes) {
            for (int64_t line = 0; ahead.asks && line < kBytes; line += 64) {
                _mm_prefetch(ahead.next + line, _MM_HINT_T0);
            }
            Pair sum[kN];
            for (int i = 0; i < kN; ++i) sum[i] = first_dots<Stored::kStart>(v, x[i], c);
            Dot::template add_chunk<kBits, Stored>(chunk, c * 32, x, sum);
            for (int i = 0; i < kN; ++i) dots[c - begin][i] = sum[i];
            ahead.move_on(kBytes);
        }
        for (int64_t a = first; a < last; ++a) {
            Floats parts[kN];
            for (int i = 0; i < kN; ++i) parts[i] = both(0.0f);
            for (int64_t c = v.first_chunk(a); c < v.last_chunk(a); ++c) {
                for (int i = 0; i < kN; ++i) {
                    const Floats scale = both(v.scales(x[i])[c]);
                    parts[i] = multiply_add(scale, to_floats(dots[c - begin][i]), parts[i]);
                }
            }
            const Group group = tile.group(at);
            at += v.layout.bytes_per_group;
            for (int i = 0; i < kN; ++i) {
                sums[i] = multiply_add(group.scale, parts[i], sums[i]);
                if constexpr (Stored::kStart == kByMinimum) {
                    sums[i] = multiply_add(group.minimum, both(v.sums(x[i])[a]), sums[i]);
                }
            }
        }
    }
    for (int i = 0; i < kN; ++i) store_rows(sums[i], rows, y + (token + i) * v.t.y_stride);
}

template <class Dot, int kBits, class Stored>
void multiply_few(const BlockView& v) {
    const MatmulTask& t = v.t;
    for (int64_t i = t.tile_begin; i < t.tile_end; ++i) {
        const Stored tile{&v, v.tile(i)};
        const TileAhead ahead(v, tile.start);
        const int64_t rows = t.rows - i * 16;
        float* y = t.y + i * 16;
        int64_t token = 0;
        if constexpr (Dot::kTokens > 4) {
            if (token + Dot::kTokens <= t.tokens) {
                product<Dot, kBits, Dot::kTokens>(v, tile, ahead, token, rows, y);
                token += Dot::kTokens;
            }
        }
        for (; token + 4 <= t.tokens; token += 4) {
            product<Dot, kBits, 4>(v, tile, ahead, token, rows, y);
        }
        if (token + 2 <= t.tokens) {
            product<Dot, kBits, 2>(v, tile, ahead, token, rows, y);
            token += 2;
        }
        if (token < t.tokens) product<Dot, kBits, 1>(v, tile, ahead, token, rows, y);
    }
}

// ---------------------------------------------------------------- many tokens

/// A tile's codes, a byte each, and its groups, for up to kPanelCols inputs.
struct Panel {
    alignas(64) uint8_t codes[kPanelCols * 16];
    Group groups[kPanelCols / 32];
};

template <class Stored>
void unpack(const Stored& tile, int64_t first_group, int64_t last_group, Panel* panel) {
    for (int64_t a = first_group; a < last_group; ++a) {
        panel->groups[a - first_group] = tile.group(tile.v->group(tile.start, a));
    }
    uint8_t* out = panel->codes;
    const int64_t end = tile.v->last_chunk(last_group - 1);
    for (int64_t c = tile.v->first_chunk(first_group); c < end; ++c, out += 512) {
        const uint8_t* chunk = tile.v->chunk(tile.start, c);
        for_each_step([&]<int kStep>() __attribute__((always_inline)) {
            const Pair q = Stored::template get<kStep>(chunk);
            auto* at = reinterpret_cast<__m256i*>(out + kStep * 64);
            _mm256_store_si256(at, q.lo);
            _mm256_store_si256(at + 1, q.hi);
        });
    }
}

/// Adds groups [first, last) times Dot::kTokens tokens to y, or starts y if first is 0. The first
/// `n_done` tokens are not written.
template <class Dot, int kBits, int kStart>
void panel_product(const BlockView& v, const Panel& panel, int64_t first, int64_t last,
                   int64_t token, int64_t n_done, int64_t rows, float* y) {
    PanelLoop loop;
    y += token * v.t.y_stride;
    for (int i = 0; i < Dot::kTokens; ++i) {
        loop.sums[i] = first == 0 ? both(0.0f) : load_rows(y + i * v.t.y_stride, rows);
    }
    const int8_t* x = v.x(token + kMiddleToken);
    loop.codes = panel.codes;
    loop.groups = panel.groups;
    loop.x = x + v.first_chunk(first) * 32;
    loop.scales = v.scales(x) + v.first_chunk(first);
    if constexpr (kStart == kByMinimum) {
        loop.offsets = v.sums(x) + first;
    } else {
        loop.offsets = v.starts(x) + v.first_chunk(first);
    }
    loop.x_stride = static_cast<int64_t>(v.t.x_stride);
    loop.chunks = v.last_chunk(last - 1) - v.first_chunk(first);
    loop.chunks_per_group = v.chunks_per_group;
    Dot::template run_panel_loop<kBits, kStart>(loop);
    for (int64_t i = n_done; i < Dot::kTokens; ++i) {
        store_rows(loop.sums[i], rows, y + i * v.t.y_stride);
    }
}

/// Brings the bytes [begin, end) to L2.
void prefetch(const uint8_t* begin, const uint8_t* end) {
    for (; begin < end; begin += 64) _mm_prefetch(begin, _MM_HINT_T1);
}

/// The next tile is prefetched bit by bit while one is multiplied: unpacking would otherwise wait
/// for memory.
template <class Dot, int kBits, class Stored>
void multiply_many(const BlockView& v) {
    static_assert(Dot::kTokens <= kFewTokens + 1 && Dot::kTokens <= kMostTokens);
    const int64_t blocks = (v.t.tokens + Dot::kTokens - 1) / Dot::kTokens;
    const int64_t groups_per_panel = kPanelCols / v.t.group;
    const int64_t panels = (v.n_groups + groups_per_panel - 1) / groups_per_panel;
    const int64_t ahead_step = static_cast<int64_t>(v.t.tile_bytes) / (panels * blocks) + 1;
    Panel panel;
    for (int64_t i = v.t.tile_begin; i < v.t.tile_end; ++i) {
        const Stored tile{&v, v.tile(i)};
        const int64_t rows = v.t.rows - i * 16;
        float* y = v.t.y + i * 16;
        const uint8_t* ahead = v.tile(i + 1);
        for (int64_t first = 0; first < v.n_groups; first += groups_per_panel) {
            const int64_t end = first + groups_per_panel;
            const int64_t last = end < v.n_groups ? end : v.n_groups;
            unpack(tile, first, last, &panel);
            for (int64_t done = 0; done < v.t.tokens; done += Dot::kTokens) {
                // The last tokens overlap those before: what is done is not written again.
                const int64_t most = v.t.tokens - Dot::kTokens, token = done < most ? done : most;
                prefetch(ahead, ahead + ahead_step);
                ahead += ahead_step;
                panel_product<Dot, kBits, Stored::kStart>(v, panel, first, last, token,
                                                          done - token, rows, y);
            }
        }
    }
}

template <class Dot, int kBits, Zero kZero>
void matmul(const MatmulTask& t) {
    constexpr int kValueBits = value_bits(kBits, kZero);
    using Stored = Tile<kBits, kZero, Dot::template bias<kValueBits>()>;
    const BlockView v(t, kBits, kZero);
    if (t.tokens <= kFewTokens) {
        multiply_few<Dot, kValueBits, Stored>(v);
    } else {
        multiply_many<Dot, kValueBits, Stored>(v);
    }
}

template <class Dot, int kBits>
constexpr MatmulKernel kNf4 = nullptr;
template <class Dot>
constexpr MatmulKernel kNf4<Dot, 4> = matmul<Dot, 4, Zero::kNf4>;
template <class Dot, int kBits>
constexpr MatmulKernel kWidth[kZeroKinds] = {matmul<Dot, kBits, Zero::kSymmetric>,
                                             matmul<Dot, kBits, Zero::kInteger>,
                                             matmul<Dot, kBits, Zero::kMinimum>, kNf4<Dot, kBits>};
template <class Dot>
constexpr const MatmulKernel* kWidths[9] = {nullptr,        nullptr,        kWidth<Dot, 2>,
                                            kWidth<Dot, 3>, kWidth<Dot, 4>, kWidth<Dot, 5>,
                                            kWidth<Dot, 6>, nullptr,        kWidth<Dot, 8>};

}  // namespace
}  // namespace quern::avx2
