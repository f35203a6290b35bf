// Calibration samples: windows of a text's tokens, all of one length, chosen by a seed.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "models/tokenizer.h"
#include "quantize/quantize.h"
#include "tensor/model_file.h"
#include "tensor/status.h"

namespace quern {

struct Samples {
    int64_t count = 0;
    int64_t tokens = 0;        ///< of each
    std::vector<int32_t> ids;  ///< [count, tokens]
    uint64_t text_hash = 0;    ///< XXH64 of the text they are from

    std::span<const int32_t> sample(int64_t i) const {
        return {ids.data() + i * tokens, static_cast<size_t>(tokens)};
    }
};

/// The text's tokens are cut into windows of `tokens`; `count` different ones are taken, as the
/// seed decides (0: all, at most CalibrationOptions::kDefaultSamples). If the model begins texts
/// with BOS, it replaces the first token of each. Fails if the text has too few, saying how many it
/// has; `name` is the text's.
Result<Samples> choose_samples(const Tokenizer& tokenizer, std::string_view text,
                               const std::string& name, int64_t count, int64_t tokens,
                               uint64_t seed);

/// choose_samples() with the model's tokenizer, as the options ask; `report` gets their numbers.
Result<Samples> make_samples(const ModelFile& in, const CalibrationOptions& options,
                             QuantizeReport* report);

}  // namespace quern
