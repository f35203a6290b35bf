// The help text, made from the same tables as the parser.
#include <algorithm>

#include "common/program.h"
#include "common/table.h"

namespace quern::cli {
namespace {

constexpr size_t kWidth = 100;
constexpr size_t kMaxLeft = 28;  // a longer left part gets a line of its own

/// "  left      right, wrapped", with the right part at column `column`.
std::string entry(const std::string& left, const std::string& right, size_t column) {
    std::string line = "  " + left;
    if (right.empty()) return line + "\n";
    line += line.size() + 2 > column ? "\n" + std::string(column, ' ')
                                     : std::string(column - line.size(), ' ');
    return line + wrap(right, kWidth, column) + "\n";
}

using Entries = std::vector<std::pair<std::string, std::string>>;

std::string section(const std::string& title, const Entries& entries) {
    if (entries.empty()) return "";
    size_t column = 0;
    for (const auto& [left, right] : entries) {
        if (left.size() <= kMaxLeft) column = std::max(column, left.size() + 4);
    }
    if (column == 0) column = kMaxLeft + 4;
    std::string out = "\n" + title + ":\n";
    for (const auto& [left, right] : entries) out += entry(left, right, column);
    return out;
}

Entries option_entries(const OptionGroup& group) {
    Entries entries;
    for (const Option& option : group.options) {
        std::string left = "--" + option.name;
        if (!option.value.empty()) left += " " + option.value;
        std::string right = option.help;
        if (!option.default_text.empty()) right += " [" + option.default_text + "]";
        entries.emplace_back(left, right);
    }
    return entries;
}

std::string usage(const Program& program, const Command& command) {
    std::string line = program.name + (command.name.empty() ? "" : " " + command.name);
    for (const Positional& p : command.positionals) {
        line += p.required ? " " + p.name : " [" + p.name + "]";
    }
    return line + (command.groups.empty() ? "" : " [options]");
}

std::string command_list(const Program& program) {
    Entries entries;
    for (const Command& command : program.commands) {
        if (!command.name.empty()) entries.emplace_back(command.name, command.summary);
    }
    std::string out = section("Commands", entries);
    if (!entries.empty()) {
        out += "  '" + program.name + " COMMAND --help' explains a command.\n";
    }
    return out;
}

std::string closing() {
    return section("Exit codes", {{"0", "done"},
                                  {"1", "failed: for instance, the output cannot be written"},
                                  {"2", "wrong use"},
                                  {"3", "an input file is missing, unreadable or damaged"},
                                  {"4", "out of memory or disk space"},
                                  {"130", "interrupted by Ctrl-C; 128 + N by another signal N"}}) +
           section("Environment",
                   {{"QUERN_ISA",
                     "instruction set to use instead of the best one; --system-info lists those "
                     "available"},
                    {"QUERN_THREADS", "number of threads if --threads is not given"}});
}

}  // namespace

std::string help_text(const Program& program, const Command* command,
                      const std::vector<OptionGroup>& common) {
    std::string out = "Usage: ";
    out += command ? usage(program, *command) : program.name + " COMMAND ...";
    out += "\n\n" + wrap(command ? command->description : program.description, kWidth, 0) + "\n";
    if (!command || command->name.empty()) out += command_list(program);
    if (command) {
        Entries arguments;
        for (const Positional& p : command->positionals) arguments.emplace_back(p.name, p.help);
        out += section("Arguments", arguments);
        for (const OptionGroup& g : command->groups) out += section(g.title, option_entries(g));
    }
    for (const OptionGroup& group : common) out += section(group.title, option_entries(group));
    if (command) {
        for (const Topic& topic : command->topics) out += section(topic.title, topic.entries);
    }
    if (command && !command->examples.empty()) {
        out += "\nExamples:\n";
        for (const Example& example : command->examples) {
            out += "  " + example.command + "\n      " + wrap(example.what, kWidth, 6) + "\n";
        }
    }
    return out + closing();
}

}  // namespace quern::cli
