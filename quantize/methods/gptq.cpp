// GPTQ (Frantar et al., 2022): round a row's columns one after the other, and let each column make
// up for the errors of those before it, so that tr(D H D^T), D = W - Q, stays small: the squared
// error of the outputs, with H = mean x x^T of the inputs plus damping.
//
// In the form of LDLQ (QuIP, section 3), which gives the same codes without an inverse of H:
// H = M M^T with M upper triangular (linear_algebra.h), and for column i in the plan's order
//
//   q_i = nearest( w_i + sum_{j<i} D_j M[j][i] / M[i][i] )      e_i = (target - q_i) M[i][i]
//
// Left-looking: what a block takes from all columns before it is one product; grids are searched on
// these updated weights. Since E = D M, sum e^2 = tr(D H D^T) exactly: the self-check.
#include <algorithm>
#include <cmath>

#include "column_order.h"
#include "importance.h"
#include "lane_tile.h"
#include "linear_algebra.h"
#include "methods/methods.h"

namespace quern {
namespace {

/// What all matrices with this input and format share.
struct Preparation {
    const Format* format = nullptr;
    RoundingOptions options;
    ColumnPlan plan;
    std::vector<float> importance;       ///< [cols], by column: weights of the grid search
    std::vector<float> damped_diagonal;  ///< [cols], by column: of H
    std::vector<bool> dead;              ///< by column
    const float* hessian = nullptr;      ///< [cols, cols], by column, without damping
    std::vector<float> ratios;           ///< [cols, cols], by position: M[j][i] / M[i][i] at [i][j]
    std::vector<float> pivots;           ///< [cols], by position: M[i][i]

    int64_t cols() const { return static_cast<int64_t>(pivots.size()); }
};

/// sums [2][16] of two consecutive rows of a matrix times lanes; the second is not there at the
/// end of an odd range.
void multiply_rows(const float* lanes, const float* rows, int64_t stride, int64_t n, bool both,
                   float* sums) {
    if (both) {
        accumulate_two(lanes, rows, stride, n, sums);
    } else {
        accumulate_one(lanes, rows, n, sums);
    }
}

/// tr(D H D^T) from H itself; d [cols][16] by column.
double loss_from_hessian(const Preparation& p, const float* d) {
    const int64_t cols = p.cols();
    double loss = 0;
    for (int64_t i = 0; i < cols; i += 2) {
        const int64_t n = std::min<int64_t>(2, cols - i);
        float sums[2 * kLanes] = {};
        multiply_rows(d, p.hessian + i * cols, cols, cols, n == 2, sums);
        for (int64_t k = 0; k < n * kLanes; ++k) {
            const int64_t col = i + k / kLanes;
            const float damping = p.damped_diagonal[col] - p.hessian[col * cols + col];
            const float v = d[i * kLanes + k];
            loss += static_cast<double>(v) * static_cast<double>(sums[k] + damping * v);
        }
    }
    return loss;
}

/// One tile on its way.
class TileRounding {
  public:
    TileRounding(const Preparation& p, const float* w, int64_t rows)
        : p_(p), out_(*p.format, p.cols()) {
        const auto size = static_cast<size_t>(p.cols() * kLanes);
        weights_.resize(size);
        differences_.resize(size);
        grids_.resize(static_cast<size_t>(p.format->n_groups(p.cols())));
        to_lanes(w, rows, p.cols(), weights_.data());
        for (int64_t k = 0; k < p.cols(); ++k) {
            if (p.dead[k]) std::fill_n(&weights_[k * kLanes], kLanes, 0.0f);
        }
    }

    /// Returns sum e^2.
    double round() {
        double loss = 0;
        if (p_.plan.blocks.front().group < 0) fix_grids();
        for (const ColumnBlock& block : p_.plan.blocks) loss += round_block(block);
        return loss;
    }
    void refine();
    /// D [cols][16] by column.
    std::vector<float> differences() const {
        std::vector<float> by_column(differences_.size());
        for (int64_t i = 0; i < p_.cols(); ++i) {
            std::copy_n(&differences_[i * kLanes], kLanes, &by_column[p_.plan.columns[i] * kLanes]);
        }
        return by_column;
    }
    void pack(int64_t rows, uint8_t* tile) const { out_.pack(rows, tile); }

