// The option parser: what is accepted, what is refused and how the message helps.
#include "common/options.h"

#include <doctest/doctest.h>

#include "common/program.h"
#include "support/captured_run.h"

using namespace quern;
using namespace quern::cli;
using namespace quern::test;

namespace {

/// A small program's options and what a command line did to them.
struct OptionsFixture {
    bool loud = false;
    int64_t count = 3;
    double temperature = 0.5;
    uint64_t memory = 0;
    std::string name = "none";
    std::optional<std::string> prompt;
    std::vector<std::string> rules;
    std::string protocol = "a";
    std::string model;
    std::string extra;
    bool stop = false;
    bool stopped = false;

    Status parse(const std::vector<std::string>& arguments) {
        Option help = flag("help", &stop, "");
        help.stops = true;
        const std::vector<OptionGroup> groups = {
            {"One", {flag("loud", &loud, ""), integer("count", "N", &count, 1, 10, "")}},
            {"Two",
             {real("temperature", "T", &temperature, 0, 2, ""), size("memory", "SIZE", &memory, ""),
              text("name", "TEXT", &name, ""), text("prompt", "TEXT", &prompt, ""),
              list("tensor", "RULE", &rules, ""),
              choice("protocol", "P", &protocol, {"a", "b"}, ""), help}}};
        const std::vector<Positional> positionals = {{"MODEL", "a file", &model, true},
                                                     {"EXTRA", "more", &extra, false}};
        return parse_arguments(arguments, groups, positionals, "quern-x", &stopped);
    }
    /// The message of a command line that must be refused as wrong use.
    std::string refusal(const std::vector<std::string>& arguments) {
        const Status status = parse(arguments);
        CHECK(status.code() == Code::kWrongUse);
        return status.message();
    }
};

}  // namespace

TEST_CASE("options: both ways to write a value, flags, lists, order") {
    OptionsFixture f;
    REQUIRE(f.parse({"--count=7", "m.quern", "--loud", "--temperature", "1.25", "--tensor", "a=b",
                     "--tensor=c=d", "--name="})
                .ok());
    CHECK(f.count == 7);
    CHECK(f.model == "m.quern");
    CHECK(f.loud);
    CHECK(f.temperature == 1.25);
    CHECK(f.rules == std::vector<std::string>{"a=b", "c=d"});
    CHECK(f.name.empty());
    CHECK_FALSE(f.prompt.has_value());
    CHECK(f.extra.empty());
}

TEST_CASE("options: a repeated scalar keeps the last, a dash is an argument, -- ends options") {
    OptionsFixture f;
    REQUIRE(f.parse({"--count", "2", "--count", "5", "-", "--", "--loud"}).ok());
    CHECK(f.count == 5);
    CHECK(f.model == "-");
    CHECK(f.extra == "--loud");
    CHECK_FALSE(f.loud);
}

TEST_CASE("options: an empty value is a value") {
    OptionsFixture f;
    REQUIRE(f.parse({"m", "--prompt", ""}).ok());
    REQUIRE(f.prompt.has_value());
    CHECK(f.prompt->empty());
}

TEST_CASE("options: an unknown one is refused with the nearest name") {
    CHECK(contains(OptionsFixture().refusal({"m", "--temprature", "1"}),
                   "unknown option --temprature; did you mean --temperature?"));
    CHECK(contains(OptionsFixture().refusal({"m", "--temp=1"}), "did you mean --temperature?"));
    CHECK(contains(OptionsFixture().refusal({"m", "--cuont", "1"}), "did you mean --count?"));
    const std::string far = OptionsFixture().refusal({"m", "--xylophone"});
    CHECK_FALSE(contains(far, "did you mean"));
    CHECK(contains(far, "see quern-x --help"));
    CHECK(contains(OptionsFixture().refusal({"m", "-z"}), "unknown option -z"));
}

