// The rows of a comparison, one after the other.
#include "eval/compare.h"

#include <algorithm>
#include <chrono>
#include <filesystem>

#include "common/context_warning.h"
#include "eval/work_folder.h"
#include "quantize/quantize.h"

namespace quern {
namespace {

using Clock = std::chrono::steady_clock;

/// The same text for every protocol, whatever its windows.
int64_t windows_of(const PerplexityProtocol& protocol, int64_t chunks) {
    const int64_t context = perplexity_protocols().front().context;
    return chunks == 0 ? 0 : std::max<int64_t>(1, chunks * context / protocol.context);
}

bool is_linear(const FileTensor& tensor) {
    const TensorClass kind = classify_tensor(tensor.name, tensor.rank);
    return kind == TensorClass::kAttention || kind == TensorClass::kMlp;
}

void add_sizes(const Model& model, CompareRow* row) {
    double bits = 0, weights = 0;
    for (const FileTensor& t : model.file().tensors()) {
        if (!is_linear(t)) continue;
        bits += 8 * static_cast<double>(t.bytes);
        weights += static_cast<double>(t.elements());
    }
    row->file_bytes = model.file().file_bytes();
    row->linear_bits = weights > 0 ? bits / weights : 0;
    row->file_bits =
        8 * static_cast<double>(row->file_bytes) / static_cast<double>(model.info().n_parameters);
}

class Comparison {
  public:
    Comparison(const CompareOptions& options, std::vector<CompareRow>* rows)
        : options_(options), rows_(rows) {}

    Status run() {
        if (Status s = prepare(); !s.ok()) return s;
        if (Status s = add_base(); !s.ok()) return s;
        for (const CompareSource& source : options_.sources) {
            if (Status s = add_row(source); !s.ok()) return s;
        }
        return Status();
    }

  private:
    Status prepare() {
        const EvaluationSettings& e = options_.evaluation;
        for (const CompareSource& source : options_.sources) {
            if (source.path.empty()) continue;
            if (auto file = ModelFile::open(source.path, {}); !file.ok()) return file.status();
        }
        auto base = load_for_evaluation(options_.base, e, "int8", options_.common);
        if (!base.ok()) return base.status();
        base_ = *base;
        auto tokens = read_tokens(e.text, base_->tokenizer());
        if (!tokens.ok()) return tokens.status();
        tokens_ = std::move(*tokens);
        if (Status s = folder_.open(options_.keep); !s.ok()) return s;
        session_options_.threads = options_.common.threads;
        for (const PerplexityProtocol& p : perplexity_protocols()) {
            session_options_.context = std::max(session_options_.context, p.context);
            const int64_t all = static_cast<int64_t>(tokens_.size()) / p.context;
            const int64_t asked = windows_of(p, e.chunks);
            row_tokens_ += (asked == 0 ? all : std::min(all, asked)) * (p.context - 1);
        }
        cli::warn_of_long_context("quern-eval", session_options_.context,
                                  base_->info().context_length);
        total_ = row_tokens_ * static_cast<int64_t>(1 + options_.sources.size());
        auto session = Session::create(base_, session_options_);
        if (!session.ok()) return session.status();
        base_session_ = std::move(*session);
        return Status();
    }

    Status add_base() {
        CompareRow row;
        row.source = {"base", "", options_.base};
        what_ = "base";
        add_sizes(*base_, &row);
        auto speed = speed_of(base_, session_options_);
        if (!speed.ok()) return speed.status();
        row.speed = *speed;
        for (const PerplexityProtocol& protocol : perplexity_protocols()) {
            PerplexityOptions options;
            options.protocol = protocol;
            options.max_windows = windows_of(protocol, options_.evaluation.chunks);
            options.bos = window_bos(base_->tokenizer());
            options.threads = base_session_->threads();
            options.cancel = options_.cancel;
            options.progress = [&](int64_t done, int64_t, const NllStatistics&) { report(done); };
            auto result = measure_perplexity(base_session_.get(), tokens_, options);
            if (!result.ok()) return about_text(options_.evaluation.text, result.status());
            const NllStatistics& s = result->statistics;
            row.protocols.push_back(
                {s.perplexity(), s.perplexity_error(), 1, 0, result->windows, s.count()});
            done_ += result->evaluated;
        }
        rows_->push_back(std::move(row));
        return Status();
    }

