// The loop of quern-chat, and its commands.
#include "chat/repl.h"

#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <utility>
#include <vector>

#include "chat/line_reader.h"
#include "chat/report.h"
#include "chat/saved_chat.h"
#include "common/options.h"
#include "common/printable.h"
#include "common/program.h"
#include "common/progress.h"
#include "common/table.h"
#include "models/utf8.h"
#include "tensor/system.h"

namespace quern {
namespace {

/// To stderr; stdout carries answers only.
void say(const std::string& text) {
    std::fputs(text.c_str(), stderr);
    std::fflush(stderr);
}

/// On a terminal broken at spaces; lines after the first start at column `indent`.
void say_line(const std::string& text, size_t indent = 0) {
    const bool terminal = isatty(STDERR_FILENO) != 0;
    say((terminal ? cli::wrap(text, cli::terminal_width(), indent) : text) + "\n");
}

std::string counted_messages(size_t n) {
    return std::to_string(n) + (n == 1 ? " message" : " messages");
}

std::string trimmed(const std::string& text) {
    const size_t begin = text.find_first_not_of(" \t");
    if (begin == std::string::npos) return "";
    return text.substr(begin, text.find_last_not_of(" \t") + 1 - begin);
}

void show_prompt(const std::string& text, const std::vector<int32_t>& tokens) {
    std::string ids;
    for (const int32_t token : tokens) ids += " " + std::to_string(token);
    say("--- prompt, " + std::to_string(tokens.size()) + " tokens\n" + text + "\n--- ids" + ids +
        "\n---\n");
}

}  // namespace

struct Repl::Command {
    const char* name;
    const char* argument;  // "" if it takes none
    const char* help;
    bool needs_chat;  // has no meaning with --raw
    Status (Repl::*run)(const std::string& argument);
};

const Repl::Command Repl::kCommands[] = {
    {"/help", "", "this list", false, &Repl::help},
    {"/reset", "", "forget the conversation, keep the system message", true, &Repl::reset},
    {"/stats", "", "model, machine, context, memory, sampling", false, &Repl::stats},
    {"/system", "TEXT", "set the system message; - removes it, without TEXT it is shown", true,
     &Repl::system},
    {"/save", "FILE", "save the conversation", true, &Repl::save},
    {"/load", "FILE", "continue a saved conversation", true, &Repl::load},
    {"/quit", "", "end the program; so does Ctrl-D", false, &Repl::quit},
};

Status Repl::answer(const std::string& prompt, bool* interrupted) {
    AnswerEvents events;
    bool line_open = false;  // an answer is on stdout without its newline
    events.cancel = &interrupt_.flag();
    const bool watched = isatty(STDERR_FILENO) != 0;  // elsewhere it would only be noise
    cli::Progress reading("reading", "tokens", chat_.quiet || !watched);
    events.progress = [&](int64_t done, int64_t total) { reading.update(done, total); };
    if (!chat_.json) {
        events.text = [&](std::string_view piece) {
            reading.finish();
            line_open = piece.back() != '\n';
            return cli::print(piece);
        };
    }
    events.notice = [&](const std::string& sentence) {
        if (line_open) say("\n");
        say_line("[" + sentence + "]");
    };
    if (chat_.show_prompt) events.prompt = show_prompt;

    interrupt_.clear();
    auto result = chat_.conversation->ask(prompt, events);
    reading.finish();
    interrupt_.clear();
    *interrupted = result.ok() && result->finish == Finish::kInterrupted;
    if (!result.ok()) {
        if (line_open && !std::ferror(stdout)) say("\n");
        return result.status();
    }
    Status status;
    if (chat_.json) {
        status = cli::print(answer_json(*result, chat_.sampler.seed));
    } else if (line_open || result->text.empty()) {
        status = cli::print("\n");
    }
    if (!chat_.quiet && !chat_.json) say_line("[" + answer_line(*result) + "]");
    return status;
}

Status Repl::answer_once(const std::string& prompt) {
    bool interrupted = false;
    const Status status = answer(prompt, &interrupted);
    // The statistics line has said so already.
    return interrupted ? Status(Code::kInterrupted, "") : status;
}

Status Repl::run() {
    terminal_ = isatty(STDIN_FILENO) != 0;
    if (terminal_ && !chat_.quiet) greet();
    LineReader reader(STDIN_FILENO, interrupt_.descriptor());
    Status first_failure;
    while (!done_) {
        if (terminal_) say("> ");
        std::string line;
        const LineReader::Event event = reader.read(&line);
        if (event == LineReader::Event::kEnd) {
            if (terminal_) say("\n");
            break;
        }
        if (event == LineReader::Event::kInterrupted) {
            if (terminal_) say("\n");
            if (!terminal_ || interrupt_.must_end() || idle_press_ends()) {
                return Status(Code::kInterrupted, "");
            }
            continue;
        }
        idle_press_.reset();
        interrupt_.clear();
        const Status status = take_line(line);
        if (status.ok()) continue;
        if (status.code() == Code::kInterrupted) return status;
        if (first_failure.ok()) first_failure = status;
        if (std::ferror(stdout)) break;  // nobody reads the answers any more
        say_line("quern-chat: " + status.message());
    }
    if (std::ferror(stdout)) return first_failure;
    // From a pipe the failures have been shown one by one; only the code is left to return.
    return terminal_ ? Status() : Status(first_failure.code(), "");
}

bool Repl::idle_press_ends() {
    // A press right after an answer was stopped was meant for the answer. What is typed without
    // Enter is not seen here, so that a press long ago must not count either.
    constexpr std::chrono::seconds kSamePress(1), kTogether(3);
    const auto now = std::chrono::steady_clock::now();
    interrupt_.clear();
    if (stopped_answer_ && now - *stopped_answer_ < kSamePress) {
        stopped_answer_ = now;
        return false;
    }
    if (idle_press_ && now - *idle_press_ < kTogether) return true;
    idle_press_ = now;
    say_line("(Ctrl-C again ends the program; so do /quit and Ctrl-D)");
    return false;
}

Status Repl::take_line(const std::string& line) {
    const std::string text = trimmed(line);
    if (text.empty()) return Status();
    const bool slash = text[0] == '/';
    const bool escaped = text.compare(0, 2, "//") == 0;
    if (slash && !escaped) return command(text);
    bool interrupted = false;
    const Status status = answer(escaped ? text.substr(1) : line, &interrupted);
    if (interrupted && (!terminal_ || interrupt_.must_end())) {
        return Status(Code::kInterrupted, "");
    }
    if (interrupted) stopped_answer_ = std::chrono::steady_clock::now();
    return status;
}

Status Repl::command(const std::string& line) {
    const size_t space = line.find_first_of(" \t");
    const std::string name = line.substr(0, space);
    const std::string argument = space == std::string::npos ? "" : trimmed(line.substr(space));
    std::vector<std::string> names;
    for (const Command& known : kCommands) {
        names.push_back(known.name);
        if (name != known.name) continue;
        if (known.argument[0] == '\0' && !argument.empty()) {
            return Status(Code::kWrongUse, name + " takes no argument");
        }
        if (known.needs_chat && chat_.raw) {
            return Status(Code::kWrongUse,
                          name + " has no place with --raw: there is no conversation to keep");
        }
        return (this->*known.run)(argument);
    }
    const std::string meant = cli::nearest(name, names);
    return Status(Code::kWrongUse,
                  "unknown command " + name + "; " +
                      (meant.empty() ? "/help lists the commands" : "did you mean " + meant + "?") +
                      " (to send text that begins with a slash, write //)");
}

void Repl::greet() const {
    const ModelInfo& info = chat_.model->info();
    say_line(cli::printable(info.name, cli::kMostName) + ", " +
             cli::human_count(static_cast<double>(info.n_parameters)) + " parameters, " +
             cli::human_bytes(info.weight_bytes) + ", context " +
             std::to_string(chat_.session->context()) + ", " + std::string(active_isa()) + ", " +
             std::to_string(chat_.session->threads()) + " threads");
    say_line("Type a message. /help lists commands, Ctrl-C stops an answer, Ctrl-D ends.");
}

Status Repl::help(const std::string&) {
    constexpr size_t kColumn = 16;
    const auto entry = [](std::string left, const std::string& right) {
        left.resize(kColumn, ' ');
        say(left);
        say_line(right, kColumn);
    };
    for (const Command& known : kCommands) {
        if (known.needs_chat && chat_.raw) continue;
        entry(std::string(known.name) + " " + known.argument, known.help);
    }
    entry("//text", "send a text that begins with a slash");
    entry("Ctrl-C", "stop the answer");
    return Status();
}

Status Repl::reset(const std::string&) {
    chat_.conversation->reset();
    if (!chat_.quiet) say_line("(the conversation is forgotten)");
    return Status();
}

Status Repl::stats(const std::string&) {
    say(statistics(*chat_.model, *chat_.session, chat_.sampler, chat_.load_seconds));
    return Status();
}

Status Repl::system(const std::string& argument) {
    if (argument.empty()) {
        const std::string* own = chat_.conversation->system();
        const std::string standard = chat_.model->chat_template()->default_system();
        const std::string shown = own ? *own : standard + " (the model's own)";
        say_line(own || !standard.empty() ? shown : "(none)");
        return Status();
    }
    if (argument == "-") {
        std::vector<Message> messages = chat_.conversation->messages();
        if (chat_.conversation->system()) messages.erase(messages.begin());
        chat_.conversation->set_messages(std::move(messages));
        const bool own = !chat_.model->chat_template()->default_system().empty();
        if (!chat_.quiet) {
            say_line(own ? "(the model's own system message is used)" : "(no system message)");
        }
        return Status();
    }
    if (find_invalid_utf8(argument) != std::string::npos) {
        return Status(Code::kWrongUse, "the system message is not valid UTF-8");
    }
    chat_.conversation->set_system(argument);
    if (!chat_.quiet) say_line("(the system message is set; /reset starts the conversation over)");
    return Status();
}

Status Repl::save(const std::string& argument) {
    if (argument.empty()) return Status(Code::kWrongUse, "/save needs the name of a file");
    const ModelInfo& info = chat_.model->info();
    const auto& messages = chat_.conversation->messages();
    const Status status = save_chat(argument, {messages, info.hash, info.name});
    if (status.ok() && !chat_.quiet) {
        say_line("(saved " + counted_messages(messages.size()) + " to " + argument + ")");
    }
    return status;
}

Status Repl::load(const std::string& argument) {
    if (argument.empty()) return Status(Code::kWrongUse, "/load needs the name of a file");
    auto saved = load_chat(argument);
    if (!saved.ok()) return saved.status();
    if (saved->model_hash != chat_.model->info().hash) {
        say_line("(warning: " + argument + " was saved with another model, " +
                 cli::printable(saved->model_name, cli::kMostName) + ")");
    }
    if (!chat_.quiet) say_line("(loaded " + counted_messages(saved->messages.size()) + ")");
    chat_.conversation->set_messages(std::move(saved->messages));
    return Status();
}

Status Repl::quit(const std::string&) {
    done_ = true;
    return Status();
}

}  // namespace quern
