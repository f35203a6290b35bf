// Four rows at a time through all candidates: weights and importance of a group stay in L1.
#include "grid.h"

#include <algorithm>
#include <cmath>

#include "tensor/block.h"
#include "tensor/numeric.h"

namespace quern {
namespace {

// Starting grids: the range times each factor, from its lower end, its middle and its upper end.
// More of them lower the error of real weights by less than 1 %, fewer cost up to 3 %.
constexpr int kFactors = 13;
constexpr float kSmallestFactor = 0.6f, kFactorStep = 0.04f;
constexpr float kPlaces[] = {0.0f, 0.5f, 1.0f};
constexpr int kFinalRounds = 4;  ///< of improving the best

struct Grid {
    Quad scale, zero, minimum;  ///< as stored
};

/// What the codes nearest to a grid cost, and the least squares problem they pose; l = code - zero.
struct Fit {
    Quad error;         ///< sum h (w - w')^2
    Quad hl, hll, hlw;  ///< sum h l, sum h l^2, sum h l w
};

/// Four rows of a group.
struct Group {
    const float* w;           ///< [n][16]
    const float* importance;  ///< [n][16]
    int64_t n;
    Quad low, high, h, hw;  ///< min w, max w, sum h, sum h w
    float max_code;
    bool in_units;  ///< scales and minima are; else they are f16
    Quad scale_unit, minimum_unit;
};

Quad none() { return quad(0); }

Quad as_f16(Quad v) {
    for (int i = 0; i < kQuadLanes; ++i) v[i] = f16_to_f32(f32_to_f16(v[i]));
    return v;
}

/// stored_bits() of two levels (tensor/block.h), lane by lane.
Quad to_units(Quad v, Quad unit) {
    Quad count = smaller(larger(round_half_even(v / unit), quad(-127)), quad(127));
    const Quad least = v > none() ? quad(1) : v < none() ? quad(-1) : none();
    count = count == none() ? least : count;
    return unit * count;
}

Quad stored_scale(const Group& g, Quad v) {
    return g.in_units ? to_units(v, g.scale_unit) : as_f16(v);
}
Quad stored_minimum(const Group& g, Quad v) {
    return g.in_units ? to_units(v, g.minimum_unit) : as_f16(v);
}

/// NF4's values, and where the next one becomes the nearest.
struct Levels {
    static constexpr int kCount = 16;
    float values[kCount], borders[kCount];

