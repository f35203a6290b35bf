// GPTQ against the definition: optimal brain surgery with an explicit inverse that loses a column
// at each step, in f64 (Frantar et al. 2022, section 3), and its invariants.
#include <numeric>
#include <set>

#include "column_order.h"
#include "rounding_fixtures.h"
#include "tensor/numeric.h"

using namespace quern;
using namespace quern::test;

namespace {

constexpr ColumnOrder kOrders[] = {ColumnOrder::kNone, ColumnOrder::kActivation,
                                   ColumnOrder::kGroupAware};
constexpr double kDamping = 0.01;

RoundingOptions options_of(ColumnOrder order, GridChoice grid) {
    RoundingOptions options;
    options.order = order;
    options.grid = grid;
    options.damping = static_cast<float>(kDamping);
    return options;
}

using Matrix = std::vector<std::vector<double>>;

Matrix damped_inverse(const InputStatistics& s) {
    const auto n = static_cast<size_t>(s.n);
    double mean = 0;
    for (size_t i = 0; i < n; ++i) mean += static_cast<double>(s.hessian[i * n + i]) / double(n);
    Matrix a(n, std::vector<double>(2 * n));
    for (size_t i = 0; i < n; ++i) {
        for (size_t j = 0; j < n; ++j) a[i][j] = static_cast<double>(s.hessian[i * n + j]);
        a[i][i] += kDamping * mean;
        a[i][n + i] = 1;
    }
    for (size_t p = 0; p < n; ++p) {  // Gauss and Jordan
        const double pivot = a[p][p];
        for (double& v : a[p]) v /= pivot;
        for (size_t i = 0; i < n; ++i) {
            const double factor = a[i][p];
            if (i == p) continue;
            for (size_t j = 0; j < 2 * n; ++j) a[i][j] -= factor * a[p][j];
        }
    }
    Matrix inverse(n);
    for (size_t i = 0; i < n; ++i) inverse[i].assign(a[i].begin() + int64_t(n), a[i].end());
    return inverse;
}

/// Columns in the order of rounding, written down from the definitions.
std::vector<int64_t> order_of(const InputStatistics& s, int64_t size, ColumnOrder order) {
    std::vector<int64_t> columns(static_cast<size_t>(s.n));
    std::iota(columns.begin(), columns.end(), 0);
    if (order == ColumnOrder::kNone) return columns;
    std::vector<float> of_group(static_cast<size_t>(s.n / size + 1));
    for (int64_t k = 0; k < s.n; ++k) {
        of_group[k / size] = std::max(of_group[k / size], s.mean_square[k]);
    }
    const bool by_group = order == ColumnOrder::kGroupAware;
    std::sort(columns.begin(), columns.end(), [&](int64_t a, int64_t b) {
        if (by_group && a / size != b / size) return of_group[a / size] > of_group[b / size];
        return s.mean_square[a] > s.mean_square[b];
    });
    return columns;
}

struct OracleGrid {
    double scale = 0, zero = 0, minimum = 0;
    bool known = false;
};

/// The range grid of the group with values w [n], from the formats' specification.
OracleGrid oracle_grid(const Format& f, const std::vector<float>& w) {
    const auto cols = static_cast<int64_t>(w.size());
    std::vector<uint8_t> tile(f.tile_bytes(f, cols));
    f.encode_row(f, w.data(), 0, cols, tile.data());
    BlockRow row;
    unpack_row(f, tile.data(), 0, cols, &row);
    OracleGrid grid;
    grid.known = true;
    grid.scale = static_cast<double>(f16_to_f32(row.scales[0]));
    if (f.zero == Zero::kSymmetric) grid.zero = std::exp2(f.bits - 1);
    if (f.zero == Zero::kInteger) grid.zero = row.offsets[0];
    if (f.zero == Zero::kMinimum) grid.minimum = static_cast<double>(f16_to_f32(row.offsets[0]));
    return grid;
}

/// The codes of one row.
std::vector<int> oracle_codes(const Format& f, const InputStatistics& s, ColumnOrder order,
                              const float* weights) {
    const int64_t size = f.group_size(s.n);
    const bool fixed = order == ColumnOrder::kActivation || f.group == 0;
    std::vector<double> w(weights, weights + s.n);
    std::vector<OracleGrid> grids(static_cast<size_t>(f.n_groups(s.n)));
    const auto make_grid = [&](int64_t group) {
        const auto begin = w.begin() + group * size;
        grids[group] = oracle_grid(f, {begin, w.begin() + std::min((group + 1) * size, s.n)});
    };
    for (size_t g = 0; fixed && g < grids.size(); ++g) make_grid(int64_t(g));
    Matrix inverse = damped_inverse(s);
    std::vector<int> codes(w.size());
    for (const int64_t i : order_of(s, size, order)) {
        OracleGrid& grid = grids[i / size];
        if (!grid.known) make_grid(i / size);
        const double code =
            std::clamp(std::nearbyint((w[i] - grid.minimum) / grid.scale) + grid.zero, 0.0,
                       std::exp2(f.bits) - 1);
        codes[i] = static_cast<int>(code);
        const double error = w[i] - (grid.scale * (code - grid.zero) + grid.minimum);
        const std::vector<double> pivot = inverse[i];
        for (size_t j = 0; j < w.size(); ++j) {
            if (int64_t(j) != i) w[j] -= error * pivot[j] / pivot[i];
            for (size_t k = 0; k < w.size(); ++k) {
                inverse[j][k] -= pivot[j] * pivot[k] / pivot[i];
            }
        }
    }
    return codes;
}

}  // namespace

