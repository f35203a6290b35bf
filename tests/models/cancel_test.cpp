// Cancelling an evaluation from another thread: what is in the cache then, and that the session
// goes on as if the cancelled chunk had never been.
#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>

#include "models/session.h"
#include "support/tiny_llama.h"

using namespace quern;
using namespace quern::test;

namespace {

using Clock = std::chrono::steady_clock;

std::unique_ptr<Session> open(const std::string& path, const SessionOptions& options) {
    ModelOptions model_options;
    model_options.need_tokenizer = false;
    auto model = Model::load(path, model_options);
    REQUIRE(model.ok());
    auto session = Session::create(*model, options);
    REQUIRE(session.ok());
    return std::move(*session);
}

std::vector<int32_t> text(int64_t n, int32_t step) {
    std::vector<int32_t> tokens(static_cast<size_t>(n));
    for (size_t i = 0; i < tokens.size(); ++i) {
        tokens[i] =
            static_cast<int32_t>((i * i + i * static_cast<size_t>(step)) % TinyLlama::kVocab);
    }
    return tokens;
}

/// Calls `evaluate` with a flag that another thread sets after `delay`.
template <class Evaluate>
Status cancel_after(Clock::duration delay, const Evaluate& evaluate) {
    std::atomic<bool> cancel{false};
    std::thread other([&] {
        std::this_thread::sleep_for(delay);
        cancel = true;
    });
    const Status status = evaluate(&cancel);
    other.join();
    return status;
}

bool same(std::span<const float> a, std::span<const float> b) {
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin());
}

}  // namespace

TEST_CASE(
    "cancelled in the middle of a chunk: nothing of it is in the cache, the session goes on") {
    TemporaryFile file("tiny");
    TinyLlama::write(file.path(), "q8_g32");
    constexpr int64_t kChunk = 1024, kBefore = 100;
    for (const char* cache : {"f16", "q8"}) {
        CAPTURE(cache);
        SessionOptions options{kBefore + kChunk, 2, kChunk};
        options.cache_keys = options.cache_values = cache;
        options.sequences = 2;
        auto session = open(file.path(), options), fresh = open(file.path(), options);
        const auto before = text(kBefore, 3), chunk = text(kChunk, 5), after = text(300, 7);
        const auto is_like_fresh = [&] {
            REQUIRE(session->eval(after, 300).ok());
            return same(session->logits(), fresh->logits());
        };
        REQUIRE(fresh->eval(before).ok());
        REQUIRE(fresh->eval(after, 300).ok());

        // The time that the chunk takes, so that the flag can be set in the middle of it.
        REQUIRE(session->eval(before).ok());
        const auto start = Clock::now();
        REQUIRE(session->eval(chunk).ok());
        const auto whole = Clock::now() - start;
        session->truncate(kBefore);

        // On a busy machine the other thread may get no CPU in the few milliseconds of a chunk:
        // then once more.
        constexpr int kDelays = 8, kMostTries = 400;
        int stopped = 0;
        for (int i = 0; i < kDelays || (stopped == 0 && i < kMostTries); ++i) {
            const auto delay = whole * (i % kDelays + 1) / 10;
            const Status status = cancel_after(delay, [&](const std::atomic<bool>* flag) {
                return session->eval(chunk, 1, flag);
            });
            if (status.ok()) {  // the chunk was over before
                session->truncate(kBefore);
                continue;
            }
            ++stopped;
            CHECK(status.code() == Code::kInterrupted);
            CHECK(session->position() == kBefore);
            CHECK(session->logits().empty());
            CHECK(is_like_fresh());
            session->truncate(kBefore);
        }
        CHECK(stopped > 0);
    }
}

TEST_CASE("finished chunks stay in the cache; a flag that is set already stops the first") {
    TemporaryFile file("tiny");
    TinyLlama::write(file.path());
    // Chunks of one token, so that there are many to stop between.
    constexpr int64_t kTokens = 1 << 18;
    auto session = open(file.path(), {kTokens, 1, 1});
    const auto tokens = text(kTokens, 1);
    const std::atomic<bool> set{true};
    CHECK(session->eval(tokens, 1, &set).code() == Code::kInterrupted);
    CHECK(session->position() == 0);

    const Status status =
        cancel_after(std::chrono::milliseconds(100),
                     [&](const std::atomic<bool>* flag) { return session->eval(tokens, 1, flag); });
    CHECK(status.code() == Code::kInterrupted);
    CHECK(session->position() > 0);
    CHECK(session->position() < kTokens);
    CHECK(session->logits().empty());
    session->truncate(3);
    REQUIRE(session->eval(std::vector<int32_t>{2}).ok());
    auto fresh = open(file.path(), {64, 1, 1});
    REQUIRE(fresh->eval(std::vector<int32_t>{tokens[0], tokens[1], tokens[2], 2}).ok());
    CHECK(same(session->logits(), fresh->logits()));
}

TEST_CASE("a cancelled batch leaves every sequence as it was") {
    TemporaryFile file("tiny");
    TinyLlama::write(file.path());
    SessionOptions options{64, 2, 8};
    options.sequences = 3;
    auto session = open(file.path(), options), fresh = open(file.path(), options);
    for (Session* s : {session.get(), fresh.get()}) {
        for (int32_t i = 0; i < 3; ++i) {
            s->select(i);
            REQUIRE(s->eval(text(5 + i, i)).ok());
        }
    }
    const std::vector<SequenceToken> batch{{2, 9}, {0, 8}, {1, 7}};
    const std::atomic<bool> set{true};
    CHECK(session->eval_batch(batch, &set).code() == Code::kInterrupted);
    CHECK(session->logits().empty());
    for (int32_t i = 0; i < 3; ++i) {
        session->select(i);
        CHECK(session->position() == 5 + i);
    }
    REQUIRE(session->eval_batch(batch).ok());
    REQUIRE(fresh->eval_batch(batch).ok());
    CHECK(same(session->logits(), fresh->logits()));
}
