// Signals as a flag: what Ctrl-C and SIGTERM set, what a new operation forgets, and that a prompt
// misses none.
#include "common/interrupt.h"

#include <doctest/doctest.h>
#include <signal.h>
#include <unistd.h>

#include <string>

#include "chat/line_reader.h"

using namespace quern;
using Event = LineReader::Event;

TEST_CASE("interrupt: a held Ctrl-C is one, and a new operation begins without it") {
    cli::Interrupt interrupt;
    CHECK_FALSE(interrupt.requested());
    for (int press = 0; press < 10; ++press) ::raise(SIGINT);
    CHECK(interrupt.requested());
    CHECK_FALSE(interrupt.must_end());
    CHECK(cli::interrupted_exit_code() == 130);
    interrupt.clear();
    CHECK_FALSE(interrupt.requested());
}

TEST_CASE("interrupt: SIGTERM and SIGHUP are not forgotten") {
    for (const int signal : {SIGTERM, SIGHUP}) {
        cli::Interrupt interrupt;
        ::raise(signal);
        interrupt.clear();
        CHECK(interrupt.requested());
        CHECK(interrupt.must_end());
        CHECK(cli::interrupted_exit_code() == 128 + signal);
    }
    cli::Interrupt next;
    CHECK_FALSE(next.requested());
    CHECK_FALSE(next.must_end());
}

TEST_CASE("interrupt: a signal before the prompt waits is not missed, lines stay whole") {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    cli::Interrupt interrupt;
    LineReader reader(ends[0], interrupt.descriptor());
    std::string line;
    REQUIRE(::write(ends[1], "one\ntw", 6) == 6);
    CHECK(reader.read(&line) == Event::kLine);
    CHECK(line == "one");
    ::raise(SIGINT);
    CHECK(reader.read(&line) == Event::kInterrupted);
    interrupt.clear();
    REQUIRE(::write(ends[1], "o\r\n", 3) == 3);
    CHECK(reader.read(&line) == Event::kLine);
    CHECK(line == "two");
    ::close(ends[1]);
    CHECK(reader.read(&line) == Event::kEnd);
    ::close(ends[0]);
}