TEST_CASE("gptq: the codes are those of explicit optimal brain surgery") {
    constexpr int64_t kRows = 5;
    struct Case {
        const char* format;
        int64_t cols;
    };
    for (const Case& c :
         {Case{"q4z_g32", 64}, Case{"q4m_g32", 48}, Case{"q4_g32", 50}, Case{"q2z_g32", 33},
          Case{"q3_row", 64}, Case{"q4z_row", 130}, Case{"q8m_g32", 40}}) {
        const Format& f = *find_format(c.format);
        const InputStatistics s = correlated_statistics(11, 4 * c.cols, c.cols);
        const std::vector<float> w = gaussian(12, kRows * c.cols);
        for (const ColumnOrder order : kOrders) {
            CAPTURE(c.format);
            CAPTURE(static_cast<int>(order));
            const Rounded result =
                rounded("gptq", f, &s, options_of(order, GridChoice::kRange), w, kRows);
            for (int64_t r = 0; r < kRows; ++r) {
                BlockRow row;
                unpack_row(f, result.tile.data(), r, c.cols, &row);
                const std::vector<int> codes(row.codes.begin(), row.codes.end());
                CHECK(codes == oracle_codes(f, s, order, &w[r * c.cols]));
            }
        }
    }
}

TEST_CASE("gptq: independent inputs leave nothing to make up for: it is RTN on the same grid") {
    constexpr int64_t kRows = 16, kCols = 150;
    const std::vector<float> w = gaussian(1, kRows * kCols);
    const InputStatistics s = identity_statistics(kCols);
    for (const Format& f : formats()) {
        // Two levels: GPTQ's units leave room for updated weights.
        if (!f.is_block() || f.two_level) continue;
        for (const ColumnOrder order : kOrders) {
            for (const GridChoice grid : {GridChoice::kRange, GridChoice::kSearched}) {
                CAPTURE(f.name);
                RoundingOptions options = options_of(order, grid);
                options.damping = 0;
                CHECK(rounded("gptq", f, &s, options, w, kRows).tile ==
                      rounded("rtn", f, &s, options, w, kRows).tile);
            }
        }
    }
}

TEST_CASE("gptq: the layer loss is below RTN's, refinement lowers it further") {
    constexpr int64_t kRows = 16, kCols = 64;
    constexpr int kSeeds = 40;
    const Format& f = *find_format("q4z_g32");
    int lower = 0;
    double ratios = 0;
    for (uint64_t seed = 0; seed < kSeeds; ++seed) {
        const std::vector<float> w = gaussian(100 + seed, kRows * kCols);
        const InputStatistics s = correlated_statistics(200 + seed, 3 * kCols, kCols);
        RoundingOptions options = options_of(ColumnOrder::kGroupAware, GridChoice::kRange);
        const auto loss = [&] {
            return layer_loss(s, kDamping, w, f, rounded("gptq", f, &s, options, w, kRows).tile);
        };
        const double plain = loss(), nearest = nearest_loss(s, kDamping, w, f);
        options.refine_sweeps = 2;
        lower += plain < nearest;
        ratios += plain / nearest;
        CHECK(loss() < plain);
    }
    CHECK(lower >= kSeeds * 95 / 100);
    CHECK(ratios / kSeeds <= 0.8);
}

