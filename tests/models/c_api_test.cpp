// The C API: what quern.h promises of models, sessions and chats.
#include <algorithm>
#include <string>
#include <vector>

#include "models/c_api_fixture.h"
#include "models/utf8.h"

using namespace quern::test;

TEST_CASE_FIXTURE(CApiFixture,
                  "a model describes itself, and only as far as the caller's struct goes") {
    quern_model_info info{};
    info.size = sizeof info;
    REQUIRE(quern_model_describe(model.get(), &info, &error) == QUERN_OK);
    CHECK(std::string(info.name) == "tiny");
    CHECK(std::string(info.architecture) == "llama");
    CHECK(info.vocab_size == kVocab);
    CHECK(info.n_layers == 1);
    CHECK(info.eos == kEnd);
    CHECK(info.has_chat_template == 1);

    quern_model_info old{};
    old.size = offsetof(quern_model_info, n_parameters);
    old.n_parameters = -7;
    REQUIRE(quern_model_describe(model.get(), &old, &error) == QUERN_OK);
    CHECK(std::string(old.architecture) == "llama");
    CHECK(old.n_parameters == -7);
    CHECK(old.size == offsetof(quern_model_info, n_parameters));
}

TEST_CASE_FIXTURE(
    CApiFixture, "tokens: sizes can be asked for, control tokens are not parsed in a user's text") {
    const std::string text = "h\xC3\xA9<|im_end|>";
    size_t count = 0;
    REQUIRE(quern_model_tokenize(model.get(), text.data(), text.size(), 1, nullptr, 0, &count,
                                 &error) == QUERN_OK);
    REQUIRE(count == 4);
    std::vector<int32_t> ids(count);
    REQUIRE(quern_model_tokenize(model.get(), text.data(), text.size(), 1, ids.data(), 4, &count,
                                 &error) == QUERN_OK);
    CHECK(ids == std::vector<int32_t>{'h', 0xC3, 0xA9, kEnd});
    REQUIRE(quern_model_tokenize(model.get(), text.data(), text.size(), 0, nullptr, 0, &count,
                                 &error) == QUERN_OK);
    CHECK(count == text.size());
    CHECK(quern_model_is_end(model.get(), kEnd) == 1);
    CHECK(quern_model_is_end(model.get(), 'h') == 0);

    char piece[2] = {'x', 'x'};
    size_t bytes = 0;
    REQUIRE(quern_model_detokenize(model.get(), 0xC3, piece, sizeof piece, &bytes, &error) ==
            QUERN_OK);
    CHECK(bytes == 1);
    CHECK(piece[0] == '\xC3');
    CHECK(piece[1] == 0);
    CHECK(quern_model_detokenize(model.get(), 259, piece, 2, &bytes, &error) == QUERN_WRONG_USE);
    CHECK(contains(message(), "259"));
    CHECK(quern_model_tokenize(model.get(), "\xFF", 1, 0, nullptr, 0, &count, &error) ==
          QUERN_WRONG_USE);
}

TEST_CASE_FIXTURE(CApiFixture,
                  "chat: the same seed answers the same, later turns evaluate only what is new") {
    SessionPtr a = open(), b = open(), c = open(2);
    quern_answer first = empty_answer(), second = empty_answer();
    const std::string text = ask(a.get(), "hello", &first);
    CHECK(first.answer_tokens > 0);
    CHECK(first.prompt_evaluated == first.prompt_tokens);
    CHECK(quern::find_invalid_utf8(text) == std::string::npos);
    CHECK(ask(b.get(), "hello") == text);
    CHECK(ask(c.get(), "hello") != text);
    ask(a.get(), "more", &second);
    CHECK(second.prompt_tokens > first.prompt_tokens);
    CHECK(second.prompt_evaluated < second.prompt_tokens - first.prompt_tokens + 4);

    REQUIRE(quern_session_reset(a.get(), &error) == QUERN_OK);
    CHECK(quern_session_position(a.get()) == 0);
    CHECK(ask(a.get(), "hello") == text);
}

