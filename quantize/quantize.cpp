// A run: checks, formats (allocation/allocation.h), the layers that calibration decides
// (block_pass.h), and the whole file (conversion.h).
#include "quantize/quantize.h"

#include <sys/stat.h>

#include <chrono>
#include <cmath>
#include <map>
#include <memory>

#include "allocation/allocation.h"
#include "block_pass.h"
#include "conversion.h"
#include "output.h"
#include "plan.h"
#include "resume.h"
#include "side_tensors.h"
#include "tensor/system.h"
#include "training/scale_training.h"

namespace quern {
namespace {

/// The part of the time that the choice of formats takes, where the model runs once more to round
/// layer by layer, and where only the choice runs it; that both take where scales are trained.
constexpr double kChoiceByLayer = 0.55, kChoiceAlone = 0.95, kBeforeTraining = 0.3;
constexpr double kTrained = 0.99;

Status check_not_same(const std::string& in, const std::string& out) {
    struct stat a {
    }, b{};
    const bool both = ::stat(in.c_str(), &a) == 0 && ::stat(out.c_str(), &b) == 0;
    if (!both || a.st_dev != b.st_dev || a.st_ino != b.st_ino) return {};
    return {Code::kWrongUse, out + ": is the input file itself; give the output another name"};
}

/// The choice of formats and the work after it, told on one scale on which nothing falls: the
/// choice goes up to `end`, its part of the time, the work from where that ended (resumed, it may
/// not have begun) to 1.
struct Phases {
    double end;
    int64_t begin = 0, told = 0;
};

void tell_on_one_scale(Phases* phases, QuantizeOptions* options) {
    if (!options->progress) return;
    options->progress = [phases, tell = std::move(options->progress)](const std::string& what,
                                                                      int64_t done, int64_t total) {
        const auto all = static_cast<double>(total), part = static_cast<double>(done) / all;
        const double span = phases->end * all - static_cast<double>(phases->begin);
        phases->told = phases->begin + static_cast<int64_t>(span * part);
        tell(what, phases->told, total);
    };
}

void warn_of_fallbacks(const PartialFile& finished, const QuantizeOptions& options,
                       QuantizeReport* report) {
    std::map<std::string, int64_t> counts;
    for (const FinishedTensor& t : finished.finished()) {
        const bool is_latest = finished.find(t.name) == &t;
        if (is_latest && !t.fallback.empty()) ++counts[t.fallback];
    }
    for (const auto& [reason, n] : counts) {
        warn(options, report,
             options.method + ": " + std::to_string(n) +
                 (n == 1 ? " tensor was" : " tensors were") + " rounded to nearest: " + reason);
    }
}

}  // namespace

bool uses_calibration(const QuantizeOptions& options) {
    return wants_allocation(options) || rounds_by_layer(options);
}

bool rounds_by_layer(const QuantizeOptions& options) {
    const auto spec = parse_method(options.method);
    return !spec.ok() || needs_calibration(spec.value(), options);
}

double relative_error(double squared_error, double squared_weight) {
    return squared_error == 0 ? 0 : std::sqrt(squared_error / squared_weight);
}

Result<QuantizeReport> quantize_file(const std::string& in, const std::string& out,
                                     const QuantizeOptions& caller_options) {
    const auto start = std::chrono::steady_clock::now();
    QuantizeOptions options = caller_options;
    const Result<int> threads = check_threads(options.threads);
    if (!threads.ok()) return threads.status();
    options.threads = threads.value();  // never 0 in what follows
    auto spec = parse_method(options.method);
    if (!spec.ok()) return spec.status();
    if (Status s = check_method_options(*spec, options); !s.ok()) return s;
    if (wants_allocation(options) && is_gguf_name(out)) {
        return Status(Code::kWrongUse,
                      out +
                          ": --fit and --target-bpw choose among formats that GGUF has no types "
                          "for; write a .quern file, or name a --format");
    }
    ModelFile::Options open_options;
    open_options.allow_nonfinite = options.allow_nonfinite;
    auto file = ModelFile::open(in, open_options);
    if (!file.ok()) return file.status();
    if (Status s = check_not_same(in, out); !s.ok()) return s;
    if (Status s = check_side_tensors(**file, *spec, options, out); !s.ok()) return s;
    if (Status s = check_writable(out); !s.ok()) return s;
    QuantizeReport report;
    std::unique_ptr<PartialFile> finished;
    const double until_trained = options.scale_training_steps > 0 ? kBeforeTraining : 1;
    Phases phases{until_trained};
    tell_on_one_scale(&phases, &options);
    auto plan = make_plan(**file, *spec, options);
    if (plan.ok() && wants_allocation(options)) {
        phases.end *= needs_calibration(*spec, options) ? kChoiceByLayer : kChoiceAlone;
        auto recipe = allocate_formats(**file, *spec, options, out, &finished, &report);
        if (!recipe.ok()) return explain_failure(recipe.status(), out, finished.get());
        options.recipe = std::move(*recipe);
        phases = {until_trained, phases.told};
        plan = make_plan(**file, *spec, options);
    }
    if (!plan.ok()) return plan.status();
    if (Status s = plan_output(out, &*plan); !s.ok()) return s;
    if (Status s = check_space(out, plan->bytes, 0); !s.ok()) {
        return explain_failure(s, out, finished.get());
    }
    for (const std::string& text : plan->warnings) warn(options, &report, text);
    if (needs_calibration(*spec, options)) {
        auto pass =
            run_block_pass(**file, *plan, *spec, options, out, std::move(finished), &report);
        if (!pass.ok()) return pass.status();
        finished = std::move(*pass);
        if (options.scale_training_steps > 0) {
            phases = {kTrained, phases.told};
            const Status s = train_scales(**file, *plan, options, out, finished.get(), &report);
            if (!s.ok()) return explain_failure(s, out, finished.get());
            phases = {1, phases.told};
        }
        warn_of_fallbacks(*finished, options, &report);
        add_side_tensors(*finished, &*plan);
    }
    const Status s = convert(**file, *plan, options, out, finished.get(), &report);
    if (!s.ok()) return explain_failure(s, out, finished.get());
    if (finished) finished->remove();
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
    report.seconds = taken.count();
    return report;
}

}  // namespace quern