TEST_CASE("gptq: two levels of scales cost little, though a row's units are fixed beforehand") {
    constexpr int64_t kRows = 16, kCols = 320;
    for (const std::string name : {"q2m_g32", "q3m_g64", "q4_g32", "q4m_g32", "nf4_g64"}) {
        CAPTURE(name);
        double plain = 0, two_level = 0;
        for (uint64_t seed = 0; seed < 4; ++seed) {
            const std::vector<float> w = gaussian(700 + seed, kRows * kCols);
            const InputStatistics s = correlated_statistics(710 + seed, 2 * kCols, kCols);
            const auto loss = [&](const std::string& format) {
                const Format& f = *find_format(format);
                return layer_loss(s, kDamping, w, f, rounded("gptq", f, &s, {}, w, kRows).tile);
            };
            const double d = loss(name + "d");
            plain += loss(name);
            two_level += d;
            CHECK(d < nearest_loss(s, kDamping, w, *find_format(name + "d")));
        }
        CHECK(two_level < 1.03 * plain);
    }
}

TEST_CASE("gptq: with two to four columns of two bits it lies between the optimum and RTN") {
    const Format& f = *find_format("q2z_row");
    for (const int64_t cols : {2, 3, 4}) {
        CAPTURE(cols);
        double nearest = 0, plain = 0, refined = 0;
        for (uint64_t seed = 0; seed < 60; ++seed) {
            const std::vector<float> w = gaussian(300 + seed, cols);
            std::vector<float> x = gaussian(400 + seed, 40 * cols);
            const std::vector<float> common = gaussian(500 + seed, 40);
            for (int64_t i = 0; i < 40 * cols; ++i) x[i] += 2 * common[i / cols];
            const InputStatistics s = statistics_of(x, 40, cols);
            RoundingOptions options = options_of(ColumnOrder::kNone, GridChoice::kRange);
            const Rounded result = rounded("gptq", f, &s, options, w, 1);
            options.refine_sweeps = 3;
            const Rounded better = rounded("gptq", f, &s, options, w, 1);
            BlockRow row;
            unpack_row(f, result.tile.data(), 0, cols, &row);
            double best = HUGE_VAL;
            for (int all = 0; all < 1 << (2 * cols); ++all) {
                for (int64_t k = 0; k < cols; ++k)
                    row.codes[k] = static_cast<uint8_t>(all >> (2 * k) & 3);
                std::vector<uint8_t> tile(result.tile.size());
                pack_row(f, row, cols, tile.data(), 0);
                best = std::min(best, layer_loss(s, kDamping, w, decoded(f, tile, 1, cols)));
            }
            const double loss = layer_loss(s, kDamping, w, f, result.tile);
            const double better_loss = layer_loss(s, kDamping, w, f, better.tile);
            CHECK(loss >= best * (1 - 1e-5));
            CHECK(better_loss >= best * (1 - 1e-5));
            CHECK(better_loss <= loss * (1 + 1e-5));
            nearest += nearest_loss(s, kDamping, w, f);
            plain += loss;
            refined += better_loss;
        }
        CHECK(plain < nearest);
        CHECK(refined < plain);
    }
}

TEST_CASE("gptq: columns already in the order of their importance are rounded as they come") {
    constexpr int64_t kRows = 16, kCols = 150;
    const std::vector<float> w = gaussian(31, kRows * kCols);
    std::vector<float> x = correlated_inputs(32, 400, kCols);
    InputStatistics s = statistics_of(x, 400, kCols);
    for (int64_t t = 0; t < 400; ++t) {
        for (int64_t k = 0; k < kCols; ++k) {
            x[t * kCols + k] *=
                std::exp(-0.02f * static_cast<float>(k)) / std::sqrt(s.mean_square[k]);
        }
    }
    s = statistics_of(x, 400, kCols);
    for (const char* name : {"q4z_row", "q4z_g32"}) {
        CAPTURE(name);
        const Format& f = *find_format(name);
        const auto tile = [&](ColumnOrder order) {
            return rounded("gptq", f, &s, options_of(order, GridChoice::kSearched), w, kRows).tile;
        };
        CHECK(tile(ColumnOrder::kGroupAware) == tile(ColumnOrder::kNone));
        if (f.group == 0) CHECK(tile(ColumnOrder::kActivation) == tile(ColumnOrder::kNone));
    }
}