TEST_CASE_FIXTURE(CApiFixture,
                  "an answer can be stopped by the callback and by quern_session_stop") {
    auto stop = [](const char*, size_t, void*) { return 1; };
    auto call = [](const char*, size_t, void* s) {
        quern_session_stop(static_cast<quern_session*>(s));
        return 0;
    };
    for (quern_text_callback callback : {+stop, +call}) {
        SessionPtr s = open();
        quern_answer answer = empty_answer();
        REQUIRE(quern_session_add_message(s.get(), "user", "hello", &error) == QUERN_OK);
        REQUIRE(quern_session_generate(s.get(), 0, callback, s.get(), &answer, &error) == QUERN_OK);
        CHECK(answer.finish == QUERN_FINISH_STOPPED);
        CHECK(answer.answer_tokens < 20);
        ask(s.get(), "and now?");  // the conversation goes on
    }
}

TEST_CASE_FIXTURE(CApiFixture,
                  "token by token: greedy sampling takes the best logit; chat survives it") {
    SessionPtr s = open(), fresh = open();
    quern_sampling_options greedy;
    quern_sampling_options_init(&greedy, sizeof greedy);
    greedy.temperature = 0;
    const int32_t prompt[] = {'a', 'b', 'c'};
    CHECK(quern_session_logits(s.get()) == nullptr);
    int32_t token = -1;
    CHECK(quern_session_sample(s.get(), &token, &error) == QUERN_WRONG_USE);
    REQUIRE(quern_session_eval(s.get(), prompt, 3, &error) == QUERN_OK);
    CHECK(quern_session_position(s.get()) == 3);
    const float* logits = quern_session_logits(s.get());
    REQUIRE(logits != nullptr);
    REQUIRE(quern_session_set_sampling(s.get(), &greedy, &error) == QUERN_OK);
    REQUIRE(quern_session_sample(s.get(), &token, &error) == QUERN_OK);
    CHECK(token == std::max_element(logits, logits + kVocab) - logits);
    const int32_t bad = 999;
    CHECK(quern_session_eval(s.get(), &bad, 1, &error) == QUERN_WRONG_USE);
    CHECK(contains(message(), "999"));
    CHECK(quern_session_logits(s.get()) == logits);  // a refused token changes nothing

    CHECK(quern_session_truncate(s.get(), 4, &error) == QUERN_WRONG_USE);
    REQUIRE(quern_session_truncate(s.get(), 1, &error) == QUERN_OK);
    CHECK(quern_session_position(s.get()) == 1);
    CHECK(quern_session_logits(s.get()) == nullptr);

    REQUIRE(quern_session_set_sampling(fresh.get(), &greedy, &error) == QUERN_OK);
    CHECK(ask(s.get(), "hello") == ask(fresh.get(), "hello"));
}

TEST_CASE_FIXTURE(CApiFixture, "a session outlives its model's handle") {
    SessionPtr s = open();
    model.reset();
    CHECK(!ask(s.get(), "hello").empty());
}

