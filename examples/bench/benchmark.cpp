// Loading, warming up, repeating.
#include "bench/benchmark.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>

#include "bench/machine.h"
#include "bench/synthetic.h"
#include "common/memory.h"
#include "models/model.h"
#include "tensor/kv_cache.h"

namespace quern {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

Status check_options(const BenchmarkOptions& o) {
    if (o.model.empty() == o.synthetic.empty()) {
        return Status(Code::kWrongUse, o.model.empty()
                                           ? "nothing to measure: name a model or --synthetic SHAPE"
                                           : "both a model and --synthetic; name one of them");
    }
    if (o.prompt == 0 && o.generate == 0) {
        return Status(Code::kWrongUse,
                      "nothing to measure: --prompt and --generate are both 0; raise one of them");
    }
    if (o.batch > 1 && o.generate == 0) {
        return Status(Code::kWrongUse,
                      "--batch is about generating, but --generate is 0; raise it");
    }
    return Status();
}

Limits mean_of(const Limits& a, const Limits& b) {
    return {(a.int8 + b.int8) / 2, (a.f32 + b.f32) / 2, (a.bf16 + b.bf16) / 2,
            (a.read + b.read) / 2};
}

/// Of each limit by itself.
Limits median_of(std::span<const Limits> all) {
    std::vector<double> int8, f32, bf16, read;
    for (const Limits& limits : all) {
        int8.push_back(limits.int8);
        f32.push_back(limits.f32);
        bf16.push_back(limits.bf16);
        read.push_back(limits.read);
    }
    return {spread_of(int8).median, spread_of(f32).median, spread_of(bf16).median,
            spread_of(read).median};
}

class Runner {
  public:
    explicit Runner(const BenchmarkOptions& options) : options_(options) {
        const struct {
            const char* name;
            int64_t steps, sequences;
        } kinds[] = {{"prompt", options.prompt, 1},
                     {"generate", options.generate, 1},
                     {"batch", options.batch > 1 ? options.generate : 0, options.batch}};
        for (const auto& kind : kinds) {
            if (kind.steps == 0) continue;
            result_.runs.emplace_back();
            result_.runs.back().name = kind.name;
            result_.runs.back().steps = kind.steps;
            result_.runs.back().sequences = kind.sequences;
        }
        const auto per_run = 1 + options.repeat * (options.ops ? 2 : 1);
        total_ = static_cast<int64_t>(result_.runs.size()) * per_run;
    }

    Result<Benchmark> run() {
        if (Status s = load(); !s.ok()) return s;
        if (Status s = plan_memory(); !s.ok()) return s;
        if (Status s = warm_up(); !s.ok()) return s;
        if (Status s = measure(); !s.ok()) return s;
        return std::move(result_);
    }

  private:
    /// Only the making of a synthetic model is not counted as loading.
    Status load() {
        ModelOptions model_options;
        model_options.threads = options_.session.threads;
        model_options.need_tokenizer = false;
        std::unique_ptr<ModelFile> file;
        if (!options_.synthetic.empty()) {
            auto made = make_synthetic(options_.synthetic, options_.format);
            if (!made.ok()) return made.status();
            file = std::move(*made);
        }
        SessionOptions session_options = options_.session;
        session_options.context =
            options_.depth + std::max({options_.prompt, options_.generate, int64_t{1}});
        session_options.sequences = options_.batch;

        const Clock::time_point start = Clock::now();
        auto model = file ? Model::load(std::move(file), model_options)
                          : Model::load(options_.model, model_options);
        if (!model.ok()) return model.status();
        choose_cache_formats(**model, &session_options);
        auto session = Session::create(*model, session_options);
        if (!session.ok()) return session.status();
        result_.load_seconds = seconds_since(start);
        session_ = std::move(*session);

        const ModelInfo& info = (*model)->info();
        work_ = work_of((*model)->file());
        const int64_t blocks = (session_options.context + KvCache::kBlock - 1) / KvCache::kBlock;
        work_.cache_bytes_per_token =
            static_cast<double>(session_->memory().cache) /
            static_cast<double>(blocks * KvCache::kBlock * options_.batch);
        result_.model = (*model)->file().path();
        result_.format = work_.format->name;
        result_.cache_keys = find_format(session_options.cache_keys)->name;
        result_.cache_values = find_value_format(session_options.cache_values)->name;
        result_.model_hash = info.hash;
        result_.file_bytes = (*model)->file().file_bytes();
        result_.n_parameters = info.n_parameters;
        result_.threads = session_->threads();
        result_.depth = options_.depth;
        result_.repeat = options_.repeat;
        const int64_t most = options_.depth + std::max(options_.prompt, options_.generate);
        tokens_.resize(static_cast<size_t>(most));
        for (size_t i = 0; i < tokens_.size(); ++i) {  // far apart in the vocabulary
            tokens_[i] = static_cast<int32_t>(i * 7919 % static_cast<size_t>(info.vocab_size));
        }
        return Status();
    }

