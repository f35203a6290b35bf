// Command lines as tables: the checks behind each kind of option, and the walk over the arguments.
#include "common/options.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstdlib>

#include "common/table.h"
#include "quantize/edit_distance.h"

namespace quern::cli {
namespace {

Status wrong_use(std::string message) { return Status(Code::kWrongUse, std::move(message)); }

std::string as_given(std::string_view text) { return "'" + std::string(text) + "'"; }

template <class T, class Parse>
Option checked(std::string name, std::string value, T* target, std::string help, Parse parse) {
    Option option;
    option.name = name;
    option.value = std::move(value);
    option.help = std::move(help);
    option.set = [target, parse, what = "--" + name](const std::string& text) {
        auto parsed = parse(what, text);
        if (parsed.ok()) *target = static_cast<T>(*parsed);
        return parsed.status();
    };
    return option;
}

template <class T>
Option make_integer(std::string name, std::string value, T* target, int64_t min, int64_t max,
                    std::string help) {
    auto parse = [min, max](const std::string& what, const std::string& text) {
        return parse_integer(what, text, min, max);
    };
    return checked(std::move(name), std::move(value), target, std::move(help), parse)
        .with_default(std::to_string(*target));
}

template <class T>
Option make_real(std::string name, std::string value, T* target, double min, double max,
                 std::string help) {
    auto parse = [min, max](const std::string& what, const std::string& text) {
        return parse_real(what, text, min, max);
    };
    return checked(std::move(name), std::move(value), target, std::move(help), parse)
        .with_default(short_number(*target));
}

template <class T>
Option make_text(std::string name, std::string value, T* target, std::string help) {
    auto parse = [](const std::string&, const std::string& text) {
        return Result<std::string>(text);
    };
    return checked(std::move(name), std::move(value), target, std::move(help), parse);
}

}  // namespace

Option Option::with_default(std::string text) && {
    default_text = std::move(text);
    return std::move(*this);
}

Option flag(std::string name, bool* target, std::string help) {
    Option option;
    option.name = std::move(name);
    option.help = std::move(help);
    option.set = [target](const std::string&) {
        *target = true;
        return Status();
    };
    return option;
}

Option text(std::string name, std::string value, std::string* target, std::string help) {
    const std::string shown = *target;
    return make_text(std::move(name), std::move(value), target, std::move(help))
        .with_default(shown);
}

Option text(std::string name, std::string value, std::optional<std::string>* target,
            std::string help) {
    return make_text(std::move(name), std::move(value), target, std::move(help));
}

Option list(std::string name, std::string value, std::vector<std::string>* target,
            std::string help) {
    Option option;
    option.name = std::move(name);
    option.value = std::move(value);
    option.help = std::move(help);
    option.set = [target](const std::string& item) {
        target->push_back(item);
        return Status();
    };
    return option;
}

Option choice(std::string name, std::string value, std::string* target,
              std::vector<std::string> choices, std::string help) {
    auto parse = [choices](const std::string& what, const std::string& word) {
        if (std::find(choices.begin(), choices.end(), word) != choices.end()) {
            return Result<std::string>(word);
        }
        std::string known;
        for (const std::string& c : choices) known += (known.empty() ? "" : ", ") + c;
        return Result<std::string>(
            wrong_use(what + " got " + as_given(word) + " but knows " + known));
    };
    return checked(std::move(name), std::move(value), target, std::move(help), parse)
        .with_default(*target);
}

Option real(std::string name, std::string value, double* target, double min, double max,
            std::string help) {
    return make_real(std::move(name), std::move(value), target, min, max, std::move(help));
}
Option real(std::string name, std::string value, float* target, double min, double max,
            std::string help) {
    return make_real(std::move(name), std::move(value), target, min, max, std::move(help));
}
Option integer(std::string name, std::string value, int64_t* target, int64_t min, int64_t max,
               std::string help) {
    return make_integer(std::move(name), std::move(value), target, min, max, std::move(help));
}
Option integer(std::string name, std::string value, int32_t* target, int64_t min, int64_t max,
               std::string help) {
    return make_integer(std::move(name), std::move(value), target, min, max, std::move(help));
}

Option size(std::string name, std::string value, uint64_t* target, std::string help) {
    auto parse = [](const std::string& what, const std::string& word) {
        return parse_size(what, word);
    };
    return checked(std::move(name), std::move(value), target, std::move(help), parse);
}

Result<int64_t> parse_integer(std::string_view what, const std::string& text, int64_t min,
                              int64_t max) {
    int64_t parsed = 0;
    const char* end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, parsed);
    const bool too_large = error == std::errc::result_out_of_range;
    if (!too_large && (error != std::errc() || rest != end)) {
        return wrong_use(std::string(what) + " needs a whole number, not " + as_given(text));
    }
    if (too_large || parsed < min || parsed > max) {
        const bool open = max == std::numeric_limits<int64_t>::max();
        const std::string range =
            open ? "at least " + std::to_string(min)
                 : "between " + std::to_string(min) + " and " + std::to_string(max);
        return wrong_use(std::string(what) + " must be " + range + ", not " + text);
    }
    return parsed;
}

Result<double> parse_real(std::string_view what, const std::string& text, double min, double max) {
    double parsed = 0;
    const char* end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, parsed);
    if (error != std::errc() || rest != end || !std::isfinite(parsed)) {
        return wrong_use(std::string(what) + " needs a number, not " + as_given(text));
    }
    if (parsed < min || parsed > max) {
        return wrong_use(std::string(what) + " must be between " + short_number(min) + " and " +
                         short_number(max) + ", not " + text);
    }
    return parsed;
}

