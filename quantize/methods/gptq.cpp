// GPTQ (Frantar et al., 2022): round a row's columns one after the other, and let each column make
// up for the errors of those before it, so that tr(D H D^T), D = W - Q, stays small: the squared
// error of the outputs, with H = mean x x^T of the inputs (InputStatistics) plus damping.
//
// In the form of LDLQ (QuIP, section 3), which gives the same codes without an inverse of H:
// H = M M^T with M upper triangular (linear_algebra.h), and for column i in the plan's order
//
//   q_i = nearest( w_i + sum_{j<i} D_j M[j][i] / M[i][i] )
//
// What is rounded off there is e_i = (D M)_i / M[i][i], so that tr(D H D^T) = sum (e_i M[i][i])^2,
// which is compared with the loss of what was written (MatrixRounding).
//
// gptq_problem.h is what all matrices with one input share, gptq_tile.h rounds sixteen rows.
#include <cmath>
#include <utility>

#include "importance.h"
#include "methods/gptq_problem.h"
#include "methods/gptq_tile.h"
#include "methods/methods.h"

namespace quern {
namespace {

class GptqRounding final : public Rounding {
  public:
    explicit GptqRounding(GptqProblem problem) : p_(std::move(problem)) {}

    std::vector<double> encode_tile(const float* w, int64_t rows, int64_t,
                                    uint8_t* tile) const override {
        GptqTile rounding(p_, w, rows);
        rounding.round();
        for (int i = 0; i < p_.options.refine_sweeps; ++i) rounding.refine();
        rounding.pack(rows, tile);
        return rounding.losses();
    }

  private:
    GptqProblem p_;
};

Status check(const InputStatistics* statistics, const RoundingOptions& options) {
    if (!statistics || statistics->n <= 0 ||
        statistics->hessian.size() != static_cast<size_t>(statistics->n * statistics->n)) {
        return {Code::kWrongUse,
                "method 'gptq' needs a Hessian of the inputs; give it a calibration text"};
    }
    return check_damping(options);
}

Result<std::unique_ptr<const Rounding>> prepare_gptq(const Format& format,
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

    GptqProblem p;
    p.format = &format;
    p.options = options;
    p.plan = plan_columns(format, diagonal, options.order);
    p.importance = column_importance(diagonal);
    p.damped_diagonal.resize(size);
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
            Needs::kHessian, prepare_gptq, true};
}

}  // namespace quern