    /// What the process will take, before it does.
    Status plan_memory() {
        Status s = session_->prepare(1, 1);  // before every repetition
        if (s.ok() && options_.depth > 0) s = session_->prepare(options_.depth, 0);
        for (const Run& run : result_.runs) {
            const int64_t tokens = is_prompt(run) ? run.steps : run.sequences;
            if (s.ok()) s = session_->prepare(tokens, is_prompt(run) ? 1 : tokens);
        }
        if (!s.ok()) return s;
        result_.memory = session_->memory();
        if (options_.planned) options_.planned(result_);
        return Status();
    }

    /// Fills the cache up to the depth; every run once, so that all memory is in use.
    Status warm_up() {
        if (options_.depth > 0) {
            progress("filling the cache");
            for (int64_t i = options_.batch; i-- > 0;) {  // at last the one that is measured alone
                session_->select(i);
                if (Status s = eval(0, options_.depth, 0); !s.ok()) return s;
            }
        }
        for (const Run& run : result_.runs) {
            progress("warming up");
            auto seconds = repeat_once(run);
            if (!seconds.ok()) return seconds.status();
            ++done_;
        }
        result_.peak_memory = cli::peak_memory();
        return Status();
    }

    Status measure() {
        const double per_token = work_.bytes_per_token(options_.depth);
        Machine machine(session_->threads(), options_.buffer, static_cast<uint64_t>(per_token));
        const size_t n_runs = result_.runs.size();
        std::vector<std::vector<Repetition>> repetitions(n_runs);
        Limits before = machine.sample();
        for (int64_t i = 0; i < options_.repeat; ++i) {
            for (size_t r = 0; r < n_runs; ++r) {
                progress(result_.runs[r].name);
                auto measured = measure_once(result_.runs[r], &machine, &before);
                if (!measured.ok()) return measured.status();
                repetitions[r].push_back(*measured);
            }
        }
        for (size_t r = 0; r < n_runs; ++r) {
            Run& run = result_.runs[r];
            run.cost = is_prompt(run)
                           ? prompt_cost(work_, options_.depth, run.steps, options_.session.chunk)
                           : generate_cost(work_, options_.depth, run.steps, run.sequences);
            summarize(repetitions[r], *work_.format, &run);
        }
        if (options_.batch > 1) {
            result_.runs.back().times_one =
                times_one(repetitions[n_runs - 2], repetitions[n_runs - 1], options_.batch);
        }
        if (options_.ops) {
            for (Run& run : result_.runs) {
                if (Status s = profile(&run, &machine, &before); !s.ok()) return s;
            }
        }
        result_.machine = {machine.int8(),        machine.f32(),        machine.bf16(),
                           machine.read_large(),  machine.read_small(), machine.stage(),
                           machine.large_bytes(), machine.small_bytes()};
        return Status();
    }

    /// A repetition. `before`: the sample before it; then the one after it.
    Result<Repetition> measure_once(const Run& run, Machine* machine, Limits* before,
                                    Profile* profile = nullptr) {
        auto seconds = repeat_once(run, profile);
        if (!seconds.ok()) return seconds.status();
        ++done_;
        const Limits after = machine->sample();
        const Repetition repetition{*seconds, mean_of(*before, after)};
        *before = after;
        return repetition;
    }

