// run_program: which command runs, how failures become exit codes, that nothing is thrown out of
// it.
#include "common/program.h"

#include <doctest/doctest.h>

#include <new>
#include <stdexcept>

using namespace quern;
using namespace quern::cli;

namespace {

/// Two commands that record their call; "first" may stand for what the program does without a name.
struct Fixture {
    std::string ran;
    std::string argument;
    Common common;
    std::function<Status()> behaviour = [] { return Status(); };

    Command command(const std::string& name) {
        Command made;
        made.name = name;
        made.positionals = {{"FILE", "a file", &argument, false}};
        made.run = [this, name](const Common& given) {
            ran = name.empty() ? "default" : name;
            common = given;
            return behaviour();
        };
        return made;
    }
    int run(std::vector<std::string> arguments, bool with_default = false) {
        Program program{"quern-x", "", {command("first"), command("second")}};
        if (with_default) program.commands.push_back(command(""));
        arguments.insert(arguments.begin(), "quern-x");
        std::vector<char*> argv;
        for (std::string& a : arguments) argv.push_back(a.data());
        return run_program(static_cast<int>(argv.size()), argv.data(), std::move(program));
    }
};

}  // namespace

TEST_CASE("program: a command is found behind common options") {
    Fixture f;
    CHECK(f.run({"second", "data", "--threads", "3", "--seed=9", "--quiet"}) == 0);
    CHECK(f.ran == "second");
    CHECK(f.argument == "data");
    CHECK(f.common.threads == 3);
    CHECK(f.common.seed == 9);
    CHECK(f.common.quiet);
    CHECK(f.run({"--quiet", "--threads", "2", "first"}) == 0);
    CHECK(f.ran == "first");
    CHECK(f.common.threads == 2);
    CHECK(f.common.seed == -1);
}

TEST_CASE("program: without the name of a command the default runs, or the use is wrong") {
    Fixture f;
    CHECK(f.run({"data"}, true) == 0);
    CHECK(f.ran == "default");
    CHECK(f.argument == "data");
    CHECK(f.run({"second"}, true) == 0);
    CHECK(f.ran == "second");
    f.ran.clear();
    CHECK(f.run({}) == 2);
    CHECK(f.run({"secnod"}) == 2);
    CHECK(f.run({"--nonsense"}) == 2);
    CHECK(f.run({"first", "a", "b"}) == 2);
    CHECK(f.run({"first", "--threads", "0"}) == 2);
    CHECK(f.ran.empty());
}

TEST_CASE("program: failures and exceptions become exit codes") {
    Fixture f;
    for (const Code code : {Code::kFailed, Code::kBadFile, Code::kOutOfSpace, Code::kInterrupted}) {
        f.behaviour = [code] { return Status(code, "a test of exit codes"); };
        CHECK(f.run({"first"}) == static_cast<int>(code));
    }
    f.behaviour = []() -> Status { throw std::bad_alloc(); };
    CHECK(f.run({"first"}) == 4);
    f.behaviour = []() -> Status { throw std::runtime_error("a test of exceptions"); };
    CHECK(f.run({"first"}) == 1);
}
