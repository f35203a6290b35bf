// Work in a child process: results, messages, memory, cancelling, and a child that is killed.
#include "eval/child_process.h"

#include <doctest/doctest.h>
#include <signal.h>

#include <chrono>
#include <new>
#include <thread>
#include <vector>

#include "support/check_status.h"

using namespace quern;
using namespace quern::test;

namespace {

struct Numbers {
    double a = 0;
    int b = 0;
};

ChildOutcome run(Numbers* numbers, const std::function<Status(ChildLink*, Numbers*)>& work) {
    return run_in_child<Numbers>({}, numbers, work);
}

}  // namespace

TEST_CASE("child process: its result comes back, what else it changes does not") {
    Numbers numbers{1, 2};
    int outside = 0;
    const ChildOutcome outcome = run(&numbers, [&](ChildLink* link, Numbers* n) {
        outside = 1;
        n->a += 2.5;
        link->note("one");
        link->note("two");
        return Status();
    });
    check_ok(outcome.status);
    CHECK(numbers.a == 3.5);
    CHECK(numbers.b == 2);
    CHECK(outside == 0);
    CHECK(outcome.notes == "one\ntwo\n");
}

TEST_CASE("child process: its failure is told, however it fails") {
    Numbers numbers;
    check_error(
        run(&numbers, [](ChildLink*, Numbers*) { return Status(Code::kBadFile, "bad x"); }).status,
        Code::kBadFile, "bad x");
    check_error(
        run(&numbers, [](ChildLink*, Numbers*) -> Status { throw std::bad_alloc(); }).status,
        Code::kOutOfSpace, "out of memory");
    const ChildOutcome killed = run(&numbers, [](ChildLink*, Numbers* n) {
        n->b = 9;
        ::raise(SIGKILL);
        return Status();
    });
    check_error(killed.status, Code::kFailed, "ended by signal 9");
    CHECK(numbers.b == 0);
}

TEST_CASE("child process: the peak of memory is its own") {
    constexpr size_t kBytes = size_t{64} << 20;
    const auto peak_of = [](size_t bytes) {
        Numbers numbers;
        const ChildOutcome outcome = run(&numbers, [bytes](ChildLink*, Numbers* n) {
            const std::vector<char> memory(bytes, 1);
            n->b = memory[bytes / 2];
            return Status();
        });
        check_ok(outcome.status);
        return outcome.peak_memory;
    };
    const uint64_t large = peak_of(kBytes), small = peak_of(1);
    if (small == 0) {
        MESSAGE("skipped: the system does not tell the peak of a process's memory");
        return;
    }
    CHECK(large >= small + kBytes / 2);
}

TEST_CASE("child process: the parent sees its progress and can cancel it") {
    std::atomic<bool> cancel{false};
    ChildCalls calls;
    calls.cancel = &cancel;
    calls.progress = [&](int64_t done, int64_t total) {
        if (done == 3 && total == 10) cancel = true;
    };
    Numbers numbers;
    const ChildOutcome outcome =
        run_in_child<Numbers>(calls, &numbers, [](ChildLink* link, Numbers*) {
            link->progress(3, 10);
            while (!link->cancel()->load()) {
                std::this_thread::sleep_for(std::chrono::milliseconds(1));
            }
            return Status(Code::kInterrupted, "stopped");
        });
    CHECK(outcome.status.code() == Code::kInterrupted);
}
