// quern-chat MODEL: options, loading, and the choice between one answer and a conversation.
#include <chrono>
#include <memory>
#include <optional>
#include <utility>

#include "chat/repl.h"
#include "common/cache_options.h"
#include "common/context_warning.h"
#include "common/program.h"
#include "models/conversation.h"
#include "models/model.h"
#include "models/session.h"
#include "models/utf8.h"

namespace quern {
namespace {

struct Settings {
    std::string model;
    std::optional<std::string> prompt;
    std::optional<std::string> system;
    SamplerOptions sampler;
    bool greedy = false;
    int64_t max_tokens = 0;
    SessionOptions session;
    bool raw = false;
    bool show_prompt = false;
    bool no_map = false;
    bool json = false;
};

constexpr int64_t kMostTokens = int64_t{1} << 24;
constexpr double kMostPenalty = 100;

std::vector<cli::OptionGroup> option_groups(Settings* s) {
    return {
        {"Conversation",
         {cli::text("prompt", "TEXT", &s->prompt, "answer this once and exit"),
          cli::text("system", "TEXT", &s->system,
                    "the system message: who the model is, how it should answer")
              .with_default("the model's own"),
          cli::integer("max-tokens", "N", &s->max_tokens, 1, kMostTokens,
                       "stop an answer after N tokens")
              .with_default("no limit"),
          cli::integer("context", "N", &s->session.context, 8, kMostTokens,
                       "tokens the model can look back on; when they are used up the oldest turns "
                       "are dropped")
              .with_default("the model's, at most 4096"),
          cli::flag(
              "raw", &s->raw,
              "continue each prompt as plain text, without chat template or memory: for models "
              "that were not made for chat"),
          cli::flag("show-prompt", &s->show_prompt,
                    "print the text and the token ids that go to the model"),
          cli::flag("json", &s->json, "print each answer as one JSON object"),
          cli::flag("no-map", &s->no_map, "copy the model into memory, do not map the file")}},
        {"KV cache", cli::cache_options(&s->session)},
        {"Sampling, in this order",
         {cli::real("repetition-penalty", "X", &s->sampler.repetition_penalty, 0.01, kMostPenalty,
                    "make recent tokens X times less likely; 1 is off"),
          cli::real("frequency-penalty", "X", &s->sampler.frequency_penalty, -kMostPenalty,
                    kMostPenalty, "lower a token's logit by X each time it occurred"),
          cli::real("presence-penalty", "X", &s->sampler.presence_penalty, -kMostPenalty,
                    kMostPenalty, "lower the logit of every token that occurred by X"),
          cli::integer("penalty-window", "N", &s->sampler.penalty_window, 0, kMostTokens,
                       "how many recent tokens the penalties look at"),
          cli::integer("top-k", "K", &s->sampler.top_k, 0, kMostTokens,
                       "keep the K likeliest tokens; 0 keeps all"),
          cli::real("temperature", "T", &s->sampler.temperature, 0, 100,
                    "below 1 more predictable, above 1 more surprising, 0 greedy"),
          cli::real("top-p", "P", &s->sampler.top_p, 0, 1,
                    "keep the likeliest tokens that together have probability P; 1 keeps all"),
          cli::real("min-p", "P", &s->sampler.min_p, 0, 1,
                    "drop tokens below P times the probability of the likeliest"),
          cli::flag("greedy", &s->greedy,
                    "always take the likeliest token: the same as --temperature 0")}}};
}

/// Small enough to be typed again.
uint64_t seed_from_clock() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const auto microseconds = std::chrono::duration_cast<std::chrono::microseconds>(now).count();
    return static_cast<uint64_t>(microseconds) % 1'000'000'000;
}

Status check_texts(const Settings& settings) {
    const std::pair<const char*, const std::optional<std::string>*> texts[] = {
        {"--prompt", &settings.prompt}, {"--system", &settings.system}};
    for (const auto& [name, text] : texts) {
        const size_t bad = *text ? find_invalid_utf8(**text) : std::string::npos;
        if (bad == std::string::npos) continue;
        return Status(Code::kWrongUse, std::string(name) + " is not valid UTF-8: byte " +
                                           std::to_string(bad) + " cannot be part of a character");
    }
    if (settings.prompt && settings.prompt->empty()) {
        return Status(Code::kWrongUse, "--prompt is empty; write some text");
    }
    if (settings.raw && settings.system) {
        return Status(Code::kWrongUse,
                      "--raw uses no chat template, so --system has no place; "
                      "leave one of them out");
    }
    return Status();
}

Status check_template(const Settings& settings, const Model& model) {
    if (settings.raw || model.chat_template()) return Status();
    return Status(Code::kBadFile, settings.model + " cannot be used for chat: " +
                                      model.chat_template_error().message() +
                                      " (--raw continues text without a template)");
}

Status load(const Settings& settings, const cli::Common& common, Chat* chat) {
    const auto start = std::chrono::steady_clock::now();
    ModelOptions model_options;
    model_options.map = !settings.no_map;
    model_options.threads = common.threads;
    auto model = Model::load(settings.model, model_options);
    if (!model.ok()) return model.status();
    if (Status status = check_template(settings, **model); !status.ok()) return status;
    cli::warn_of_long_context("quern-chat", settings.session.context,
                              (*model)->info().context_length);
    SessionOptions session_options = settings.session;
    session_options.threads = common.threads;
    auto session = Session::create(*model, session_options);
    if (!session.ok()) return session.status();
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    chat->load_seconds = seconds.count();
    chat->model = std::move(*model);
    chat->session = std::move(*session);
    return Status();
}

Status run_chat(const Settings& settings, const cli::Common& common) {
    Chat chat;
    chat.sampler = settings.sampler;
    if (settings.greedy) chat.sampler.temperature = 0;
    chat.sampler.seed = common.seed < 0 ? seed_from_clock() : static_cast<uint64_t>(common.seed);
    chat.raw = settings.raw;
    chat.json = settings.json;
    chat.quiet = common.quiet;
    chat.show_prompt = settings.show_prompt;
    Status status = check_texts(settings);
    if (status.ok()) status = check_sampler_options(chat.sampler);
    if (status.ok()) status = load(settings, common, &chat);
    if (!status.ok()) return status;

    const ChatTemplate* chat_template = settings.raw ? nullptr : chat.model->chat_template();
    chat.conversation =
        std::make_unique<Conversation>(chat.session.get(), &chat.model->tokenizer(), chat_template,
                                       chat.sampler, settings.max_tokens);
    if (settings.system) chat.conversation->set_system(*settings.system);
    Repl repl(&chat);
    return settings.prompt ? repl.answer_once(*settings.prompt) : repl.run();
}

cli::Program program() {
    auto settings = std::make_shared<Settings>();
    cli::Command command;
    command.description =
        "Talks with a language model on this computer. Without --prompt it reads messages, from a "
        "terminal or "
        "one a line from a pipe, and answers each; the conversation is remembered. Answers go to "
        "the "
        "standard output, everything else to the standard error. On a terminal, /help lists "
        "commands.";
    command.positionals = {{"MODEL", "a .quern or .gguf file", &settings->model}};
    command.groups = option_groups(settings.get());
    command.examples = {
        {"quern-chat model.quern", "a conversation"},
        {"quern-chat model.quern --prompt 'What is quantization?' --greedy",
         "one answer, the same every time"},
        {"quern-chat model.quern --json < questions.txt", "one JSON object per line of the file"},
        {"quern-chat base.gguf --raw --prompt 'Once upon a time' --max-tokens 100",
         "continue a text with a model that has no chat template"}};
    command.run = [settings](const cli::Common& common) { return run_chat(*settings, common); };
    command.seed_default = "from the clock";
    return {"quern-chat", "", {command}};
}

}  // namespace
}  // namespace quern

int main(int argc, char** argv) { return quern::cli::run_program(argc, argv, quern::program()); }