    /// The same again with every op as a stage of its own, which is why it is not the measurement
    /// itself.
    Status profile(Run* run, Machine* machine, Limits* before) {
        std::vector<Limits> limits;
        for (int64_t i = 0; i < options_.repeat; ++i) {
            progress(run->name + ", per op");
            auto measured = measure_once(*run, machine, before, &run->profile);
            if (!measured.ok()) return measured.status();
            limits.push_back(measured->limits);
        }
        run->profile_limits = median_of(limits);
        return Status();
    }

    /// One untimed token brings the weights back where the last run left them; then the run.
    Result<double> repeat_once(const Run& run, Profile* profile = nullptr) {
        for (int64_t i = options_.batch; i-- > 0;) {
            session_->select(i);
            session_->truncate(options_.depth);
        }
        if (Status s = eval(options_.depth, 1, 1); !s.ok()) return s;
        session_->truncate(options_.depth);
        session_->set_profile(profile);
        const Clock::time_point start = Clock::now();
        Status status;
        if (is_prompt(run)) {
            status = eval(options_.depth, run.steps, 1);
        } else {
            for (int64_t i = 0; i < run.steps && status.ok(); ++i) {
                status = run.sequences > 1 ? eval_batch(options_.depth + i)
                                           : eval(options_.depth + i, 1, 1);
            }
        }
        const double seconds = seconds_since(start);
        session_->set_profile(nullptr);
        if (!status.ok()) return status;
        return seconds;
    }

    Status eval(int64_t begin, int64_t count, int64_t n_logits) {
        const auto tokens = std::span<const int32_t>(tokens_).subspan(static_cast<size_t>(begin),
                                                                      static_cast<size_t>(count));
        return session_->eval(tokens, n_logits, options_.cancel);
    }

    /// The token at `position` of every sequence: another one for each.
    Status eval_batch(int64_t position) {
        batch_.clear();
        for (int64_t i = 0; i < options_.batch; ++i) {
            const auto at = static_cast<size_t>(position + i) % tokens_.size();
            batch_.push_back({static_cast<int32_t>(i), tokens_[at]});
        }
        return session_->eval_batch(batch_, options_.cancel);
    }

    static bool is_prompt(const Run& run) { return run.name == "prompt"; }

    void progress(const std::string& what) const {
        if (options_.progress) options_.progress(done_, total_, what);
    }

    const BenchmarkOptions& options_;
    Benchmark result_;
    int64_t done_ = 0, total_ = 0;  ///< repetitions
    std::unique_ptr<Session> session_;
    ModelWork work_;
    std::vector<int32_t> tokens_;
    std::vector<SequenceToken> batch_;
};

}  // namespace

void summarize(std::span<const Repetition> repetitions, const Format& format, Run* run) {
    std::vector<double> speeds, percents;
    std::vector<Limits> limits;
    for (const Repetition& r : repetitions) {
        speeds.push_back(static_cast<double>(run->tokens()) / r.seconds);
        percents.push_back(100 * limit_of(run->cost, r.limits, format).seconds / r.seconds);
        limits.push_back(r.limits);
    }
    run->tokens_per_s = spread_of(speeds);
    run->percent_of_limit = spread_of(percents);
    run->limits = median_of(limits);
    run->limit = limit_of(run->cost, run->limits, format);
}

double times_one(std::span<const Repetition> one, std::span<const Repetition> batch,
                 int64_t sequences) {
    std::vector<double> times;
    for (size_t i = 0; i < batch.size(); ++i) {
        times.push_back(static_cast<double>(sequences) * one[i].seconds / batch[i].seconds);
    }
    return spread_of(times).median;
}

Result<Benchmark> run_benchmark(const BenchmarkOptions& options) {
    if (Status s = check_options(options); !s.ok()) return s;
    return Runner(options).run();
}

}  // namespace quern
