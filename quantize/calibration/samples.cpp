// Windows do not overlap: every token counts once. They are chosen by a partial shuffle
// (Durstenfeld 1964) with splitmix64, and used in the order of the text.
#include "calibration/samples.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "calibration/default_text.h"
#include "tensor/hash.h"
#include "tensor/splitmix64.h"

namespace quern {
namespace {

std::vector<int64_t> choose(int64_t count, int64_t of, uint64_t seed) {
    std::vector<int64_t> all(static_cast<size_t>(of));
    std::iota(all.begin(), all.end(), 0);
    for (int64_t i = 0; i < count; ++i, seed += kSplitmix64Step) {
        const auto j = i + static_cast<int64_t>(splitmix64(seed) % static_cast<uint64_t>(of - i));
        std::swap(all[static_cast<size_t>(i)], all[static_cast<size_t>(j)]);
    }
    all.resize(static_cast<size_t>(count));
    std::sort(all.begin(), all.end());
    return all;
}

}  // namespace

Result<Samples> choose_samples(const Tokenizer& tokenizer, std::string_view text,
                               const std::string& name, int64_t count, int64_t tokens,
                               uint64_t seed) {
    const auto refused = [](const char* what, int64_t least, int64_t found) {
        return Status(Code::kWrongUse, std::string(what) + " must be " + std::to_string(least) +
                                           " or more, not " + std::to_string(found));
    };
    if (count < 0) return refused("the number of calibration samples", 0, count);
    if (tokens < 1) return refused("the tokens of a calibration sample", 1, tokens);
    auto encoded = tokenizer.encode(text, Tokenizer::Special::kText);
    if (!encoded.ok()) {
        return Status(encoded.status().code(), name + ": " + encoded.status().message());
    }
    const auto all = static_cast<int64_t>(encoded->size());
    const int64_t windows = all / tokens;
    if (count == 0) count = std::min(windows, CalibrationOptions::kDefaultSamples);
    if (windows == 0 || windows < count) {
        return Status(Code::kWrongUse,
                      name + ": has " + std::to_string(all) + " tokens, enough for " +
                          std::to_string(windows) + " samples of " + std::to_string(tokens) +
                          ", but " + std::to_string(std::max<int64_t>(count, 1)) +
                          " were asked for; give a longer text or less --samples or "
                          "--sample-tokens");
    }
    Samples samples{count, tokens, {}, xxh64(text.data(), text.size())};
    for (const int64_t window : choose(count, windows, seed)) {
        const auto begin = encoded->begin() + window * tokens;
        const size_t first = samples.ids.size();
        samples.ids.insert(samples.ids.end(), begin, begin + tokens);
        if (tokenizer.text_bos() >= 0) samples.ids[first] = tokenizer.text_bos();
    }
    return samples;
}

Result<Samples> make_samples(const ModelFile& in, const CalibrationOptions& options,
                             QuantizeReport* report) {
    auto tokens = in.metadata().get_strings("tokenizer.ggml.tokens");
    if (!tokens.ok()) {
        return Status(tokens.status().code(), in.path() + ": " + tokens.status().message());
    }
    auto tokenizer = Tokenizer::create(in.metadata(), static_cast<int64_t>((*tokens)->size()));
    if (!tokenizer.ok()) {
        return Status(tokenizer.status().code(), in.path() + ": " + tokenizer.status().message());
    }
    const bool built_in = options.text.empty();
    const std::string name = built_in ? std::string(kDefaultTextName) : options.name;
    auto samples = choose_samples(**tokenizer, built_in ? default_text() : options.text, name,
                                  options.samples, options.sample_tokens, options.seed);
    if (!samples.ok()) return samples.status();
    report->calibration = name;
    report->text_hash = hash_text(samples->text_hash);
    report->samples = samples->count;
    report->sample_tokens = samples->tokens;
    return samples;
}

}  // namespace quern
