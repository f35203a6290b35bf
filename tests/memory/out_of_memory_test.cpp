// Every allocation of a model's life fails once: loading, a session, a prompt, an answer, through
// the C API. Each time the caller gets an out-of-memory error, nothing leaks, and nothing is broken
// afterwards.
#include <doctest/doctest.h>

#include <memory>
#include <string>

#include "memory/failing_new.h"
#include "models/quern.h"
#include "support/byte_llama.h"
#include "support/temp_dir.h"

using namespace quern::test;

namespace {

struct Free {
    void operator()(quern_model* m) const { quern_model_free(m); }
    void operator()(quern_session* s) const { quern_session_free(s); }
};

constexpr int kThreads = 3;

/// Loads, evaluates one prompt token by token and answers one message. Fails with the first error.
quern_status whole_life(const std::string& path, int32_t* token, quern_error* error) {
    quern_model_options model_options;
    quern_model_options_init(&model_options, sizeof model_options);
    model_options.threads = kThreads;
    quern_model* model = nullptr;
    if (quern_model_load(path.c_str(), &model_options, &model, error) != QUERN_OK) {
        return error->code;
    }
    const std::unique_ptr<quern_model, Free> model_owner(model);
    quern_session_options session_options;
    quern_session_options_init(&session_options, sizeof session_options);
    session_options.threads = kThreads;
    quern_session* session = nullptr;
    if (quern_session_create(model, &session_options, &session, error) != QUERN_OK) {
        return error->code;
    }
    const std::unique_ptr<quern_session, Free> session_owner(session);
    int32_t tokens[8];
    size_t count = 0;
    if (quern_model_tokenize(model, "abcab", 5, 0, tokens, 8, &count, error) != QUERN_OK ||
        quern_session_eval(session, tokens, count, error) != QUERN_OK ||
        quern_session_sample(session, token, error) != QUERN_OK ||
        quern_session_eval(session, token, 1, error) != QUERN_OK ||
        quern_session_add_message(session, "user", "hi", error) != QUERN_OK ||
        quern_session_generate(session, 2, nullptr, nullptr, nullptr, error) != QUERN_OK) {
        return error->code;
    }
    return QUERN_OK;
}

void fail_each_allocation(bool forever) {
    const TempDir folder;
    const std::string path = folder.write("tiny.gguf", ByteLlama::gguf());
    quern_error error{};
    int32_t expected = -1;
    // Twice: what is made once for the whole process is not a leak.
    for (int i = 0; i < 2; ++i) REQUIRE(whole_life(path, &expected, &error) == QUERN_OK);

    int64_t n = 1, survived = 0;
    for (;; ++n) {
        int32_t token = -1;
        const int64_t before = live_allocations();
        fail_allocation(n, forever);
        const quern_status status = whole_life(path, &token, &error);
        const bool failed = allocation_failed();
        const int64_t after = live_allocations();
        fail_allocation(0);
        CAPTURE(n);
        const std::string message = error.message;
        REQUIRE_MESSAGE(after == before, message);
        if (!failed) {
            REQUIRE(status == QUERN_OK);
            break;
        }
        if (status == QUERN_OK) {  // done without the memory: the result is right nevertheless
            REQUIRE(token == expected);
            ++survived;
            continue;
        }
        REQUIRE_MESSAGE(status == QUERN_OUT_OF_SPACE, message);
        REQUIRE(message.find("memory") != std::string::npos);
    }
    CHECK(n > 500);
    // Threads that cannot be started, of the loader and of the session; all else is needed.
    CHECK(survived <= 2 * (kThreads - 1));
    int32_t token = -1;
    REQUIRE(whole_life(path, &token, &error) == QUERN_OK);
    CHECK(token == expected);
}

}  // namespace

TEST_CASE("out of memory: every single allocation") { fail_each_allocation(false); }

TEST_CASE("out of memory: every allocation and all after it") { fail_each_allocation(true); }