TEST_CASE_FIXTURE(CApiFixture,
                  "options: shorter structs keep the defaults, wrong ones are refused") {
    quern_session_options options;
    quern_session_options_init(&options, sizeof options);
    CHECK(options.size == sizeof options);
    quern_session* s = nullptr;
    options.context = 32;
    options.chunk = -1;
    options.size = offsetof(quern_session_options, chunk);  // a program that knows no chunk
    REQUIRE(quern_session_create(model.get(), &options, &s, &error) == QUERN_OK);
    CHECK(quern_session_context(s) == 32);
    quern_session_free(s);

    s = nullptr;
    for (size_t size : {size_t{0}, sizeof options + 8}) {
        options.size = size;
        CHECK(quern_session_create(model.get(), &options, &s, &error) == QUERN_WRONG_USE);
        CHECK(contains(message(), "quern_session_options_init"));
    }
    quern_session_options_init(&options, sizeof options);
    options.cache_keys = options.cache_values = "q8";
    REQUIRE(quern_session_create(model.get(), &options, &s, &error) == QUERN_OK);
    quern_session_free(s);
    s = nullptr;
    options.cache_values = "paper";
    CHECK(quern_session_create(model.get(), &options, &s, &error) == QUERN_WRONG_USE);
    CHECK(contains(message(), "paper"));
    quern_session_options_init(&options, sizeof options);
    options.context = int64_t{1} << 60;
    CHECK(quern_session_create(model.get(), &options, &s, &error) != QUERN_OK);
    CHECK(s == nullptr);

    SessionPtr open_session = open();
    quern_sampling_options sampling;
    quern_sampling_options_init(&sampling, sizeof sampling);
    sampling.top_p = 2;
    CHECK(quern_session_set_sampling(open_session.get(), &sampling, &error) == QUERN_WRONG_USE);
}

TEST_CASE_FIXTURE(CApiFixture, "wrong use is an error with a sentence, never a crash") {
    SessionPtr s = open();
    quern_model* loaded = nullptr;
    CHECK(quern_model_load(nullptr, nullptr, &loaded, &error) == QUERN_WRONG_USE);
    CHECK(message() == "path is NULL");
    CHECK(quern_model_load("x", nullptr, nullptr, nullptr) == QUERN_WRONG_USE);
    CHECK(quern_model_load((folder.path() + "/absent.gguf").c_str(), nullptr, &loaded, &error) ==
          QUERN_BAD_FILE);
    CHECK(contains(message(), "absent.gguf"));
    CHECK(quern_model_load(folder.write("bad.gguf", "GGUF").c_str(), nullptr, &loaded, &error) ==
          QUERN_BAD_FILE);
    CHECK(loaded == nullptr);
    CHECK(quern_model_describe(nullptr, nullptr, &error) == QUERN_WRONG_USE);
    CHECK(quern_session_create(nullptr, nullptr, nullptr, &error) == QUERN_WRONG_USE);
    CHECK(quern_session_generate(nullptr, 1, nullptr, nullptr, nullptr, &error) == QUERN_WRONG_USE);
    CHECK(quern_session_eval(s.get(), nullptr, 1, &error) == QUERN_WRONG_USE);
    CHECK(quern_session_logits(nullptr) == nullptr);
    CHECK(quern_session_position(nullptr) == 0);
    quern_session_stop(nullptr);
    quern_session_free(nullptr);
    quern_model_free(nullptr);

    CHECK(quern_session_generate(s.get(), 1, nullptr, nullptr, nullptr, &error) == QUERN_WRONG_USE);
    CHECK(contains(message(), "user"));
    CHECK(quern_session_add_message(s.get(), "robot", "hi", &error) == QUERN_WRONG_USE);
    CHECK(contains(message(), "robot"));
    CHECK(quern_session_add_message(s.get(), "user", "\xFF", &error) == QUERN_WRONG_USE);
    REQUIRE(quern_session_add_message(s.get(), "user", "hi", &error) == QUERN_OK);
    CHECK(message().empty());
    CHECK(quern_session_add_message(s.get(), "system", "hi", &error) == QUERN_WRONG_USE);
}

TEST_CASE_FIXTURE(CApiFixture, "a long message is cut at a whole character") {
    quern_model* loaded = nullptr;
    std::string path = "/";
    for (int i = 0; i < 400; ++i) path += "\xC3\xA9";
    CHECK(quern_model_load(path.c_str(), nullptr, &loaded, &error) == QUERN_BAD_FILE);
    CHECK(message().size() >= sizeof error.message - 3);
    CHECK(quern::find_invalid_utf8(message()) == std::string::npos);
}
