// The C API: several sequences in a session.
#include <algorithm>
#include <string>
#include <vector>

#include "models/c_api_fixture.h"

using namespace quern::test;

TEST_CASE_FIXTURE(CApiFixture, "a batch gives what its sequences give alone, bit for bit") {
    SessionPtr together = open(1, 3), alone = open();
    REQUIRE(quern_session_sequences(together.get()) == 3);
    const std::string prompts[] = {"one", "fourteen", "to"};
    std::vector<int32_t> text[3];
    for (int32_t i = 0; i < 3; ++i) {
        text[i].assign(prompts[i].begin(), prompts[i].end());
        REQUIRE(quern_session_select(together.get(), i, &error) == QUERN_OK);
        REQUIRE(quern_session_eval(together.get(), text[i].data(), text[i].size(), &error) ==
                QUERN_OK);
        CHECK(quern_session_position(together.get()) == static_cast<int64_t>(text[i].size()));
    }
    const auto extend = [&](std::vector<int32_t> sequences, std::vector<int32_t> tokens) {
        REQUIRE(quern_session_eval_batch(together.get(), sequences.data(), tokens.data(),
                                         tokens.size(), &error) == QUERN_OK);
        for (size_t i = 0; i < tokens.size(); ++i) text[sequences[i]].push_back(tokens[i]);
    };
    const auto is_like_alone = [&](size_t index, int32_t sequence) {
        REQUIRE(quern_session_truncate(alone.get(), 0, &error) == QUERN_OK);
        REQUIRE(quern_session_eval(alone.get(), text[sequence].data(), text[sequence].size(),
                                   &error) == QUERN_OK);
        const float* row = quern_session_batch_logits(together.get(), index);
        REQUIRE(row != nullptr);
        return std::equal(row, row + kVocab, quern_session_logits(alone.get()));
    };
    extend({2, 0, 1}, {'a', 'b', 'c'});
    CHECK(is_like_alone(0, 2));
    CHECK(is_like_alone(1, 0));
    CHECK(is_like_alone(2, 1));
    CHECK(quern_session_logits(together.get()) == quern_session_batch_logits(together.get(), 2));
    CHECK(quern_session_batch_logits(together.get(), 3) == nullptr);
    extend({1, 2}, {'d', 'e'});
    CHECK(is_like_alone(0, 1));
    CHECK(is_like_alone(1, 2));
    CHECK(quern_session_position(together.get()) == static_cast<int64_t>(text[2].size()));

    REQUIRE(quern_session_reset(together.get(), &error) == QUERN_OK);
    CHECK(quern_session_batch_logits(together.get(), 0) == nullptr);
    for (int32_t i = 3; i-- > 0;) {
        REQUIRE(quern_session_select(together.get(), i, &error) == QUERN_OK);
        CHECK(quern_session_position(together.get()) == 0);
    }
}

TEST_CASE_FIXTURE(CApiFixture, "sequences sample by themselves: each has a seed of its own") {
    SessionPtr together = open(5, 3);
    std::vector<int32_t> texts[3], sequences{0, 1, 2}, tokens{'x', 'x', 'x'};
    for (int step = 0; step < 20; ++step) {
        REQUIRE(quern_session_eval_batch(together.get(), sequences.data(), tokens.data(), 3,
                                         &error) == QUERN_OK);
        REQUIRE(quern_session_sample_batch(together.get(), tokens.data(), 3, &error) == QUERN_OK);
        for (size_t i = 0; i < 3; ++i) texts[i].push_back(tokens[i]);
    }
    CHECK(texts[0] != texts[1]);
    CHECK(texts[1] != texts[2]);
    for (uint64_t i = 0; i < 3; ++i) {  // as one session with the seed 5 + i
        SessionPtr alone = open(5 + i);
        int32_t token = 'x';
        for (const int32_t expected : texts[i]) {
            REQUIRE(quern_session_eval(alone.get(), &token, 1, &error) == QUERN_OK);
            REQUIRE(quern_session_sample(alone.get(), &token, &error) == QUERN_OK);
            REQUIRE(token == expected);
        }
    }
}

