// Settings, frames and values of an earlier run.
#include "resume.h"

#include <algorithm>
#include <cstdio>
#include <memory>

#include "parallel.h"
#include "side_tensors.h"
#include "tensor/hash.h"
#include "tensor/system.h"

namespace quern {
namespace {

/// That formats are chosen for.
std::string size_text(const QuantizeOptions& options) {
    if (options.fit_bytes > 0) return std::to_string(options.fit_bytes) + " bytes";
    if (options.target_bpw <= 0) return "any";
    char text[64];
    std::snprintf(text, sizeof text, "%.17g bits per weight", options.target_bpw);
    return text;
}

/// Everything that decides about the bytes, as lines "key: value".
Result<std::string> resume_settings(const ModelFile& in, const QuantizeOptions& options,
                                    const Samples& samples) {
    // Two inputs that differ anywhere must not be mixed.
    const Result<uint64_t> input = hash_file(in.path(), options.cancel);
    if (!input.ok()) return input.status();
    const RoundingOptions& r = options.rounding;
    char numbers[96];
    std::snprintf(numbers, sizeof numbers, "%d, order %d, damping %.9g, refine %d",
                  static_cast<int>(r.grid), static_cast<int>(r.order),
                  static_cast<double>(r.damping), r.refine_sweeps);
    char shrinkage[32];
    std::snprintf(shrinkage, sizeof shrinkage, "%.9g",
                  static_cast<double>(options.calibration.shrinkage));
    std::string text;
    const auto line = [&](const std::string& key, const std::string& value) {
        text += key + ": " + value + "\n";
    };
    line("version", std::string(version()));
    line("instruction set", std::string(active_isa()));
    line("input", hash_text(input.value()));
    line("method", options.method);
    line("recipe", options.recipe.text());
    line("size", size_text(options));
    for (const Transform& t : transforms()) {
        for (const TransformOption& o : t.options) {
            char value[32];
            std::snprintf(value, sizeof value, "%.9g",
                          static_cast<double>(options.transform.*o.value));
            line(std::string(o.flag), value);
        }
    }
    const Format* later = options.transform.later_format;
    line("made ready for", later ? later->name : "");
    line("static activations", options.static_activations);
    line("training steps", std::to_string(options.code_training_steps) + " of codes, " +
                               std::to_string(options.scale_training_steps) + " of scales");
    line("grid", numbers);
    line("importance", options.importance ? "yes" : "no");
    line("calibration text", hash_text(samples.text_hash));
    line("samples", std::to_string(samples.count));
    line("sample tokens", std::to_string(samples.tokens));
    line("seed", std::to_string(options.calibration.seed));
    line("shrinkage", shrinkage);
    line("equal tokens", options.calibration.equal_tokens ? "yes" : "no");
    return text;
}

}  // namespace

Status out_of_memory() {
    return {Code::kOutOfSpace, "out of memory; close other programs, or give a --max-memory"};
}

Status explain_failure(const Status& status, const std::string& out, const PartialFile* partial) {
    const Code code = status.code();
    const bool interrupted = code == Code::kInterrupted;
    // Other failures, of wrong use or a bad file, would only come again.
    if (!interrupted && code != Code::kOutOfSpace && code != Code::kFailed) return status;
    std::string text = interrupted ? "interrupted; " + out + " was not written" : status.message();
    if (partial && !partial->kept().empty()) {
        text += "; " + partial->path() + " keeps " + partial->kept() +
                ", from where the same command with --resume goes on";
    }
    return {code, text};
}

Result<std::unique_ptr<PartialFile>> open_partial(const ModelFile& in,
                                                  const QuantizeOptions& options,
                                                  const Samples& samples, const std::string& out,
                                                  QuantizeReport* report) {
    auto settings = resume_settings(in, options, samples);
    if (!settings.ok()) return settings.status();
    auto partial = PartialFile::open(out + ".partial", *settings, options.resume);
    if (partial.ok() && !(*partial)->replaced().empty()) {
        warn(options, report,
             (*partial)->path() + " held " + (*partial)->replaced() +
                 " of a run with other settings; it is replaced");
    }
    return partial;
}

Status check_frames(const PartialFile& partial, const std::vector<ExpectedFrame>& expected) {
    const Status damaged(Code::kBadFile,
                         partial.path() +
                             ": does not hold the tensors of its layers in their sizes; it is "
                             "damaged, remove it to start anew");
    const auto frames = static_cast<size_t>(partial.frames());
    if (frames > expected.size()) return damaged;
    const std::vector<FinishedTensor>& finished = partial.finished();
    size_t next = 0;
    for (size_t i = 0; i < frames; ++i) {
        for (const PlannedTensor* p : expected[i].tensors) {
            if (next == finished.size() || finished[next].name != p->tensor->name ||
                finished[next].size != p->bytes()) {
                return damaged;
            }
            ++next;
        }
        if (!skip_side_tensors(expected[i].layer, finished, &next)) return damaged;
    }
    return next == finished.size() ? Status() : damaged;
}

Status restore_tensor(const PartialFile& partial, const FinishedTensor& finished,
                      const PlannedTensor& planned, int threads, const std::atomic<bool>* cancel,
                      LayerTensor* tensor) {
    std::vector<uint8_t> bytes(finished.size);
    if (Status s = partial.read(finished, 0, finished.size, bytes.data()); !s.ok()) return s;
    if (!tensor->is_matrix()) {
        std::copy(bytes.begin(), bytes.end(), reinterpret_cast<uint8_t*>(tensor->vector()));
        return {};
    }
    tensor->keep_rounded(*planned.format, bytes);
    return parallel_for(threads, tensor->tiles(), cancel, [&](int, int64_t i) {
        const int64_t rows = tensor->tile_rows(i), cols = tensor->cols();
        std::vector<float> values(static_cast<size_t>(rows * cols));
        const uint8_t* tile = bytes.data() + static_cast<uint64_t>(i) * planned.unit_bytes();
        planned.format->decode_tile(tile, rows, cols, values.data());
        pack_tile(values.data(), rows, cols, tensor->tile(i));
        return Status();
    });
}

}  // namespace quern