    Levels() {
        const auto book = nf4_book();
        for (int i = 0; i < kCount; ++i) values[i] = std::nearbyint(127 * book[i]);
        for (int i = 1; i < kCount; ++i) borders[i] = 127 * ((book[i - 1] + book[i]) / 2);
    }
    /// The values nearest to v; *codes are theirs.
    Quad nearest(Quad v, Quad* codes) const {
        Quad value = quad(values[0]);
        *codes = quad(0);
        for (int i = 1; i < kCount; ++i) {
            value = v > quad(borders[i]) ? quad(values[i]) : value;
            *codes = v > quad(borders[i]) ? quad(static_cast<float>(i)) : *codes;
        }
        return value;
    }
};
const Levels& nf4_levels() {
    static const Levels levels;
    return levels;
}

/// What the scale multiplies for the code nearest to w.
template <Zero kZero>
Quad level(Quad w, const Grid& grid, Quad inverse, Quad max_code) {
    if (kZero == Zero::kNf4) {
        Quad codes;
        return nf4_levels().nearest(w * inverse, &codes);
    }
    Quad code = round_half_even((kZero == Zero::kMinimum ? w - grid.minimum : w) * inverse);
    if (kZero != Zero::kMinimum) code += grid.zero;
    code = smaller(larger(code, none()), max_code);
    return kZero == Zero::kMinimum ? code : code - grid.zero;
}

/// Only the scale is free.
constexpr bool only_scale(Zero zero) { return zero == Zero::kSymmetric || zero == Zero::kNf4; }

template <Zero kZero>
Fit fit(const Group& group, const Grid& grid) {
    const Quad max_code = quad(group.max_code);
    const Quad inverse = grid.scale != none() ? 1.0f / grid.scale : none();
    Fit sums{none(), none(), none(), none()};
    for (int64_t k = 0; k < group.n; ++k) {
        const Quad w = load_quad(group.w + k * kLanes);
        const Quad h = load_quad(group.importance + k * kLanes);
        const Quad l = level<kZero>(w, grid, inverse, max_code);
        Quad difference = l * grid.scale - w;
        if (kZero == Zero::kMinimum) difference += grid.minimum;
        const Quad hl = h * l;
        sums.error += h * difference * difference;
        if (!only_scale(kZero)) sums.hl += hl;
        sums.hll += hl * l;
        sums.hlw += hl * w;
    }
    return sums;
}

/// The best grid for the codes that gave `sums`, rounded as stored. Degenerate sums give NaN, and
/// NaN never wins.
template <Zero kZero>
Grid refit(const Group& g, const Grid& grid, const Fit& sums) {
    if (only_scale(kZero)) return {stored_scale(g, sums.hlw / sums.hll), grid.zero, grid.minimum};
    const Quad slope = (g.h * sums.hlw - sums.hl * g.hw) / (g.h * sums.hll - sums.hl * sums.hl);
    const Quad intercept = (g.hw - slope * sums.hl) / g.h;
    if (kZero == Zero::kMinimum) {
        const Quad minimum = stored_minimum(g, intercept);
        return {stored_scale(g, (sums.hlw - minimum * sums.hl) / sums.hll), grid.zero, minimum};
    }
    // The integer next to the free zero, then the best scale with it.
    Quad zero = grid.zero + round_half_even(-intercept / slope);
    zero = smaller(larger(zero, quad(0)), quad(g.max_code));
    const Quad d = zero - grid.zero;
    const Quad scale = (sums.hlw - d * g.hw) / (sums.hll - 2 * d * sums.hl + d * d * g.h);
    return {stored_scale(g, scale), zero, grid.minimum};
}

/// A grid that spans [low, high] (symmetric and NF4: `low` is where code 0 lies).
template <Zero kZero>
Grid spanning(const Group& g, Quad low, Quad high) {
    if (kZero == Zero::kNf4) return {stored_scale(g, low / nf4_levels().values[0]), none(), none()};
    if (kZero == Zero::kSymmetric) {
        const Quad zero = quad((g.max_code + 1) / 2);
        return {stored_scale(g, low / -zero), zero, none()};
    }
    if (kZero == Zero::kInteger) {
        low = smaller(low, none());
        high = larger(high, none());
    }
    const Quad scale = stored_scale(g, (high - low) / g.max_code);
    if (kZero == Zero::kMinimum) return {scale, none(), stored_minimum(g, low)};
    const Quad zero = scale != none() ? round_half_even(-low / scale) : none();
    return {scale, smaller(larger(zero, none()), quad(g.max_code)), none()};
}

/// Where code 0 of a symmetric range lies: on the value of largest magnitude.
Quad extreme(const Group& g) { return -g.low > g.high ? g.low : g.high; }

template <Zero kZero>
Grid range(const Group& g) {
    if (kZero == Zero::kNf4) return spanning<kZero>(g, smaller(g.low, -g.high), none());
    return spanning<kZero>(g, kZero == Zero::kSymmetric ? extreme(g) : g.low, g.high);
}

/// The best grid so far and what is needed to improve it.
template <Zero kZero>
struct Search {
    const Group& group;
    Grid grid;
    Fit sums;

    explicit Search(const Group& g) : group(g), grid(range<kZero>(g)), sums(fit<kZero>(g, grid)) {}