TEST_CASE_FIXTURE(CApiFixture,
                  "a chat goes on in the selected sequence; the others keep their texts") {
    SessionPtr s = open(1, 2), fresh = open();
    const int32_t prompt[] = {'a', 'b', 'c'};
    REQUIRE(quern_session_select(s.get(), 1, &error) == QUERN_OK);
    REQUIRE(quern_session_eval(s.get(), prompt, 3, &error) == QUERN_OK);
    REQUIRE(quern_session_select(s.get(), 0, &error) == QUERN_OK);
    CHECK(ask(s.get(), "hello") == ask(fresh.get(), "hello"));
    REQUIRE(quern_session_select(s.get(), 1, &error) == QUERN_OK);
    CHECK(quern_session_position(s.get()) == 3);
    CHECK(ask(s.get(), "more") == ask(fresh.get(), "more"));  // evaluated anew, here
}

TEST_CASE_FIXTURE(CApiFixture, "a batch that does not fit is refused and changes nothing") {
    SessionPtr s = open(1, 2);
    const int32_t both[] = {0, 1}, tokens[] = {'a', 'b'};
    int32_t out[3] = {-1, -1, -1};
    CHECK(quern_session_sample_batch(s.get(), out, 2, &error) == QUERN_WRONG_USE);
    REQUIRE(quern_session_eval_batch(s.get(), both, tokens, 2, &error) == QUERN_OK);
    const std::vector<float> before(quern_session_logits(s.get()),
                                    quern_session_logits(s.get()) + kVocab);
    const auto refuses = [&](std::vector<int32_t> sequences, std::vector<int32_t> ids,
                             const char* why) {
        CHECK(quern_session_eval_batch(s.get(), sequences.data(), ids.data(), ids.size(), &error) ==
              QUERN_WRONG_USE);
        CAPTURE(message());
        CHECK(contains(message(), why));
    };
    refuses({0, 2}, {'a', 'b'}, "sequence 2 in a batch");
    refuses({-1}, {'a'}, "sequence -1 in a batch");
    refuses({1, 1}, {'a', 'b'}, "sequence 1 in a batch, expected different ones");
    refuses({0, 1, 0}, {'a', 'b', 'c'}, "n is 3, expected 1 to 2");
    refuses({0, 1}, {'a', 259}, "token id 259");
    CHECK(quern_session_eval_batch(s.get(), both, tokens, 0, &error) == QUERN_WRONG_USE);
    CHECK(quern_session_eval_batch(s.get(), nullptr, tokens, 2, &error) == QUERN_WRONG_USE);
    CHECK(message() == "sequences is NULL");
    CHECK(quern_session_eval_batch(s.get(), both, nullptr, 2, &error) == QUERN_WRONG_USE);
    CHECK(quern_session_eval_batch(nullptr, both, tokens, 2, &error) == QUERN_WRONG_USE);
    CHECK(quern_session_sample_batch(s.get(), out, 1, &error) == QUERN_WRONG_USE);
    CHECK(contains(message(), "n is 1, expected 2"));
    CHECK(quern_session_sample_batch(s.get(), out, 3, &error) == QUERN_WRONG_USE);
    CHECK(quern_session_sample_batch(s.get(), nullptr, 2, &error) == QUERN_WRONG_USE);
    CHECK(quern_session_sample_batch(nullptr, out, 2, &error) == QUERN_WRONG_USE);
    CHECK(out[0] == -1);
    for (int64_t sequence : {-1, 2}) {
        CHECK(quern_session_select(s.get(), sequence, &error) == QUERN_WRONG_USE);
        CHECK(contains(message(), "expected 0 to 1"));
    }
    CHECK(quern_session_select(nullptr, 0, &error) == QUERN_WRONG_USE);
    CHECK(quern_session_sequences(nullptr) == 0);
    CHECK(quern_session_batch_logits(nullptr, 0) == nullptr);

    CHECK(quern_session_position(s.get()) == 1);
    REQUIRE(quern_session_logits(s.get()) != nullptr);
    CHECK(std::equal(before.begin(), before.end(), quern_session_logits(s.get())));

    quern_session_options options;
    quern_session_options_init(&options, sizeof options);
    CHECK(options.sequences == 1);
    for (int64_t sequences : {0, -1, 1025}) {
        options.sequences = sequences;
        quern_session* made = nullptr;
        CHECK(quern_session_create(model.get(), &options, &made, &error) == QUERN_WRONG_USE);
        CHECK(made == nullptr);
    }
}