TEST_CASE("gptq: an order visits every column once, groups in one piece") {
    constexpr int64_t kCols = 210;
    std::vector<float> importance = gaussian(41, kCols);
    for (float& v : importance) v *= v;
    for (const char* name : {"q4z_g32", "q4z_g128", "q4z_row"}) {
        const Format& f = *find_format(name);
        for (const ColumnOrder order : kOrders) {
            const ColumnPlan plan = plan_columns(f, importance, order);
            const std::set<int64_t> all(plan.columns.begin(), plan.columns.end());
            CHECK(plan.columns.size() == kCols);
            CHECK(all.size() == kCols);
            int64_t at = 0;
            for (const ColumnBlock& block : plan.blocks) {
                CHECK(block.begin == at);
                at = block.end;
                for (int64_t i = block.begin; block.group >= 0 && i < block.end; ++i) {
                    CHECK(plan.columns[i] / f.group == block.group);
                }
            }
            CHECK(at == kCols);
        }
    }
}

TEST_CASE("gptq: the squares that it rounds off are the loss of what it wrote") {
    constexpr int64_t kRows = 13, kCols = 256, kTokens = 300;
    std::vector<float> x = correlated_inputs(71, kTokens, kCols);
    for (int64_t t = 0; t < kTokens; ++t) x[t * kCols + 9] = 0;
    const InputStatistics s = statistics_of(x, kTokens, kCols);
    const std::vector<float> w = gaussian(72, kRows * kCols);
    for (const char* name : {"q4_g32", "q4z_g64", "q4m_g128", "q3m_g64d", "nf4_g64d", "q8z_row"}) {
        for (const ColumnOrder order : kOrders) {
            for (const int sweeps : {0, 2}) {
                CAPTURE(name);
                CAPTURE(sweeps);
                RoundingOptions options = options_of(order, GridChoice::kSearched);
                options.refine_sweeps = sweeps;
                const Format& f = *find_format(name);
                const Rounded result = rounded("gptq", f, &s, options, w, kRows);
                REQUIRE(result.losses.size() >= kRows);
                const double followed =
                    std::accumulate(result.losses.begin(), result.losses.begin() + kRows, 0.0);
                const double loss = layer_loss(s, 0, w, decoded(f, result.tile, kRows, kCols));
                CHECK(followed == doctest::Approx(loss).epsilon(1e-4));
            }
        }
    }
}

TEST_CASE("gptq: inputs that were always zero get weights of zero") {
    constexpr int64_t kRows = 16, kCols = 96, kTokens = 200;
    std::vector<float> x = correlated_inputs(51, kTokens, kCols);
    for (int64_t t = 0; t < kTokens; ++t) x[t * kCols + 7] = x[t * kCols + 40] = 0;
    const InputStatistics s = statistics_of(x, kTokens, kCols);
    const std::vector<float> w = gaussian(52, kRows * kCols);
    for (const char* name : {"q4_g32", "q4z_g64", "q3z_row"}) {
        for (const ColumnOrder order : kOrders) {
            CAPTURE(name);
            const Format& f = *find_format(name);
            const Rounded result =
                rounded("gptq", f, &s, options_of(order, GridChoice::kSearched), w, kRows);
            CHECK(result.report.dead_columns == 2);
            CHECK(result.report.fallback.empty());
            const std::vector<float> written = decoded(f, result.tile, kRows, kCols);
            for (int64_t r = 0; r < kRows; ++r) {
                CHECK(written[r * kCols + 7] == 0);
                CHECK(written[r * kCols + 40] == 0);
            }
        }
    }
    // A grid with a float minimum need not hold 0: the nearest it has.
    const Format& f = *find_format("q4m_g32");
    const Rounded result = rounded(
        "gptq", f, &s, options_of(ColumnOrder::kGroupAware, GridChoice::kSearched), w, kRows);
    const std::vector<float> written = decoded(f, result.tile, kRows, kCols);
    for (int64_t r = 0; r < kRows; ++r) {
        const float* group = &written[static_cast<size_t>(r * kCols)];
        const auto [least, most] = std::minmax_element(group, group + 32);
        CHECK(std::fabs(group[7]) <= 0.5001f * (*most - *least) / 8);
    }
}