    Status add_row(const CompareSource& source) {
        CompareRow row;
        row.source = source;
        what_ = source.method + " " + source.format;
        const WorkFile made = folder_.file(source.method + "-" + source.format + ".quern");
        const std::string path = source.path.empty() ? made.path() : source.path;
        if (source.path.empty()) {
            const Status s = quantize(path, &row);
            if (s.code() == Code::kWrongUse) {
                options_.warning(what_ + " is left out: " + s.message());
                done_ += row_tokens_;
                return Status();
            }
            if (!s.ok()) return s;
        }
        if (Status s = measure(path, &row); !s.ok()) return s;
        rows_->push_back(std::move(row));
        return Status();
    }

    Status quantize(const std::string& out, CompareRow* row) {
        auto format = parse_format(row->source.format);
        if (!format.ok()) return format.status();
        QuantizeOptions options;
        options.recipe = default_recipe(**format, {});
        const std::string_view suffix = kImportanceSuffix;
        options.method = row->source.method;
        options.importance = options.method.ends_with(suffix);
        if (options.importance) options.method.resize(options.method.size() - suffix.size());
        options.calibration = options_.calibration;
        options.resume = true;  // what an interrupted comparison left in the folder of --keep
        options.threads = options_.common.threads;
        options.cancel = options_.cancel;
        options.progress = [&](const std::string&, int64_t, int64_t) { report(0, ": quantizing"); };
        auto report = quantize_file(options_.base, out, options);
        const Code code = report.status().code();
        if (code == Code::kInterrupted) return {code, "interrupted"};  // there is no --resume here
        if (!report.ok()) return report.status();
        row->quantize_seconds = report->seconds;
        return Status();
    }

    /// Speed as in use; quality with the activations that were asked for.
    Status measure(const std::string& path, CompareRow* row) {
        const EvaluationSettings& e = options_.evaluation;
        SessionOptions session_options = session_options_;
        session_options.cache_keys = e.session.cache_keys;
        session_options.cache_values = e.session.cache_values;
        auto model = load_for_evaluation(path, e, "int8", options_.common);
        if (!model.ok()) return model.status();
        if (Status s = check_same_vocabulary(*base_, **model); !s.ok()) return s;
        add_sizes(**model, row);
        auto speed = speed_of(*model, session_options);
        if (!speed.ok()) return speed.status();
        row->speed = *speed;
        if (e.activations != "int8") {
            *model = nullptr;
            model = load_for_evaluation(path, e, e.activations, options_.common);
            if (!model.ok()) return model.status();
        }
        auto session = Session::create(*model, session_options);
        if (!session.ok()) return session.status();
        for (const PerplexityProtocol& protocol : perplexity_protocols()) {
            if (Status s = diverge(session->get(), protocol, row); !s.ok()) return s;
        }
        return Status();
    }

    Status diverge(Session* session, const PerplexityProtocol& protocol, CompareRow* row) {
        DivergenceOptions options;
        options.walk.protocol = protocol;
        options.walk.max_windows = windows_of(protocol, options_.evaluation.chunks);
        options.walk.bos = window_bos(base_->tokenizer());
        options.walk.cancel = options_.cancel;
        options.threads = session->threads();
        options.progress = [&](int64_t done, int64_t, const Divergence&) { report(done); };
        auto result = measure_divergence(base_session_.get(), session, tokens_, options);
        if (!result.ok()) return about_text(options_.evaluation.text, result.status());
        done_ += result->walked.evaluated;
        const Divergence& d = result->divergence;
        row->protocols.push_back({d.model().perplexity(), d.model().perplexity_error(), d.ratio(),
                                  d.ratio_error(), result->walked.windows, d.count()});
        if (row->protocols.size() > 1) return Status();
        const double parts[] = {0.99, 1};
        const std::vector<double> kl = d.kl_percentiles(parts);
        row->kl_mean = d.kl_mean();
        row->kl_error = d.kl_error();
        row->kl_p99 = kl[0];
        row->kl_max = kl[1];
        row->top1 = d.same_top();
        row->top1_error = d.same_top_error();
        return Status();
    }

    Result<Speed> speed_of(std::shared_ptr<const Model> model, const SessionOptions& options) {
        report(0, ": speed");
        return measure_speed(std::move(model), options, options_.cancel);
    }

    void report(int64_t done_now, const std::string& step = "") const {
        if (options_.progress) options_.progress(what_ + step, done_ + done_now, total_);
    }

    const CompareOptions& options_;
    std::vector<CompareRow>* rows_;
    std::shared_ptr<const Model> base_;
    std::unique_ptr<Session> base_session_;
    SessionOptions session_options_;
    std::vector<int32_t> tokens_;
    WorkFolder folder_;
    std::string what_;
    int64_t row_tokens_ = 0, total_ = 0, done_ = 0;
};

}  // namespace

Status compare_models(const CompareOptions& options, std::vector<CompareRow>* rows) {
    return Comparison(options, rows).run();
}

}  // namespace quern
