// Loops on several threads: what they return when they end early.
#include "parallel.h"

#include <doctest/doctest.h>

#include "support/check_status.h"

using namespace quern;
using namespace quern::test;

TEST_CASE("parallel loops: a cancelled one says so, unless every item was done") {
    for (const int threads : {1, 3}) {
        CAPTURE(threads);
        for (const int64_t stop_at : {int64_t{0}, int64_t{40}, int64_t{99}}) {
            CAPTURE(stop_at);
            std::atomic<bool> cancel{false};
            std::atomic<int64_t> done{0};
            const Status s = parallel_for(threads, 100, &cancel, [&](int, int64_t i) {
                if (i == stop_at) cancel = true;
                ++done;
                return Status();
            });
            CHECK((s.code() == Code::kInterrupted) == (done < 100));
            CHECK(s.ok() == (done == 100));
            if (threads == 1) CHECK(done == stop_at + 1);
        }
    }
    std::atomic<bool> cancel{true};
    check_ok(parallel_for(2, 0, &cancel, [](int, int64_t) { return Status(); }));
}

TEST_CASE("parallel loops: the error with the lowest index is returned, at any number of threads") {
    for (const int threads : {1, 2, 5}) {
        CAPTURE(threads);
        std::atomic<bool> cancel{false};
        const Status s = parallel_for(threads, 64, &cancel, [&](int, int64_t i) {
            if (i < 7) return Status();
            cancel = true;
            return Status(Code::kBadFile, "item " + std::to_string(i));
        });
        check_error(s, Code::kBadFile, "item 7");
    }
}