TEST_CASE("gptq: fewer tokens than inputs are enough, by damping") {
    constexpr int64_t kRows = 16, kCols = 128;
    const std::vector<float> w = gaussian(61, kRows * kCols);
    const Format& f = *find_format("q4z_g32");
    for (const int64_t tokens : {1, 5, 100}) {
        CAPTURE(tokens);
        const InputStatistics s = correlated_statistics(62, tokens, kCols);
        for (const float damping : {0.01f, 0.0f}) {
            RoundingOptions options;
            options.damping = damping;
            const Rounded result = rounded("gptq", f, &s, options, w, kRows);
            CHECK(result.report.fallback.empty());
            CHECK(result.report.damping >= damping);
            const double used = static_cast<double>(result.report.damping);
            CHECK(layer_loss(s, used, w, f, result.tile) < nearest_loss(s, used, w, f));
        }
    }
}

TEST_CASE("gptq: a broken Hessian ends in RTN, with the reason") {
    constexpr int64_t kRows = 4, kCols = 64;
    const std::vector<float> w = gaussian(71, kRows * kCols);
    const Format& f = *find_format("q4z_g32");
    InputStatistics indefinite = identity_statistics(kCols), nan = indefinite, zero = indefinite;
    indefinite.hessian[1] = indefinite.hessian[kCols] = 50;
    nan.hessian[3 * kCols] = nan.hessian[3] = std::nanf("");
    std::fill(zero.hessian.begin(), zero.hessian.end(), 0.0f);
    for (const InputStatistics* s : {&indefinite, &nan, &zero}) {
        const Rounded result = rounded("gptq", f, s, {}, w, kRows);
        CHECK_FALSE(result.report.fallback.empty());
        CHECK(result.tile == rounded("rtn", f, s, {}, w, kRows).tile);
    }
    const InputStatistics good = correlated_statistics(72, 200, kCols);
    const Rounded real = rounded("gptq", *find_format("bf16"), &good, {}, w, kRows);
    CHECK_FALSE(real.report.fallback.empty());
    CHECK(real.tile == rounded("rtn", *find_format("bf16"), &good, {}, w, kRows).tile);
}

TEST_CASE("gptq: wrong use is refused") {
    RoundingReport report;
    const Format& f = *find_format("q4z_g32");
    const Method& gptq = *find_method("gptq");
    InputStatistics s = identity_statistics(64);
    RoundingOptions options;
    options.damping = -1;
    check_error(gptq.prepare(f, nullptr, {}, &report).status(), Code::kWrongUse, "Hessian");
    check_error(gptq.prepare(f, &s, options, &report).status(), Code::kWrongUse, "damping");
    s.hessian.clear();
    check_error(gptq.prepare(f, &s, {}, &report).status(), Code::kWrongUse, "Hessian");
}

TEST_CASE("gptq: tiles do not depend on threads, and unpack and pack to the same bytes") {
    constexpr int64_t kRows = 16, kCols = 330;
    const std::vector<float> w = gaussian(81, kRows * kCols);
    const InputStatistics s = correlated_statistics(82, 500, kCols);
    for (const char* name :
         {"q2_g32", "q3z_g64", "q4m_g128", "q5z_row", "q6_g64", "q8z_g32", "q3m_g64d"}) {
        CAPTURE(name);
        const Format& f = *find_format(name);
        RoundingOptions options;
        const Rounded one = rounded("gptq", f, &s, options, w, kRows);
        options.threads = 3;
        CHECK(rounded("gptq", f, &s, options, w, kRows).tile == one.tile);
        std::vector<uint8_t> again(one.tile.size());
        for (int64_t r = 0; r < kRows; ++r) {
            BlockRow row;
            unpack_row(f, one.tile.data(), r, kCols, &row);
            pack_row(f, row, kCols, again.data(), r);
        }
        CHECK(again == one.tile);
    }
}
