// What quern-chat says about its work: the line after an answer, an answer as JSON, /stats.
#pragma once

#include <cstdint>
#include <string>

#include "models/conversation.h"
#include "models/model.h"
#include "models/sampler.h"
#include "models/session.h"

namespace quern {

/// "prompt 31 tokens (12 new), 254.1 tokens/s; answer 48 tokens, 71.3 tokens/s", and why it
/// stopped if the model did not end it.
std::string answer_line(const Answer& answer);
/// One JSON object on a line of its own.
std::string answer_json(const Answer& answer, uint64_t seed);
/// Several lines: model, machine, context, memory, sampling.
std::string statistics(const Model& model, const Session& session, const SamplerOptions& sampler,
                       double load_seconds);

}  // namespace quern
