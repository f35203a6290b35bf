// run_program: which command runs, how failures become exit codes, that nothing is thrown out of
// it.
#include "common/program.h"

#include <doctest/doctest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <new>
#include <stdexcept>

#include "support/temp_dir.h"
#include "tensor/atomic_file.h"

using namespace quern;
using namespace quern::cli;
using namespace quern::test;

namespace {

/// Two commands that record their call; "first" may stand for what the program does without a name.
struct ProgramFixture {
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
    ProgramFixture f;
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
    ProgramFixture f;
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
    ProgramFixture f;
    for (const Code code : {Code::kFailed, Code::kBadFile, Code::kOutOfSpace, Code::kInterrupted}) {
        f.behaviour = [code] { return Status(code, "a test of exit codes"); };
        CHECK(f.run({"first"}) == static_cast<int>(code));
    }
    f.behaviour = []() -> Status { throw std::bad_alloc(); };
    CHECK(f.run({"first"}) == 4);
    f.behaviour = []() -> Status { throw std::runtime_error("a test of exceptions"); };
    CHECK(f.run({"first"}) == 1);
}

TEST_CASE("program: a limit on file sizes is an error of any command, not the end of the process") {
    const TempDir folder;
    ProgramFixture f;
    f.behaviour = [&]() -> Status {
        auto file = AtomicFile::create(folder.file("out"));
        if (!file.ok()) return file.status();
        const std::string text(100'000, 'x');
        if (Status s = (*file)->write(text.data(), text.size()); !s.ok()) return s;
        return (*file)->commit();
    };
    // In a process of its own: the signal's default would end this one.
    const pid_t child = ::fork();
    if (child == 0) {
        std::signal(SIGXFSZ, SIG_DFL);
        struct rlimit limit {};
        ::getrlimit(RLIMIT_FSIZE, &limit);
        limit.rlim_cur = 50'000;
        ::setrlimit(RLIMIT_FSIZE, &limit);
        ::close(STDERR_FILENO);
        ::_exit(f.run({"first"}));
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 4);
    CHECK(std::filesystem::is_empty(folder.path()));
}