    Fit offer(const Grid& other) {
        const Fit found = fit<kZero>(group, other);
        const auto better = found.error < sums.error;  // lane by lane
        grid = {better ? other.scale : grid.scale, better ? other.zero : grid.zero,
                better ? other.minimum : grid.minimum};
        sums = {better ? found.error : sums.error, better ? found.hl : sums.hl,
                better ? found.hll : sums.hll, better ? found.hlw : sums.hlw};
        return found;
    }
    void start_from(const Grid& start) {
        const Fit found = offer(start);
        offer(refit<kZero>(group, start, found));
    }
};

template <Zero kZero>
Grid searched(const Group& g) {
    Search<kZero> search(g);
    for (int i = 0; i < kFactors; ++i) {
        const float factor = kSmallestFactor + kFactorStep * static_cast<float>(i);
        if (only_scale(kZero)) {
            // The two sides of the grid differ (-8 to 7; seven values or eight): try either way.
            const Quad end = extreme(g) * factor;
            search.start_from(spanning<kZero>(g, end, none()));
            search.start_from(spanning<kZero>(g, -end, none()));
            continue;
        }
        const Quad span = g.high - g.low;
        for (const float place : kPlaces) {
            const Quad low = g.low + span * ((1 - factor) * place);
            search.start_from(spanning<kZero>(g, low, low + span * factor));
        }
    }
    for (int i = 0; i < kFinalRounds; ++i) search.offer(refit<kZero>(g, search.grid, search.sums));
    return search.grid;
}

using GroupGrid = Grid (*)(const Group&);
constexpr GroupGrid kRange[kZeroKinds] = {range<Zero::kSymmetric>, range<Zero::kInteger>,
                                          range<Zero::kMinimum>, range<Zero::kNf4>};
constexpr GroupGrid kSearched[kZeroKinds] = {searched<Zero::kSymmetric>, searched<Zero::kInteger>,
                                             searched<Zero::kMinimum>, searched<Zero::kNf4>};

/// units: nullptr if scales and minima are f16.
LaneGrids grids_of(const GroupGrid* table, const Format& format, const LaneUnits* units,
                   const float* w, const float* importance, int64_t n) {
    LaneGrids grids;
    grids.max_code = static_cast<float>((1 << format.bits) - 1);
    grids.table = format.zero == Zero::kNf4;
    for (int lane = 0; lane < kLanes; lane += kQuadLanes) {
        Group g{w + lane,
                importance + lane,
                n,
                load_quad(w + lane),
                load_quad(w + lane),
                none(),
                none(),
                grids.max_code,
                units != nullptr,
                none(),
                none()};
        if (units) {
            g.scale_unit = load_quad(units->scale + lane);
            g.minimum_unit = load_quad(units->minimum + lane);
        }
        for (int64_t k = 0; k < n; ++k) {
            const Quad v = load_quad(g.w + k * kLanes);
            const Quad h = load_quad(g.importance + k * kLanes);
            g.low = smaller(g.low, v);
            g.high = larger(g.high, v);
            g.h += h;
            g.hw += h * v;
        }
        const Grid grid = table[static_cast<int>(format.zero)](g);
        store_quad(grids.scale + lane, grid.scale);
        store_quad(grids.zero + lane, grid.zero);
        store_quad(grids.minimum + lane, grid.minimum);
    }
    return grids;
}

}  // namespace

LaneUnits choose_units(const Format& format, const float* w, const float* importance, int64_t cols,
                       float headroom) {
    LaneUnits units{};
    if (!format.two_level) return units;
    const auto raise = [&](float* largest, const float* values) {
        for (int r = 0; r < kLanes; ++r) {
            largest[r] = std::max(largest[r], headroom * std::fabs(values[r]));
        }
    };
    for (int64_t g = 0; g < format.n_groups(cols); ++g) {
        const int64_t begin = g * format.group * kLanes;
        const int64_t n = std::min(format.group, cols - g * format.group);
        const LaneGrids grids =
            importance ? grids_of(kSearched, format, nullptr, w + begin, importance + begin, n)
                       : grids_of(kRange, format, nullptr, w + begin, w + begin, n);
        raise(units.scale, grids.scale);
        raise(units.minimum, grids.minimum);
    }
    for (int r = 0; r < kLanes; ++r) {
        units.scale[r] = f16_to_f32(unit_of(units.scale[r]));
        units.minimum[r] = f16_to_f32(unit_of(units.minimum[r]));
    }
    return units;
}

LaneGrids range_grids(const Format& format, const LaneUnits& units, const float* w, int64_t n) {
    return grids_of(kRange, format, format.two_level ? &units : nullptr, w, w, n);
}

LaneGrids searched_grids(const Format& format, const LaneUnits& units, const float* w,
                         const float* importance, int64_t n) {
    return grids_of(kSearched, format, format.two_level ? &units : nullptr, w, importance, n);
}

void nearest_codes(const LaneGrids& grids, const float* w, uint8_t* codes, float* values) {
    const Quad max_code = quad(grids.max_code);
    for (int lane = 0; lane < kLanes; lane += kQuadLanes) {
        const Quad scale = load_quad(grids.scale + lane), zero = load_quad(grids.zero + lane);
        const Quad minimum = load_quad(grids.minimum + lane);
        const Quad steps = (load_quad(w + lane) - minimum) / scale;
        Quad code, value;
        if (grids.table) {
            const Quad safe = scale != none() ? steps : none();
            value = scale * nf4_levels().nearest(safe, &code);
        } else {
            code = round_half_even(steps) + zero;
            code = scale != none() ? smaller(larger(none(), code), max_code) : zero;
            value = scale * (code - zero) + minimum;
        }
        store_quad(values + lane, value);
        for (int i = 0; i < kQuadLanes; ++i) {
            codes[lane + i] = static_cast<uint8_t>(static_cast<int32_t>(code[i]));
        }
    }
}

}  // namespace quern
