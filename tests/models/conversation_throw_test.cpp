// A conversation after an exception (std::bad_alloc may come from anywhere): the message is taken
// back and what is remembered of the cache is true.
#include <doctest/doctest.h>

#include <algorithm>
#include <new>

#include "models/conversation.h"
#include "programs/fake_session.h"

using namespace quern;
using namespace quern::test;

namespace {

SamplerOptions likeliest() {
    SamplerOptions options;
    options.temperature = 0;
    return options;
}

/// One letter, then the end.
FakeSession::Logits one_letter() {
    return FakeSession::scripted([](const std::vector<int32_t>& cache) {
        return cache.back() == 'x' ? ByteTokenizer::kEnd : int32_t{'x'};
    });
}

}  // namespace

TEST_CASE("an exception takes the message back and leaves a cache that can be used") {
    const FakeSession::Logits logits = one_letter();
    bool broken = false;
    FakeSession session(4096, [&](const std::vector<int32_t>& cache) {
        if (broken) throw std::bad_alloc();
        return logits(cache);
    });
    const ByteTokenizer tokenizer;
    const TinyTemplate tiny;
    Conversation conversation(&session, &tokenizer, &tiny, likeliest(), 0);
    REQUIRE(conversation.ask("first", {}).ok());
    const std::vector<Message> before = conversation.messages();

    // Forgets a part of the cache, evaluates other tokens, then fails.
    conversation.set_system("new");
    broken = true;
    CHECK_THROWS_AS((void)conversation.ask("second", {}), std::bad_alloc);
    CHECK(conversation.messages().size() == before.size() + 1);  // the system message
    CHECK(conversation.messages().back().role == "assistant");

    broken = false;
    std::vector<int32_t> prompt;
    AnswerEvents events;
    events.prompt = [&](const std::string&, const std::vector<int32_t>& tokens) {
        prompt = tokens;
    };
    const auto answer = conversation.ask("third", events);
    REQUIRE(answer.ok());
    CHECK(answer.value().text == "x");
    REQUIRE(session.cache.size() >= prompt.size());
    CHECK(std::equal(prompt.begin(), prompt.end(), session.cache.begin()));
}

TEST_CASE("a cache that somebody shortened is evaluated anew from there") {
    FakeSession session(4096, one_letter());
    const ByteTokenizer tokenizer;
    const TinyTemplate tiny;
    Conversation conversation(&session, &tokenizer, &tiny, likeliest(), 0);
    REQUIRE(conversation.ask("first", {}).ok());
    session.truncate(2);
    const auto answer = conversation.ask("second", {});
    REQUIRE(answer.ok());
    CHECK(answer.value().prompt_evaluated == answer.value().prompt_tokens - 2);
}
