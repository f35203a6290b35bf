// What every program is: choosing the command, the shared options, exit codes, exceptions.
#include "common/program.h"

#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>
#include <filesystem>
#include <new>

#include "common/interrupt.h"
#include "common/progress.h"
#include "common/table.h"
#include "tensor/system.h"

namespace quern::cli {
namespace {

/// What --help and its like asked for.
struct Requests {
    bool help = false;
    bool version = false;
    bool system = false;
};

Option stopping(Option option) {
    option.stops = true;
    return option;
}

bool has_option(const Command& command, std::string_view name) {
    for (const OptionGroup& group : command.groups) {
        for (const Option& option : group.options) {
            if (option.name == name) return true;
        }
    }
    return false;
}

OptionGroup common_options(const Command* command, Common* common, Requests* requests) {
    constexpr int64_t kMaxThreads = 1024;
    constexpr int64_t kMaxSeed = std::numeric_limits<int64_t>::max();
    const std::string seed_default = command ? command->seed_default : "";
    Option seed = integer("seed", "N", &common->seed, 0, kMaxSeed,
                          seed_default.empty() ? "no effect here: nothing is random"
                                               : "seed of everything that is random")
                      .with_default(seed_default);
    OptionGroup group{"Common options", {}};
    group.options = {
        flag("quiet", &common->quiet, "only results and errors: no progress, no statistics"),
        integer("threads", "N", &common->threads, 1, kMaxThreads,
                "threads to work with; results do not depend on it")
            .with_default("physical cores"),
        std::move(seed),
        stopping(flag("help", &requests->help, "this text")),
        stopping(flag("version", &requests->version, "the version and the kernels in use")),
        stopping(flag("system-info", &requests->system,
                      "one line about this machine and the instruction sets available")),
    };
    // --system is short for --system-info wherever it does not mean the system message.
    if (!command || !has_option(*command, "system")) {
        group.options.push_back(
            stopping(flag("system", &requests->system, "the same as --system-info")));
    }
    return group;
}

/// Index of the first argument that is not a common option or its value; it may name a command.
size_t command_position(const std::vector<std::string>& arguments) {
    Common common;
    Requests requests;
    const OptionGroup group = common_options(nullptr, &common, &requests);
    size_t at = 0;
    while (at < arguments.size()) {
        const Option* found = nullptr;
        for (const Option& option : group.options) {
            const std::string name = "--" + option.name;
            if (arguments[at].substr(0, arguments[at].find('=')) == name) found = &option;
        }
        if (!found) break;
        const bool value_follows =
            !found->value.empty() && arguments[at].find('=') == std::string::npos;
        at += value_follows ? 2 : 1;
    }
    return at;
}

/// Takes a command's name out of the arguments. nullptr: there is none, and no default.
Result<const Command*> choose_command(const Program& program, std::vector<std::string>* arguments) {
    const size_t at = command_position(*arguments);
    const Command* otherwise = nullptr;
    std::vector<std::string> names;
    for (const Command& command : program.commands) {
        if (command.name.empty()) otherwise = &command;
        if (command.name.empty() || at >= arguments->size()) continue;
        if (command.name == (*arguments)[at]) {
            arguments->erase(arguments->begin() + static_cast<std::ptrdiff_t>(at));
            return &command;
        }
        names.push_back(command.name);
    }
    const bool named = at < arguments->size() && (*arguments)[at][0] != '-';
    if (!named) return otherwise;
    const std::string& word = (*arguments)[at];
    const std::string meant = nearest(word, names);
    std::error_code ignored;
    if (otherwise && (meant.empty() || std::filesystem::exists(word, ignored))) return otherwise;
    return Status(Code::kWrongUse, "'" + word + "' is " +
                                       (otherwise ? "neither a file nor a command" : "no command") +
                                       "; " +
                                       (meant.empty() ? "" : "did you mean " + meant + "? Or ") +
                                       "see " + program.name + " --help");
}

std::string version_line(const std::string& name) {
    return name + " " + std::string(version()) + " (" + std::string(active_isa()) + ")\n";
}

Status run_parsed(const Program& program, const std::vector<std::string>& given) {
    std::vector<std::string> arguments = given;
    Result<const Command*> chosen = choose_command(program, &arguments);
    if (!chosen.ok()) return chosen.status();
    const Command* command = *chosen;

    Common common;
    Requests requests;
    std::vector<OptionGroup> shared = {common_options(command, &common, &requests)};
    std::vector<OptionGroup> groups = shared;
    std::string full_name = program.name;
    if (command) {
        groups.insert(groups.begin(), command->groups.begin(), command->groups.end());
        if (!command->name.empty()) full_name += " " + command->name;
    }
    bool stopped = false;
    const std::vector<Positional> none;
    Status status = parse_arguments(arguments, groups, command ? command->positionals : none,
                                    full_name, &stopped);
    const Status no_command(Code::kWrongUse,
                            "a command is missing; see " + program.name + " --help for the list");
    if (!status.ok()) return command ? status : no_command;
    if (requests.help) return print(help_text(program, command, shared));
    if (status = check_environment(); !status.ok()) return status;
    if (requests.version) return print(version_line(program.name));
    if (requests.system) return print(system_line() + "\n");
    return command ? command->run(common) : no_command;
}

}  // namespace

void print_message(const std::string& program, const std::string& message) {
    const std::string line = program + ": " + message;
    const bool terminal = isatty(STDERR_FILENO) != 0;
    std::fprintf(stderr, "%s\n", (terminal ? wrap(line, terminal_width(), 0) : line).c_str());
}

Status print(std::string_view text) {
    const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
    if (written && std::fflush(stdout) == 0) return Status();
    if (errno == EPIPE) return Status(Code::kFailed, "");  // the reader has seen enough
    const bool full = errno == ENOSPC || errno == EDQUOT || errno == EFBIG;
    const Code code = full ? Code::kOutOfSpace : Code::kFailed;
    return Status(code, std::string("cannot write to the standard output: ") +
                            std::strerror(errno) + "; the output is incomplete");
}

int run_program(int argc, char** argv, Program program) {
    // A closed pipe and a limit on file sizes become errors of write(), and the way out removes
    // unfinished files.
    for (const int signal : {SIGPIPE, SIGXFSZ}) std::signal(signal, SIG_IGN);
    Status status;
    try {
        const std::vector<std::string> arguments(argv + (argc > 0 ? 1 : 0), argv + argc);
        status = run_parsed(program, arguments);
    } catch (const std::bad_alloc&) {
        status = Status(Code::kOutOfSpace,
                        "out of memory; close other programs, or use a smaller model or context");
    } catch (const std::exception& error) {
        status = Status(Code::kFailed, error.what());
    }
    if (!status.ok() && !status.message().empty()) print_message(program.name, status.message());
    if (status.code() == Code::kInterrupted) return interrupted_exit_code();
    return static_cast<int>(status.code());
}

}  // namespace quern::cli
