// Loading a model: what is refused, by name, and what its identity covers. On one layer of llama
// in GGUF, made here.
#include "models/model.h"

#include <doctest/doctest.h>

#include <cmath>
#include <functional>

#include "model_hash.h"
#include "models/session.h"
#include "support/check_status.h"
#include "support/gguf_builder.h"
#include "support/temp_dir.h"

using namespace quern;
using namespace quern::test;

namespace {

constexpr uint64_t kWidth = 32;

GgufBuilder small_llama() {
    GgufBuilder b;
    b.string("general.architecture", "llama");
    for (const char* key : {"block_count", "attention.head_count"}) {
        b.u32(std::string("llama.") + key, 1);
    }
    for (const char* key :
         {"context_length", "embedding_length", "feed_forward_length", "vocab_size"}) {
        b.u32(std::string("llama.") + key, kWidth);
    }
    b.f32("llama.attention.layer_norm_rms_epsilon", 1e-5f);
    for (const char* name : {"output_norm", "blk.0.attn_norm", "blk.0.ffn_norm"}) {
        b.tensor_f32(std::string(name) + ".weight", {kWidth}, std::vector<float>(kWidth, 1));
    }
    for (const char* name :
         {"token_embd", "blk.0.attn_q", "blk.0.attn_k", "blk.0.attn_v", "blk.0.attn_output",
          "blk.0.ffn_gate", "blk.0.ffn_up", "blk.0.ffn_down"}) {
        b.tensor_f32(std::string(name) + ".weight", {kWidth, kWidth},
                     std::vector<float>(kWidth * kWidth, 0.5f));
    }
    return b;
}

Result<std::shared_ptr<const Model>> load(const GgufBuilder& b, int threads = 1) {
    const TempDir dir;
    ModelOptions options;
    options.map = false;
    options.need_tokenizer = false;
    options.threads = threads;
    return Model::load(dir.write("small.gguf", b.build()), options);
}

uint64_t hash_of(const GgufBuilder& b) {
    const TempDir dir;
    const auto file = ModelFile::open(dir.write("small.gguf", b.build()), {});
    REQUIRE(file.ok());
    return hash_model(*file.value());
}

}  // namespace

TEST_CASE("divisors of the rotary frequencies must be numbers that can be divided by") {
    std::vector<float> divisors(kWidth / 2, 1);
    divisors[3] = 8;
    GgufBuilder good = small_llama();
    check_ok(load(good.tensor_f32("rope_freqs.weight", {kWidth / 2}, divisors)).status());
    for (const float bad : {0.0f, -1.0f, 1e-4f, 1e7f}) {
        CAPTURE(bad);
        divisors[3] = bad;
        GgufBuilder b = small_llama();
        check_error(load(b.tensor_f32("rope_freqs.weight", {kWidth / 2}, divisors)).status(),
                    Code::kBadFile, "tensor 'rope_freqs.weight': value 3 is ");
    }
}

TEST_CASE("tensors that nobody asked for and types that cannot be read are refused by name") {
    GgufBuilder more = small_llama();
    check_error(load(more.tensor_f32("blk.1.attn_q.weight", {1}, {0})).status(), Code::kBadFile,
                "tensor 'blk.1.attn_q.weight' is not part of this architecture");
    constexpr uint32_t kQ4K = 12;
    constexpr uint64_t kBlock = 256, kBlockBytes = 144;
    GgufBuilder other = small_llama();
    other.u32("llama.attention.key_length", kBlock).u32("llama.attention.value_length", kBlock);
    for (GgufTensor& t : other.tensors) {
        if (t.name != "blk.0.attn_output.weight") continue;
        t.ne = {kBlock, kWidth};
        t.type = kQ4K;
        t.data.assign(kWidth * kBlockBytes, '\0');
    }
    for (GgufTensor& t : other.tensors) {
        if (t.name.find("attn_q") == std::string::npos &&
            t.name.find("attn_k") == std::string::npos &&
            t.name.find("attn_v") == std::string::npos) {
            continue;
        }
        t.ne = {kWidth, kBlock};
        t.data.assign(kWidth * kBlock * 4, '\0');
    }
    const Status status = load(other).status();
    check_error(status, Code::kBadFile, "'blk.0.attn_output.weight'");
    check_error(status, Code::kBadFile, "Q4_K");
}

TEST_CASE("a name that is not fit to be printed is quoted") {
    const auto name = [](const std::string& title) {
        GgufBuilder b = small_llama();
        const auto model = load(b.string("general.name", title));
        REQUIRE(model.ok());
        return model.value()->info().name;
    };
    CHECK(name("Tiny \xC3\xA9t\xC3\xA9") == "Tiny \xC3\xA9t\xC3\xA9");
    CHECK(name("") == "small.gguf");
    CHECK(name("a\x1B[2J") == "'a\\x1B[2J'");
    CHECK(name("a\xC2\x9B") == "'a\\xC2\\x9B'");
    CHECK(name("\xFF") == "'\\xFF'");
    CHECK(name(std::string(1000, 'x')).size() < 100);
}

TEST_CASE("threads are 0 to 1024, for models and sessions") {
    for (const int threads : {-1, 1025}) {
        CAPTURE(threads);
        check_error(load(small_llama(), threads).status(), Code::kWrongUse, "0 to 1024");
        const auto model = load(small_llama());
        REQUIRE(model.ok());
        SessionOptions options;
        options.threads = threads;
        check_error(Session::create(model.value(), options).status(), Code::kWrongUse, "0 to 1024");
    }
}

TEST_CASE("a model's identity changes with its metadata and with data anywhere in a tensor") {
    const uint64_t hash = hash_of(small_llama());
    CHECK(hash == hash_of(small_llama()));
    const auto changed = [&](const std::function<void(GgufBuilder&)>& change) {
        GgufBuilder b = small_llama();
        change(b);
        return hash_of(b) != hash;
    };
    CHECK(changed([](GgufBuilder& b) { b.string("general.name", "x"); }));
    CHECK(changed([](GgufBuilder& b) {
        b.entries.pop_back();
        b.f32("llama.attention.layer_norm_rms_epsilon", 1e-6f);
    }));
    CHECK(changed([](GgufBuilder& b) { b.tensors[0].name = "x"; }));
    CHECK(changed([](GgufBuilder& b) { b.tensors.back().data[0] ^= 1; }));
    CHECK(changed([](GgufBuilder& b) {
        std::string& data = b.tensors.back().data;
        data[data.size() / 2] ^= 1;
    }));
}
