// What quern-chat says about its work.
#include "chat/report.h"

#include "common/json.h"
#include "common/memory.h"
#include "common/printable.h"
#include "common/table.h"
#include "tensor/system.h"

namespace quern {
namespace {

double rate(int64_t tokens, double seconds) {
    return seconds > 0 ? static_cast<double>(tokens) / seconds : 0;
}

std::string tokens_at(int64_t tokens, const std::string& note, int64_t timed, double seconds) {
    std::string out = std::to_string(tokens) + (tokens == 1 ? " token" : " tokens") + note;
    if (timed > 0 && seconds > 0) out += ", " + cli::fixed(rate(timed, seconds), 1) + " tokens/s";
    return out;
}

std::string sampling(const SamplerOptions& s) {
    const std::string penalties =
        ", penalties: repetition " + cli::short_number(s.repetition_penalty) + ", frequency " +
        cli::short_number(s.frequency_penalty) + ", presence " +
        cli::short_number(s.presence_penalty) + ", window " + std::to_string(s.penalty_window);
    if (s.temperature == 0) return "greedy" + penalties;
    return "temperature " + cli::short_number(s.temperature) + ", top-k " +
           std::to_string(s.top_k) + ", top-p " + cli::short_number(s.top_p) + ", min-p " +
           cli::short_number(s.min_p) + penalties;
}

}  // namespace

std::string answer_line(const Answer& answer) {
    const int64_t fresh = answer.prompt_evaluated;
    const std::string note =
        fresh < answer.prompt_tokens ? " (" + std::to_string(fresh) + " new)" : "";
    std::string line =
        "prompt " + tokens_at(answer.prompt_tokens, note, fresh, answer.prompt_seconds) +
        "; answer " +
        tokens_at(answer.answer_tokens, "", answer.answer_tokens, answer.answer_seconds);
    if (answer.finish != Finish::kEnd) {
        line += "; stopped: " + std::string(finish_name(answer.finish));
    }
    return line;
}

std::string answer_json(const Answer& answer, uint64_t seed) {
    cli::Json json;
    json.begin_object().member("text", answer.text);
    json.member("finish_reason", finish_name(answer.finish));
    json.member("prompt_tokens", answer.prompt_tokens);
    json.member("prompt_tokens_evaluated", answer.prompt_evaluated);
    json.member("prompt_seconds", answer.prompt_seconds);
    json.member("prompt_tokens_per_second", rate(answer.prompt_evaluated, answer.prompt_seconds));
    json.member("answer_tokens", answer.answer_tokens);
    json.member("answer_seconds", answer.answer_seconds);
    json.member("answer_tokens_per_second", rate(answer.answer_tokens, answer.answer_seconds));
    json.member("seed", seed);
    return json.end_object().text() + "\n";
}

std::string statistics(const Model& model, const Session& session, const SamplerOptions& sampler,
                       double load_seconds) {
    const ModelInfo& info = model.info();
    const Session::Memory memory = session.memory();
    const std::string parameters = cli::human_count(static_cast<double>(info.n_parameters));
    const auto line = [](std::string name, const std::string& value) {
        name.resize(10, ' ');
        return name + value + "\n";
    };
    return line("model", cli::printable(info.name, cli::kMostName) + " (" + info.architecture +
                             ", " + parameters + " parameters), " + model.file().path()) +
           line("loaded in", cli::fixed(load_seconds, 2) + " s, " + model.file().kind()) +
           line("machine",
                std::string(active_isa()) + ", " + std::to_string(session.threads()) + " threads") +
           line("context", std::to_string(session.position()) + " of " +
                               std::to_string(session.context()) + " tokens used") +
           line("memory", "weights " + cli::human_bytes(memory.weights) + ", cache " +
                              cli::human_bytes(memory.cache) + ", scratch " +
                              cli::human_bytes(memory.scratch) + ", peak of the process " +
                              cli::human_bytes(cli::peak_memory())) +
           line("sampling", sampling(sampler)) + line("seed", std::to_string(sampler.seed));
}

}  // namespace quern
