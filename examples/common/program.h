// What every program is: a name, one or more commands, the options they all share, one exit-code
// table. main() is `return run_program(argc, argv, my_program());`.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/options.h"
#include "tensor/status.h"

namespace quern::cli {

/// The options that every program takes.
struct Common {
    bool quiet = false;
    int32_t threads = 0;  ///< 0: not given; the library then uses default_threads()
    int64_t seed = -1;    ///< -1: not given
};

struct Example {
    std::string command;
    std::string what;
};

/// A section of the help text that explains a choice: terms and what to know about them.
struct Topic {
    std::string title;
    std::vector<std::pair<std::string, std::string>> entries;
};

/// One thing a program does. Adding one to a program is one file that makes it and one line in the
/// program's list.
struct Command {
    std::string name;         ///< empty: what the program does without the name of a command
    std::string summary;      ///< one line for the list of commands
    std::string description;  ///< a paragraph for --help
    std::vector<Positional> positionals;
    std::vector<OptionGroup> groups;  ///< the common options are added to them
    std::vector<Topic> topics;        ///< between the options and the examples
    std::vector<Example> examples;
    std::function<Status(const Common&)> run;
    std::string seed_default{};  ///< what --seed is unless given; empty: it has no effect
};

struct Program {
    std::string name;         ///< "quern-eval"
    std::string description;  ///< a paragraph, if no command has an empty name
    std::vector<Command> commands;
};

/// Parses, answers --help, --version and --system-info (also --system, unless a command uses that
/// name itself), checks the environment, runs the command and turns its Status into the exit code.
/// No exception leaves it. Messages go to stderr after the program's name.
int run_program(int argc, char** argv, Program program);

/// The help text of `command`, at most 100 columns wide; nullptr: of the program as a whole.
std::string help_text(const Program& program, const Command* command,
                      const std::vector<OptionGroup>& common);

/// Prints "quern-x: message" to stderr.
void print_message(const std::string& program, const std::string& message);
/// Writes to stdout at once. Fails if it cannot: a full disk, or (without a message) a closed pipe.
Status print(std::string_view text);

}  // namespace quern::cli