  private:
    int64_t group_of(int64_t column) const { return column / p_.format->group_size(p_.cols()); }
    LaneGrids choose_grids(const float* w, const std::vector<int64_t>& columns, int64_t begin,
                           int64_t end) const;
    void fix_grids();
    std::vector<float> updated_weights(const ColumnBlock& block,
                                       const std::vector<float>& targets) const;
    double round_block(const ColumnBlock& block);

    const Preparation& p_;
    LaneCodes out_;
    std::vector<float> weights_;      // [cols][16] by column
    std::vector<float> differences_;  // [cols][16] by position, as far as rounded
    std::vector<LaneGrids> grids_;    // by group
};

/// The grids of columns[begin, end) with values w [end - begin][16].
LaneGrids TileRounding::choose_grids(const float* w, const std::vector<int64_t>& columns,
                                     int64_t begin, int64_t end) const {
    if (p_.options.grid == GridChoice::kRange) return range_grids(*p_.format, w, end - begin);
    std::vector<float> importance(static_cast<size_t>((end - begin) * kLanes));
    for (int64_t i = begin; i < end; ++i) {
        std::fill_n(&importance[(i - begin) * kLanes], kLanes, p_.importance[columns[i]]);
    }
    return searched_grids(*p_.format, w, importance.data(), end - begin);
}

void TileRounding::fix_grids() {
    std::vector<int64_t> natural(p_.plan.columns);
    std::sort(natural.begin(), natural.end());
    const int64_t size = p_.format->group_size(p_.cols());
    for (size_t g = 0; g < grids_.size(); ++g) {
        const int64_t begin = static_cast<int64_t>(g) * size;
        const int64_t end = std::min(begin + size, p_.cols());
        grids_[g] = choose_grids(&weights_[begin * kLanes], natural, begin, end);
        out_.set_grids(static_cast<int64_t>(g), grids_[g]);
    }
}

/// The weights of a block that make up best for the errors of all columns before it, were they not
/// to be rounded: the recursion of the targets with e = 0. `targets` lack the block's own part.
std::vector<float> TileRounding::updated_weights(const ColumnBlock& block,
                                                 const std::vector<float>& targets) const {
    std::vector<float> updated(targets), d(targets.size());
    for (int64_t i = block.begin; i < block.end; ++i) {
        const int64_t k = (i - block.begin) * kLanes;
        accumulate_one(d.data(), &p_.ratios[i * p_.cols() + block.begin], i - block.begin,
                       &updated[k]);
        const float* w = &weights_[p_.plan.columns[i] * kLanes];
        for (int r = 0; r < kLanes; ++r) d[k + r] = w[r] - updated[k + r];
    }
    return updated;
}

double TileRounding::round_block(const ColumnBlock& block) {
    const auto [begin, end, group] = block;
    const int64_t cols = p_.cols();
    std::vector<float> targets(static_cast<size_t>((end - begin) * kLanes));
    for (int64_t i = begin; i < end; ++i) {
        std::copy_n(&weights_[p_.plan.columns[i] * kLanes], kLanes, &targets[(i - begin) * kLanes]);
    }
    for (int64_t i = begin; i < end; i += 2) {
        multiply_rows(differences_.data(), &p_.ratios[i * cols], cols, begin, i + 1 < end,
                      &targets[(i - begin) * kLanes]);
    }
    if (group >= 0) {
        const std::vector<float> updated = updated_weights(block, targets);
        grids_[group] = choose_grids(updated.data(), p_.plan.columns, begin, end);
        out_.set_grids(group, grids_[group]);
    }
    double loss = 0;
    for (int64_t i = begin; i < end; ++i) {
        const int64_t column = p_.plan.columns[i];
        float* target = &targets[(i - begin) * kLanes];
        accumulate_one(&differences_[begin * kLanes], &p_.ratios[i * cols + begin], i - begin,
                       target);
        uint8_t codes[kLanes];
        float values[kLanes];
        nearest_codes(grids_[group_of(column)], target, codes, values);
        out_.set_codes(column, codes);
        for (int r = 0; r < kLanes; ++r) {
            differences_[i * kLanes + r] = weights_[column * kLanes + r] - values[r];
            const double e = static_cast<double>((target[r] - values[r]) * p_.pivots[i]);
            loss += e * e;
        }
    }
    return loss;
}

/// A sweep of coordinate descent over the codes: each becomes the best one for the others as they
/// are, so the loss never rises. R = D H is kept up to date.
void TileRounding::refine() {
    const int64_t cols = p_.cols();
    std::vector<float> d = differences();
    std::vector<float> r(d.size());
    for (int64_t i = 0; i < cols; i += 2) {
        multiply_rows(d.data(), p_.hessian + i * cols, cols, cols, i + 1 < cols, &r[i * kLanes]);
    }
    for (int64_t position = 0; position < cols; ++position) {
        const int64_t i = p_.plan.columns[position];
        const float* h = p_.hessian + i * cols;
        const float diagonal = p_.damped_diagonal[i];
        float target[kLanes], values[kLanes], change[kLanes];
        for (int k = 0; k < kLanes; ++k) {
            const float v = d[i * kLanes + k];
            const float slope = r[i * kLanes + k] + (diagonal - h[i]) * v;
            target[k] = weights_[i * kLanes + k] - v + slope / diagonal;
        }
        uint8_t codes[kLanes];
        nearest_codes(grids_[group_of(i)], target, codes, values);
        out_.set_codes(i, codes);
        bool changed = false;
        for (int k = 0; k < kLanes; ++k) {
            const float now = weights_[i * kLanes + k] - values[k];
            change[k] = now - d[i * kLanes + k];
            d[i * kLanes + k] = differences_[position * kLanes + k] = now;
            changed |= change[k] != 0;
        }
        for (int64_t j = 0; changed && j < cols; ++j) {
            for (int k = 0; k < kLanes; ++k) r[j * kLanes + k] += h[j] * change[k];
        }
    }
}

class GptqRounding final : public Rounding {
  public:
    explicit GptqRounding(Preparation preparation) : p_(std::move(preparation)) {}

