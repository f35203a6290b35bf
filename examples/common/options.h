// Command lines as tables. A program describes its options once; parsing, checking and the help
// text are made from that description, so they cannot disagree.
//
// Accepted: --name value, --name=value, flags without a value, options that repeat (lists collect,
// others keep the last), "--" ends the options. A single "-" is an ordinary argument.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tensor/status.h"

namespace quern::cli {

/// One option. Made by the functions below; `set` checks the text and stores it.
struct Option {
    std::string name;   ///< without the dashes
    std::string value;  ///< placeholder in the help text, "N"; empty: a flag
    std::string help;
    std::string default_text;  ///< shown in the help text; empty: none
    std::function<Status(const std::string& text)> set;
    bool stops = false;  ///< like --help: nothing after it is looked at, nothing is required

    /// Replaces the default that the help text shows: for a 0 that stands for something else.
    Option with_default(std::string text) &&;
};

struct OptionGroup {
    std::string title;
    std::vector<Option> options;
};

struct Positional {
    std::string name;  ///< as in the usage line: "MODEL"
    std::string help;
    std::string* target = nullptr;
    bool required = true;
};

// How the values of an option are checked. The target must outlive the parsing; its value at the
// time of the call is the default that the help text shows.

Option flag(std::string name, bool* target, std::string help);
Option text(std::string name, std::string value, std::string* target, std::string help);
/// Tells "not given" from "given and empty".
Option text(std::string name, std::string value, std::optional<std::string>* target,
            std::string help);
/// Every occurrence is appended.
Option list(std::string name, std::string value, std::vector<std::string>* target,
            std::string help);
/// One of `choices`; others are refused with the list.
Option choice(std::string name, std::string value, std::string* target,
              std::vector<std::string> choices, std::string help);
Option real(std::string name, std::string value, double* target, double min, double max,
            std::string help);
Option real(std::string name, std::string value, float* target, double min, double max,
            std::string help);
Option integer(std::string name, std::string value, int64_t* target, int64_t min, int64_t max,
               std::string help);
Option integer(std::string name, std::string value, int32_t* target, int64_t min, int64_t max,
               std::string help);
/// Bytes: 4096, 512M, 1.5G (powers of 1024; K, M, G, T, with or without a B or iB behind it).
Option size(std::string name, std::string value, uint64_t* target, std::string help);

// The checks by themselves; `what` begins the message: "--threads".

Result<int64_t> parse_integer(std::string_view what, const std::string& text, int64_t min,
                              int64_t max);
Result<double> parse_real(std::string_view what, const std::string& text, double min, double max);
Result<uint64_t> parse_size(std::string_view what, const std::string& text);

/// Reads a command line into the targets. `program` is named by messages: "see quern-chat --help".
/// Sets *stopped if an option with `stops` was met.
Status parse_arguments(const std::vector<std::string>& arguments,
                       const std::vector<OptionGroup>& groups,
                       const std::vector<Positional>& positionals, const std::string& program,
                       bool* stopped);

/// The candidate a person who typed `word` most likely meant; empty if none is near.
std::string nearest(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace quern::cli
