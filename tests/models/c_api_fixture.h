// What the tests of the C API share: a tiny model with random weights and one token per byte,
// sessions of it, a chat.
#pragma once

#include <doctest/doctest.h>

#include <cstring>
#include <memory>
#include <string>

#include "models/quern.h"
#include "support/byte_llama.h"
#include "support/temp_dir.h"

namespace quern::test {

constexpr int32_t kEnd = ByteLlama::kEnd;
constexpr uint64_t kVocab = ByteLlama::kVocab;

struct FreeHandle {
    void operator()(quern_model* m) const { quern_model_free(m); }
    void operator()(quern_session* s) const { quern_session_free(s); }
};
using ModelPtr = std::unique_ptr<quern_model, FreeHandle>;
using SessionPtr = std::unique_ptr<quern_session, FreeHandle>;

/// A model, an error buffer, and what most tests do with them.
struct CApiFixture {
    quern_error error{};
    TempDir folder;
    ModelPtr model;

    CApiFixture() {
        quern_model* loaded = nullptr;
        const std::string path = folder.write("tiny.gguf", ByteLlama::gguf());
        const quern_status status = quern_model_load(path.c_str(), nullptr, &loaded, &error);
        INFO(error.message);
        REQUIRE(status == QUERN_OK);
        model.reset(loaded);
    }
    SessionPtr open(uint64_t seed = 1, int64_t sequences = 1) {
        quern_session* made = nullptr;
        quern_session_options options;
        quern_session_options_init(&options, sizeof options);
        options.sequences = sequences;
        REQUIRE(quern_session_create(model.get(), &options, &made, &error) == QUERN_OK);
        quern_sampling_options sampling;
        quern_sampling_options_init(&sampling, sizeof sampling);
        sampling.seed = seed;
        REQUIRE(quern_session_set_sampling(made, &sampling, &error) == QUERN_OK);
        return SessionPtr(made);
    }
    /// Adds a user's message and returns the answer.
    std::string ask(quern_session* s, const char* text, quern_answer* answer = nullptr) {
        std::string out;
        auto append = [](const char* piece, size_t bytes, void* user) {
            CHECK(std::strlen(piece) == bytes);
            static_cast<std::string*>(user)->append(piece, bytes);
            return 0;
        };
        REQUIRE(quern_session_add_message(s, "user", text, &error) == QUERN_OK);
        const quern_status status = quern_session_generate(s, 12, append, &out, answer, &error);
        INFO(error.message);
        REQUIRE(status == QUERN_OK);
        return out;
    }
    std::string message() const { return error.message; }
};

inline quern_answer empty_answer() {
    quern_answer answer{};
    answer.size = sizeof answer;
    return answer;
}

inline bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace quern::test