    void encode_tile(const float* w, int64_t rows, int64_t cols, uint8_t* tile,
                     LayerLoss* loss) const override {
        if (loss) *loss = {0, 0, nearest_loss(w, rows, cols, tile)};
        TileRounding rounding(p_, w, rows);
        const double accumulated = rounding.round();
        for (int i = 0; i < p_.options.refine_sweeps; ++i) rounding.refine();
        rounding.pack(rows, tile);
        if (!loss) return;
        loss->from_hessian = loss_from_hessian(p_, rounding.differences().data());
        loss->method = p_.options.refine_sweeps > 0 ? loss->from_hessian : accumulated;
    }

  private:
    /// Uses the tile for what RTN would write; everything in it is written over afterwards.
    double nearest_loss(const float* w, int64_t rows, int64_t cols, uint8_t* tile) const {
        p_.format->encode_tile(w, rows, cols, tile);
        std::vector<float> d(w, w + rows * cols), row(static_cast<size_t>(cols));
        for (int64_t r = 0; r < rows; ++r) {
            p_.format->decode_row(*p_.format, tile, r, cols, row.data());
            for (int64_t k = 0; k < cols; ++k) {
                d[r * cols + k] = p_.dead[k] ? 0 : d[r * cols + k] - row[k];
            }
        }
        std::vector<float> lanes(static_cast<size_t>(cols * kLanes));
        to_lanes(d.data(), rows, cols, lanes.data());
        return loss_from_hessian(p_, lanes.data());
    }