TEST_CASE("options: numbers are checked completely") {
    CHECK(contains(OptionsFixture().refusal({"m", "--count", "11"}), "between 1 and 10, not 11"));
    CHECK(contains(OptionsFixture().refusal({"m", "--count", "0"}), "between 1 and 10"));
    CHECK(contains(OptionsFixture().refusal({"m", "--count", "7x"}), "whole number, not '7x'"));
    CHECK(contains(OptionsFixture().refusal({"m", "--count", ""}), "whole number"));
    CHECK(contains(OptionsFixture().refusal({"m", "--count", "99999999999999999999"}), "between"));
    CHECK(contains(OptionsFixture().refusal({"m", "--temperature", "nan"}), "needs a number"));
    CHECK(contains(OptionsFixture().refusal({"m", "--temperature", "-1"}),
                   "between 0 and 2, not -1"));
    CHECK(contains(OptionsFixture().refusal({"m", "--temperature", "0,5"}), "needs a number"));
}

TEST_CASE("options: sizes") {
    const std::vector<std::pair<std::string, uint64_t>> good = {{"4096", 4096},
                                                                {"1K", 1024},
                                                                {"512M", 512ull << 20},
                                                                {"1.5G", 3ull << 29},
                                                                {"2GiB", 2ull << 30},
                                                                {"2gb", 2ull << 30},
                                                                {"7B", 7},
                                                                {"1T", 1ull << 40}};
    for (const auto& size_case : good) {
        CAPTURE(size_case.first);
        const auto parsed = parse_size("--memory", size_case.first);
        REQUIRE(parsed.ok());
        CHECK(parsed.value() == size_case.second);
    }
    for (const char* bad : {"", "M", "12X", "-1M", "0", "inf", "1e30", "1MM", "nan"}) {
        CAPTURE(bad);
        CHECK(parse_size("--memory", bad).status().code() == Code::kWrongUse);
    }
}

TEST_CASE("options: missing and surplus values and arguments") {
    CHECK(contains(OptionsFixture().refusal({}), "MODEL is missing"));
    CHECK(contains(OptionsFixture().refusal({"a", "b", "c"}), "unexpected argument 'c'"));
    CHECK(contains(OptionsFixture().refusal({"m", "--count"}), "--count needs a value (N)"));
    CHECK(contains(OptionsFixture().refusal({"m", "--prompt", "--loud"}), "write --prompt=--loud"));
    CHECK(contains(OptionsFixture().refusal({"m", "--loud=1"}), "--loud takes no value"));
    CHECK(contains(OptionsFixture().refusal({"m", "--protocol", "c"}), "got 'c' but knows a, b"));
}

TEST_CASE("options: --help needs nothing else and -h is the same") {
    for (const char* spelling : {"--help", "-h"}) {
        OptionsFixture f;
        REQUIRE(f.parse({spelling, "--nonsense"}).ok());
        CHECK(f.stopped);
        CHECK(f.stop);
    }
}

TEST_CASE("help: names every option, at most 100 columns") {
    Command command;
    std::string model;
    int64_t count = 3;
    std::string words;
    for (int i = 0; i < 60; ++i) words += "word ";
    command.description = words;
    command.positionals = {{"MODEL", words, &model, true}};
    command.groups = {{"Things", {integer("count", "N", &count, 1, 10, words)}}};
    command.examples = {{"quern-x m.quern", words}};
    const Program program{"quern-x", "", {command}};
    const std::string help = help_text(program, &program.commands[0], {});
    CHECK(contains(help, "Usage: quern-x MODEL [options]\n"));
    CHECK(contains(help, "--count N"));
    CHECK(contains(help, "[3]"));
    CHECK(contains(help, "Exit codes:"));
    CHECK(contains(help, "QUERN_ISA"));
    size_t start = 0;
    while (start < help.size()) {
        const size_t end = help.find('\n', start);
        CHECK(end - start <= 100);
        start = end + 1;
    }
}
