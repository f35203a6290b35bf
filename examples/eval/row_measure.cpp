// Loading, sessions and walks of one row.
#include "eval/row_measure.h"

#include <algorithm>

#include "common/context_warning.h"
#include "eval/divergence.h"
#include "eval/perplexity.h"
#include "eval/speed.h"

namespace quern {
namespace {

bool is_linear(const FileTensor& tensor) {
    const TensorClass kind = classify_tensor(tensor.name, tensor.rank);
    return kind == TensorClass::kAttention || kind == TensorClass::kMlp;
}

struct Sizes {
    double linear_weights = 0, linear_bits = 0, weights = 0;
};

Sizes sizes_of(const ModelFile& file) {
    Sizes sizes;
    for (const FileTensor& t : file.tensors()) {
        sizes.weights += static_cast<double>(t.elements());
        if (!is_linear(t)) continue;
        sizes.linear_weights += static_cast<double>(t.elements());
        sizes.linear_bits += 8 * static_cast<double>(t.bytes);
    }
    return sizes;
}

SessionOptions base_options(const RowConditions& conditions) {
    SessionOptions options = EvaluationSettings().session;
    options.threads = conditions.common.threads;
    return options;
}

SessionOptions row_options(const RowConditions& conditions) {
    SessionOptions options = base_options(conditions);
    options.cache_keys = conditions.evaluation.session.cache_keys;
    options.cache_values = conditions.evaluation.session.cache_values;
    return options;
}

int64_t longest_context(const RowConditions& conditions) {
    int64_t context = 0;
    for (size_t p = 0; p < kPerplexityProtocols; ++p) {
        if (conditions.windows[p] > 0) {
            context = std::max(context, perplexity_protocols()[p].context);
        }
    }
    return context;
}

Result<std::shared_ptr<const Model>> load(const RowConditions& conditions, const std::string& path,
                                          const std::string& activations) {
    return load_for_evaluation(path, conditions.evaluation, activations, conditions.common);
}

Result<std::unique_ptr<Session>> make_session(const RowConditions& conditions,
                                              std::shared_ptr<const Model> model,
                                              SessionOptions options) {
    options.context = longest_context(conditions);
    return Session::create(std::move(model), options);
}

void set_divergence(const Divergence& d, RowFigures* figures) {
    const double parts[] = {0.99, 1};
    const std::vector<double> kl = d.kl_percentiles(parts);
    figures->kl_mean = d.kl_mean();
    figures->kl_error = d.kl_error();
    figures->kl_p99 = kl[0];
    figures->kl_max = kl[1];
    figures->top1 = d.same_top();
    figures->top1_error = d.same_top_error();
}

}  // namespace

int64_t RowConditions::tokens_to_evaluate() const {
    int64_t tokens_in_windows = 0;
    for (size_t p = 0; p < kPerplexityProtocols; ++p) {
        tokens_in_windows += windows[p] * (perplexity_protocols()[p].context - 1);
    }
    return tokens_in_windows;
}

std::array<int64_t, kPerplexityProtocols> windows_of_protocols(size_t tokens, int64_t chunks) {
    std::array<int64_t, kPerplexityProtocols> windows{};
    const int64_t first = perplexity_protocols().front().context;
    for (size_t p = 0; p < kPerplexityProtocols; ++p) {
        const int64_t context = perplexity_protocols()[p].context;
        windows[p] = static_cast<int64_t>(tokens) / context;
        if (chunks > 0) {
            windows[p] = std::min(windows[p], std::max<int64_t>(1, chunks * first / context));
        }
    }
    return windows;
}

void add_sizes(const ModelFile& base, const ModelFile& model, RowFigures* figures) {
    const Sizes of_base = sizes_of(base);
    figures->file_bytes = model.file_bytes();
    figures->file_bits = 8 * static_cast<double>(model.file_bytes()) / of_base.weights;
    if (of_base.linear_weights == 0) return;
    figures->linear_bits = sizes_of(model).linear_bits / of_base.linear_weights;
}

Status add_speed(const RowConditions& conditions, const std::string& path, ChildLink* link,
                 RowFigures* figures) {
    auto model = load(conditions, path, "int8");
    if (!model.ok()) return model.status();
    auto speed = measure_speed(std::move(*model), row_options(conditions), link->cancel());
    if (!speed.ok()) return speed.status();
    figures->prompt = speed->prompt;
    figures->generate = speed->generate;
    return Status();
}

WalkOptions walk_options(const RowConditions& conditions, size_t protocol,
                         const std::atomic<bool>* cancel) {
    return {
        perplexity_protocols()[protocol], conditions.windows[protocol], conditions.bos, {}, cancel};
}

Status add_base_perplexity(const RowConditions& conditions, ChildLink* link, RowFigures* figures) {
    auto model = load_base(conditions.base, conditions.evaluation, conditions.common);
    if (!model.ok()) return model.status();
    cli::warn_of_long_context("quern-eval", longest_context(conditions),
                              (*model)->info().context_length);
    auto session = make_session(conditions, std::move(*model), base_options(conditions));
    if (!session.ok()) return session.status();
    int64_t done = 0;
    for (size_t p = 0; p < kPerplexityProtocols; ++p) {
        if (conditions.windows[p] == 0) continue;
        PerplexityOptions options;
        options.walk = walk_options(conditions, p, link->cancel());
        options.threads = (*session)->threads();
        options.progress = [&](int64_t now, int64_t, const NllStatistics&) {
            link->progress(done + now, conditions.tokens_to_evaluate());
        };
        auto result = measure_perplexity(session->get(), conditions.tokens, options);
        if (!result.ok()) return about_text(conditions.evaluation.text, result.status());
        const NllStatistics& s = result->statistics;
        figures->protocols[p] = {s.perplexity(), s.perplexity_error(), 1, 0, result->walked.windows,
                                 s.count()};
        done += result->walked.evaluated;
    }
    return Status();
}

Status add_divergence(const RowConditions& conditions, const std::string& path, ChildLink* link,
                      RowFigures* figures) {
    auto base_model = load_base(conditions.base, conditions.evaluation, conditions.common);
    if (!base_model.ok()) return base_model.status();
    auto model = load(conditions, path, conditions.evaluation.activations);
    if (!model.ok()) return model.status();
    auto base = make_session(conditions, std::move(*base_model), base_options(conditions));
    if (!base.ok()) return base.status();
    auto session = make_session(conditions, std::move(*model), row_options(conditions));
    if (!session.ok()) return session.status();
    int64_t done = 0;
    for (size_t p = 0; p < kPerplexityProtocols; ++p) {
        if (conditions.windows[p] == 0) continue;
        DivergenceOptions options;
        options.walk = walk_options(conditions, p, link->cancel());
        options.threads = (*session)->threads();
        options.progress = [&](int64_t now, int64_t, const Divergence&) {
            link->progress(done + now, conditions.tokens_to_evaluate());
        };
        auto result = measure_divergence(base->get(), session->get(), conditions.tokens, options);
        if (!result.ok()) return about_text(conditions.evaluation.text, result.status());
        const Divergence& d = result->divergence;
        figures->protocols[p] = {d.model().perplexity(), d.model().perplexity_error(), d.ratio(),
                                 d.ratio_error(),        result->walked.windows,       d.count()};
        if (p == 0) set_divergence(d, figures);
        done += result->walked.evaluated;
    }
    return Status();
}

}  // namespace quern