    Preparation p_;
};

/// H by position with its damped diagonal, factored; false if that fails.
bool factor(Preparation* p, int threads) {
    const int64_t cols = p->cols();
    p->ratios.resize(static_cast<size_t>(cols * cols));
    for (int64_t i = 0; i < cols; ++i) {
        const float* row = p->hessian + p->plan.columns[i] * cols;
        for (int64_t j = 0; j < i; ++j) p->ratios[i * cols + j] = row[p->plan.columns[j]];
        p->ratios[i * cols + i] = p->damped_diagonal[p->plan.columns[i]];
    }
    if (!factor_reverse(cols, threads, p->ratios.data())) return false;
    for (int64_t i = 0; i < cols; ++i) {
        p->pivots[i] = p->ratios[i * cols + i];
        for (int64_t j = 0; j < i; ++j) p->ratios[i * cols + j] /= p->pivots[i];
    }
    return true;
}

/// Tries growing damping until H can be factored.
bool damp_and_factor(Preparation* p, const std::vector<float>& diagonal, float mean,
                     RoundingReport* report) {
    constexpr float kFirstStep = 0.01f, kMost = 1.0f;
    float damping = p->options.damping;
    for (float step = kFirstStep; damping <= kMost; step *= 2) {
        for (size_t k = 0; k < diagonal.size(); ++k) {
            // A dead column has no error to pass on; any positive number will do.
            p->damped_diagonal[k] = (p->dead[k] ? mean : diagonal[k]) + damping * mean;
        }
        report->damping = damping;
        if (factor(p, p->options.threads)) return true;
        damping += step;
    }
    return false;
}

Status check(const InputStatistics* statistics, const RoundingOptions& options) {
    if (!statistics || statistics->n <= 0 ||
        statistics->hessian.size() != static_cast<size_t>(statistics->n * statistics->n)) {
        return {Code::kWrongUse,
                "method 'gptq' needs a Hessian of the inputs; give it a calibration text"};
    }
    if (!(options.damping >= 0 && options.damping <= 1)) {
        return {Code::kWrongUse, "damping " + std::to_string(options.damping) +
                                     " is outside of 0 to 1; 0.01 suits nearly every model"};
    }
    return {};
}

Result<std::unique_ptr<const Rounding>> prepare(const Format& format,
                                                const InputStatistics* statistics,
                                                const RoundingOptions& options,
                                                RoundingReport* report) {
    *report = {};
    if (Status s = check(statistics, options); !s.ok()) return s;
    const auto fall_back = [&](const char* reason) {
        *report = {};
        report->fallback = reason;
        return nearest_rounding(format, statistics, options.grid);
    };
    if (!format.is_block()) return fall_back("the format has no groups of codes");
    const int64_t cols = statistics->n;
    const auto size = static_cast<size_t>(cols);
    std::vector<float> diagonal(size);
    double sum = 0;
    for (int64_t k = 0; k < cols; ++k) {
        diagonal[k] = statistics->hessian[k * cols + k];
        sum += static_cast<double>(diagonal[k]);
    }
    if (!std::isfinite(sum)) return fall_back("the inputs' Hessian is not finite");
    if (!(sum > 0)) return fall_back("every input of the calibration was zero");

    Preparation p;
    p.format = &format;
    p.options = options;
    p.plan = plan_columns(format, diagonal, options.order);
    p.importance = column_importance(diagonal);
    p.damped_diagonal.resize(size);
    p.pivots.resize(size);
    p.hessian = statistics->hessian.data();
    for (const float v : diagonal) {
        p.dead.push_back(v == 0);
        report->dead_columns += v == 0;
    }
    if (!damp_and_factor(&p, diagonal, static_cast<float>(sum / static_cast<double>(cols)), report))
        return fall_back("the inputs' Hessian is not positive definite, however it is damped");
    report->refine_sweeps = options.refine_sweeps;
    return std::unique_ptr<const Rounding>(std::make_unique<GptqRounding>(std::move(p)));
}

}  // namespace

Method gptq_method() {
    return {"gptq",
            "columns make up for the errors of those rounded before them (Frantar et al., 2022); "
            "needs a calibration text",
            Needs::kHessian, prepare, true};
}

}  // namespace quern