Result<uint64_t> parse_size(std::string_view what, const std::string& text) {
    double number = 0;
    const char* end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, number);
    std::string unit(rest, end);
    for (char& c : unit) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    if (unit.size() > 1 && unit.back() == 'B') unit.pop_back();
    if (unit.size() > 1 && unit.back() == 'I') unit.pop_back();
    constexpr std::array<std::string_view, 6> kUnits = {"", "K", "M", "G", "T", "B"};
    const auto found = std::find(kUnits.begin(), kUnits.end(), unit);
    if (error != std::errc() || found == kUnits.end() || !std::isfinite(number)) {
        return wrong_use(std::string(what) + " needs a size such as 512M or 2G, not " +
                         as_given(text));
    }
    const auto power = unit == "B" ? 0 : found - kUnits.begin();
    const double bytes = std::round(std::ldexp(number, static_cast<int>(10 * power)));
    constexpr double kMax = 9.2e18;  // 8 EiB: stays inside 63 bits
    if (bytes < 1 || bytes > kMax) {
        return wrong_use(std::string(what) + " must be at least 1 byte and below 8 EiB, not " +
                         text);
    }
    return static_cast<uint64_t>(bytes);
}

std::string nearest(std::string_view word, const std::vector<std::string>& candidates) {
    std::string best;
    size_t best_distance = 2 + word.size() / 5;  // farther ones would surprise
    for (const std::string& candidate : candidates) {
        const bool begins = word.size() >= 3 && candidate.compare(0, word.size(), word) == 0;
        const size_t distance = begins ? 1 : edit_distance(word, candidate);
        const bool resembles = distance < std::max(word.size(), candidate.size());
        if (resembles && distance <= best_distance && (best.empty() || distance < best_distance)) {
            best = candidate;
            best_distance = distance;
        }
    }
    return best;
}

namespace {

/// The walk over one command line.
class Parser {
  public:
    Parser(const std::vector<std::string>& arguments, const std::vector<OptionGroup>& groups,
           const std::vector<Positional>& positionals, const std::string& program)
        : arguments_(arguments), positionals_(positionals), hint_("see " + program + " --help") {
        for (const OptionGroup& group : groups) {
            for (const Option& option : group.options) options_.push_back(&option);
        }
    }

    Status run(bool* stopped) {
        *stopped = false;
        bool options_end = false;
        while (at_ < arguments_.size() && !*stopped) {
            const std::string& argument = arguments_[at_++];
            if (!options_end && argument == "--") {
                options_end = true;
                continue;
            }
            const bool is_option = !options_end && argument.size() > 1 && argument[0] == '-';
            Status status = is_option ? take_option(argument, stopped) : take_positional(argument);
            if (!status.ok()) return status;
        }
        return *stopped ? Status() : check_required();
    }

  private:
    const Option* find(std::string_view argument) const {
        if (argument == "-h") argument = "--help";
        if (argument.substr(0, 2) != "--") return nullptr;
        const std::string_view name = argument.substr(2, argument.find('=') - 2);
        for (const Option* option : options_) {
            if (option->name == name) return option;
        }
        return nullptr;
    }

    Status unknown(const std::string& argument) const {
        const std::string name = argument.substr(0, argument.find('='));
        std::vector<std::string> known;
        for (const Option* option : options_) known.push_back("--" + option->name);
        const std::string meant = nearest(name, known);
        return wrong_use("unknown option " + name + "; " +
                         (meant.empty() ? hint_ : "did you mean " + meant + "? Or " + hint_));
    }

    Status take_option(const std::string& argument, bool* stopped) {
        const Option* option = find(argument);
        if (!option) return unknown(argument);
        const std::string name = "--" + option->name;
        const size_t equals = argument.find('=');
        std::string value;
        if (option->value.empty()) {
            if (equals != std::string::npos) return wrong_use(name + " takes no value; " + hint_);
        } else if (equals != std::string::npos) {
            value = argument.substr(equals + 1);
        } else {
            const bool missing = at_ == arguments_.size();
            if (missing || find(arguments_[at_])) {
                const std::string instead =
                    missing ? hint_
                            : "write " + name + "=" + arguments_[at_] + " if that is the value";
                return wrong_use(name + " needs a value (" + option->value + "); " + instead);
            }
            value = arguments_[at_++];
        }
        *stopped = option->stops;
        return option->set(value);
    }

    Status take_positional(const std::string& argument) {
        if (taken_ == positionals_.size()) {
            return wrong_use("unexpected argument " + as_given(argument) +
                             "; put quotes around text with spaces, or " + hint_);
        }
        const Positional& positional = positionals_[taken_++];
        if (argument.empty()) return wrong_use(positional.name + " is empty; " + hint_);
        *positional.target = argument;
        return Status();
    }

    Status check_required() const {
        for (size_t i = taken_; i < positionals_.size(); ++i) {
            const Positional& positional = positionals_[i];
            if (positional.required) {
                return wrong_use(positional.name + " is missing (" + positional.help + "); " +
                                 hint_);
            }
        }
        return Status();
    }

    const std::vector<std::string>& arguments_;
    const std::vector<Positional>& positionals_;
    std::string hint_;
    std::vector<const Option*> options_;
    size_t at_ = 0;
    size_t taken_ = 0;
};

}  // namespace

Status parse_arguments(const std::vector<std::string>& arguments,
                       const std::vector<OptionGroup>& groups,
                       const std::vector<Positional>& positionals, const std::string& program,
                       bool* stopped) {
    return Parser(arguments, groups, positionals, program).run(stopped);
}

}  // namespace quern::cli
