// The loop of quern-chat: prompts from a terminal or a pipe, one a line, answers to stdout,
// everything else to stderr. Lines that begin with '/' are commands, a table in repl.cpp; "//"
// sends a text that begins with '/'.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "common/interrupt.h"
#include "models/conversation.h"
#include "models/model.h"
#include "models/sampler.h"
#include "models/session.h"
#include "tensor/status.h"

namespace quern {

/// Everything the loop works with, made by main.cpp.
struct Chat {
    std::shared_ptr<const Model> model;
    std::unique_ptr<Session> session;
    std::unique_ptr<Conversation> conversation;
    SamplerOptions sampler;
    double load_seconds = 0;
    bool raw = false;
    bool json = false;
    bool quiet = false;
    bool show_prompt = false;
};

class Repl {
  public:
    explicit Repl(Chat* chat) : chat_(*chat) {}

    /// One prompt, one answer. kInterrupted if Ctrl-C stopped it.
    Status answer_once(const std::string& prompt);
    /// Until end of file or /quit. On a terminal failures are shown and the loop goes on; from a
    /// pipe it goes on too and returns the first failure, and Ctrl-C ends it.
    Status run();

  private:
    struct Command;
    static const Command kCommands[];

    Status answer(const std::string& prompt, bool* interrupted);
    Status take_line(const std::string& line);
    /// A Ctrl-C at the prompt: the second of two ends the program, the first says so.
    bool idle_press_ends();
    Status command(const std::string& line);
    void greet() const;

    Status help(const std::string& argument);
    Status reset(const std::string& argument);
    Status stats(const std::string& argument);
    Status system(const std::string& argument);
    Status save(const std::string& argument);
    Status load(const std::string& argument);
    Status quit(const std::string& argument);

    Chat& chat_;
    cli::Interrupt interrupt_;
    using Time = std::chrono::steady_clock::time_point;
    std::optional<Time> idle_press_;
    std::optional<Time> stopped_answer_;  ///< the last Ctrl-C that was meant for an answer
    bool terminal_ = false;
    bool done_ = false;
};

}  // namespace quern
