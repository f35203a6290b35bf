// The llama architecture against an independent numpy forward pass, and what a session promises.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>
#include <sstream>

#include "models/session.h"
#include "support/data.h"
#include "support/rewritten.h"
#include "support/tiny_llama.h"
#include "tensor/kv_cache.h"
#include "tensor/system.h"

using namespace quern;
using namespace quern::test;

namespace {

/// llama.golden: name -> rows of numbers.
std::map<std::string, std::vector<std::vector<double>>> read_golden() {
    std::map<std::string, std::vector<std::vector<double>>> rows;
    std::ifstream file(golden("llama.golden"));
    REQUIRE(file.good());
    for (std::string line; std::getline(file, line);) {
        std::istringstream in(line);
        std::string name;
        in >> name;
        std::vector<double> values;
        for (double v; in >> v;) values.push_back(v);
        rows[name].push_back(values);
    }
    return rows;
}

std::vector<int32_t> to_ids(const std::vector<double>& values) {
    return {values.begin(), values.end()};
}

std::shared_ptr<const Model> load_llama(const std::string& path, bool exact_inputs = false) {
    ModelOptions options;
    options.need_tokenizer = false;
    options.exact_inputs = exact_inputs;
    auto model = Model::load(path, options);
    if (!model.ok()) MESSAGE(model.status().message());
    REQUIRE(model.ok());
    return *model;
}

std::unique_ptr<Session> open(std::shared_ptr<const Model> model, SessionOptions options = {}) {
    auto session = Session::create(std::move(model), options);
    REQUIRE(session.ok());
    return std::move(*session);
}

int32_t argmax(std::span<const float> logits) {
    return static_cast<int32_t>(std::max_element(logits.begin(), logits.end()) - logits.begin());
}

std::vector<int32_t> continue_greedily(Session& s, const std::vector<int32_t>& prompt, int n) {
    std::vector<int32_t> out;
    REQUIRE(s.eval(prompt).ok());
    for (int i = 0; i < n; ++i) {
        out.push_back(argmax(s.last_logits()));
        REQUIRE(s.eval({&out.back(), 1}).ok());
    }
    return out;
}

}  // namespace

TEST_CASE("logits and greedy tokens equal the golden ones") {
    TemporaryFile file("tiny");
    TinyLlama::write(file.path());
    auto expected = read_golden();
    const std::vector<int32_t> prompt = to_ids(expected["prompt"][0]);
    for (int threads : {1, 2}) {
        SessionOptions options;
        options.threads = threads;
        auto session = open(load_llama(file.path(), true), options);
        REQUIRE(session->eval(prompt, static_cast<int64_t>(prompt.size())).ok());
        for (const auto& row : expected["logits"]) {
            const auto token = static_cast<size_t>(row[0]);
            for (size_t i = 0; i < TinyLlama::kVocab; ++i) {
                const double found = session->logits()[token * TinyLlama::kVocab + i];
                REQUIRE(std::fabs(found - row[i + 1]) < 2e-5 * (1 + std::fabs(row[i + 1])));
            }
        }
        session->truncate(0);
        const std::vector<int32_t> greedy = to_ids(expected["greedy"][0]);
        CHECK(continue_greedily(*session, prompt, static_cast<int>(greedy.size())) == greedy);
    }
}

TEST_CASE("every format runs, with any number of threads and any split, to the same bits") {
    const std::vector<int32_t> prompt = to_ids(read_golden()["prompt"][0]);
    for (const Format& f : formats()) {
        CAPTURE(f.name);
        TemporaryFile file("tiny");
        TinyLlama::write(file.path(), f.name);
        auto model = load_llama(file.path());
        auto whole = open(model, {0, 1, 256});
        REQUIRE(whole->eval(prompt).ok());
        const std::vector<float> expected(whole->logits().begin(), whole->logits().end());
        CHECK(std::isfinite(expected[0]));
        for (const SessionOptions& options :
             {SessionOptions{0, 1, 1}, {0, 2, 5}, {0, 3, 256}, {0, 2, 11}}) {
            CAPTURE(options.threads);
            CAPTURE(options.chunk);
            auto session = open(model, options);
            REQUIRE(session->eval(prompt).ok());
            CHECK(std::equal(expected.begin(), expected.end(), session->last_logits().begin()));
        }
    }
}

TEST_CASE("truncate: what was forgotten leaves no trace, in any cache, across blocks of it") {
    TemporaryFile file("tiny");
    TinyLlama::write(file.path(), "q8_g32");
    auto model = load_llama(file.path());
    const auto text = [](size_t n, int32_t step) {
        std::vector<int32_t> tokens(n);
        for (size_t i = 0; i < n; ++i) tokens[i] = static_cast<int32_t>(i) * step % 61;
        return tokens;
    };
    constexpr auto kBlock = static_cast<size_t>(KvCache::kBlock);
    const std::vector<int32_t> right = text(kBlock + 9, 7), wrong = text(kBlock, 5);
    for (const char* format : {"f16", "q8", "q4"}) {
        for (const size_t kept : {size_t{3}, kBlock - 5, kBlock, kBlock + 2}) {
            CAPTURE(format);
            CAPTURE(kept);
            SessionOptions options{2 * static_cast<int64_t>(kBlock) + 16, 1, 256};
            options.cache_keys = options.cache_values = format;
            auto a = open(model, options), b = open(model, options);
            REQUIRE(a->eval(std::span(right).first(kept)).ok());
            REQUIRE(a->eval(wrong).ok());
            a->truncate(static_cast<int64_t>(kept));
            CHECK(a->position() == static_cast<int64_t>(kept));
            REQUIRE(a->eval(std::span(right).subspan(kept)).ok());
            REQUIRE(b->eval(right).ok());
            CHECK(std::equal(a->logits().begin(), a->logits().end(), b->logits().begin()));
        }
    }
}

TEST_CASE("the default cache is bf16 only where products are, and the model rounds its inputs") {
    const std::string fast = has_bf16_products() ? "bf16" : "f16";
    struct Case {
        const char* weights;
        bool exact;
        std::string expected;
    };
    for (const Case& c : {Case{"q4_g32", false, fast},
                          {"bf16", false, fast},
                          {"q4_g32", true, "f16"},
                          {"f16", false, fast},
                          {"f16", true, "f16"},
                          {"f8_e4m3", false, fast},
                          {"f32", false, "f16"}}) {
        CAPTURE(c.weights);
        CAPTURE(c.exact);
        TemporaryFile file("tiny");
        TinyLlama::write(file.path(), c.weights);
        const auto model = load_llama(file.path(), c.exact);
        SessionOptions chosen{32, 1, 8};
        chosen.cache_values = "q8";
        choose_cache_formats(*model, &chosen);
        CHECK(chosen.cache_keys == c.expected);
        CHECK(chosen.cache_values == "q8");
        const std::vector<int32_t> tokens = {3, 1, 4, 1, 5};
        SessionOptions named{32, 1, 8};
        named.cache_keys = named.cache_values = c.expected;
        auto by_default = open(model, {32, 1, 8}), by_name = open(model, named);
        REQUIRE(by_default->eval(tokens).ok());
        REQUIRE(by_name->eval(tokens).ok());
        CHECK(std::equal(by_name->logits().begin(), by_name->logits().end(),
                         by_default->logits().begin()));
    }
}

TEST_CASE("one matrix of the last layer that takes exact inputs keeps the default cache at f16") {
    TemporaryFile whole("whole"), mixed("mixed");
    TinyLlama::write(whole.path(), "q4_g32");
    const std::string name = "blk." + std::to_string(TinyLlama::kLayers - 1) + ".ffn_down.weight";
    auto file = ModelFile::open(whole.path(), {});
    REQUIRE(file.ok());
    const FileTensor& t = *(*file)->find(name);
    rewrite(whole.path(), mixed.path(),
            {{name, {2, t.rows(), t.cols(), values_of(**file, t), "f32"}}});
    SessionOptions chosen;
    choose_cache_formats(*load_llama(mixed.path()), &chosen);
    CHECK(chosen.cache_keys == "f16");
    CHECK(chosen.cache_values == "f16");
}

TEST_CASE("queries are rotated for quantized keys, and values below 8 bits and their results") {
    TemporaryFile file("tiny");
    TinyLlama::write(file.path());
    auto model = load_llama(file.path());
    struct Case {
        const char *keys, *values;
        int64_t rotations;  ///< apart from those of keys, which are a part of store
    };
    for (const Case& c : {Case{"f16", "f16", 0}, Case{"q8", "f16", 1}, Case{"f16", "q8", 0},
                          Case{"f16", "q4", 2}, Case{"q4", "q4", 3}}) {
        CAPTURE(c.keys);
        CAPTURE(c.values);
        SessionOptions options{32, 1, 8};
        options.cache_keys = c.keys;
        options.cache_values = c.values;
        auto session = open(model, options);
        Profile profile;
        session->set_profile(&profile);
        REQUIRE(session->eval(std::vector<int32_t>{3}).ok());
        int64_t calls = 0;
        for (const Profile::Entry& e : profile.entries()) {
            if (e.name == "rotate") calls += e.calls;
        }
        CHECK(calls == c.rotations * model->info().n_layers);
    }
}

TEST_CASE(
    "cached values: of a symmetric format only the bits count; others with scales are refused") {
    TemporaryFile file("tiny");
    TinyLlama::write(file.path());
    auto model = load_llama(file.path());
    SessionOptions options{32, 1, 8};
    options.cache_keys = "f16";
    std::vector<std::vector<float>> logits;
    std::vector<uint64_t> bytes;  // of caches
    for (const char* name : {"q8", "q8_g64", "q8_row", "q4"}) {
        options.cache_values = name;
        auto session = open(model, options);
        REQUIRE(session->eval(std::vector<int32_t>{3, 5, 8}).ok());
        logits.emplace_back(session->last_logits().begin(), session->last_logits().end());
        bytes.push_back(session->memory().cache);
    }
    const ModelShape& s = model->info();
    const KvCache layer{find_format("f16"), find_format("q8_row"), s.n_kv_heads, s.head_dim,
                        options.context};
    CHECK(bytes[0] == layer.bytes() * static_cast<uint64_t>(s.n_layers));
    CHECK(bytes[1] == bytes[0]);
    CHECK(bytes[2] == bytes[0]);
    CHECK(bytes[3] < bytes[0]);
    CHECK(logits[1] == logits[0]);
    CHECK(logits[2] == logits[0]);
    CHECK(logits[3] != logits[0]);
    for (const char* name : {"q4z_g32", "q4m_g32", "q4_g32d", "nf4_g32", "f8_e4m3"}) {
        options.cache_values = name;
        const auto refused = Session::create(model, options);
        REQUIRE(!refused.ok());
        const std::string expected = std::string(name) + " cannot hold values";
        CHECK(refused.status().message().find(expected) != std::string::npos);
    }
}

TEST_CASE("prepare: memory is known before anything is evaluated, and stays so") {
    TemporaryFile file("tiny");
    TinyLlama::write(file.path());
    auto session = open(load_llama(file.path()), {32, 2, 8});
    CHECK(session->memory().scratch == 0);
    REQUIRE(session->prepare(19).ok());
    const uint64_t planned = session->memory().scratch;
    CHECK(planned > 0);
    CHECK(session->position() == 0);
    REQUIRE(session->eval(std::vector<int32_t>(19, 3)).ok());
    CHECK(session->memory().scratch == planned);
    REQUIRE(session->prepare(1).ok());
    const uint64_t most = session->memory().scratch;
    CHECK(most > planned);
    REQUIRE(session->prepare(2).ok());
    CHECK(session->memory().scratch == most);
    check_error(session->prepare(4, 5), Code::kWrongUse, "logits of 5 tokens were asked for");
}

TEST_CASE("sequences of a session: each gives the bits that it gives alone, in any company") {
    TemporaryFile file("tiny");
    for (const char* format : {"q8_g32", "f32"}) {
        TinyLlama::write(file.path(), format);
        auto model = load_llama(file.path());
        constexpr int64_t kSequences = 11;  // more than kernels for few tokens take
        SessionOptions options{32, 2, 256};
        options.cache_keys = options.cache_values = "q8";
        auto alone = open(model, options);
        options.sequences = kSequences;
        auto together = open(model, options);
        CHECK(together->sequences() == kSequences);
        // Prompts of different lengths, then tokens for the first 11, 7, 2 and 1 sequences.
        const auto token = [](int64_t sequence, int64_t at) {
            return static_cast<int32_t>((sequence * 5 + at * 7) % TinyLlama::kVocab);
        };
        for (int64_t s = 0; s < kSequences; ++s) {
            together->select(s);
            for (int64_t i = 0; i <= s; ++i) {
                REQUIRE(together->eval(std::vector{token(s, i)}).ok());
            }
            CHECK(together->position() == s + 1);
        }
        std::vector<std::vector<float>> last(kSequences);
        std::vector<int64_t> length(kSequences);
        for (int64_t s = 0; s < kSequences; ++s) length[s] = s + 1;
        for (const int64_t n : {kSequences, int64_t{7}, int64_t{2}, int64_t{1}}) {
            std::vector<SequenceToken> batch;
            for (int64_t s = n; s-- > 0;) {
                batch.push_back({static_cast<int32_t>(s), token(s, length[s]++)});
            }
            REQUIRE(together->eval_batch(batch).ok());
            for (size_t i = 0; i < batch.size(); ++i) {
                const auto row =
                    together->logits().subspan(i * TinyLlama::kVocab, TinyLlama::kVocab);
                last[batch[i].sequence].assign(row.begin(), row.end());
            }
        }
        for (int64_t s = 0; s < kSequences; ++s) {
            CAPTURE(s);
            std::vector<int32_t> tokens;
            for (int64_t i = 0; i < length[s]; ++i) tokens.push_back(token(s, i));
            alone->truncate(0);
            REQUIRE(alone->eval(tokens).ok());
            CHECK(std::equal(last[s].begin(), last[s].end(), alone->logits().begin()));
        }
        // Forgetting tokens of one sequence leaves the others.
        together->select(3);
        together->truncate(1);
        CHECK(together->position() == 1);
        together->select(4);
        CHECK(together->position() == length[4]);
    }
}

TEST_CASE("a batch that does not fit is refused and changes nothing") {
    TemporaryFile file("tiny");
    TinyLlama::write(file.path());
    SessionOptions options{4, 1, 8};
    options.sequences = 3;
    auto session = open(load_llama(file.path()), options);
    const auto refuses = [&](std::vector<SequenceToken> batch, const char* why) {
        const Status status = session->eval_batch(batch);
        CHECK(status.code() == Code::kWrongUse);
        CAPTURE(status.message());
        CHECK(status.message().find(why) != std::string::npos);
    };
    refuses({}, "no tokens");
    refuses({{0, 1}, {3, 1}}, "sequence 3 in a batch, expected different ones of 0 to 2");
    refuses({{0, 1}, {0, 1}}, "sequence 0 in a batch");
    refuses({{0, 1}, {1, 61}}, "token id 61 is out of range");
    session->select(1);
    REQUIRE(session->eval(std::vector<int32_t>(4, 1)).ok());
    refuses({{0, 1}, {1, 1}}, "4 of 4 places");
    session->select(0);
    CHECK(session->position() == 0);
    options.sequences = 0;
    CHECK(Session::create(load_llama(file.path()), options).status().code() == Code::kWrongUse);
}

TEST_CASE("what does not fit is refused and changes nothing") {
    TemporaryFile file("tiny");
    TinyLlama::write(file.path());
    auto session = open(load_llama(file.path()), {16, 1, 8});
    CHECK(session->context() == 16);
    const std::vector<int32_t> many(17, 1), bad{3, 61}, negative{-1};
    CHECK(session->eval(many).message().find("17 tokens do not fit") != std::string::npos);
    CHECK(session->eval(bad).message().find("token id 61 is out of range") != std::string::npos);
    CHECK(session->eval(negative).code() == Code::kWrongUse);
    CHECK(session->eval(std::vector<int32_t>(12, 1), 9).code() == Code::kWrongUse);
    CHECK(session->position() == 0);
    CHECK(session->eval(std::vector<int32_t>(16, 1), 8).ok());
    CHECK(session->logits().size() == 8 * TinyLlama::kVocab);
    CHECK(session->eval(std::vector<int32_t>(1, 1)).code() == Code::kWrongUse);
    CHECK(session->position() == 16);
}

TEST_CASE("real tiny models: a trained one predicts its own language better than chance") {
    const std::string path = shared("stories-260k-f32.gguf");
    if (!have(path)) return;
    auto session = open(load_llama(path));
    // "Once upon a time": the model's own ids.
    const std::vector<int32_t> prompt{1, 403, 407, 261, 378};
    REQUIRE(session->eval(prompt, 5).ok());
    CHECK(argmax(session->logits().first(512)) == 403);
    CHECK(argmax(session->logits().subspan(512, 512)) == 407);
}

TEST_CASE("models that do not fit the architecture are refused by name") {
    TemporaryFile file("tiny");
    const auto message = [&](const std::string& key, MetaValue value) {
        // The fixture's own file with one key changed: written anew without tensors.
        Metadata m;
        m.set_string("general.architecture", "llama");
        for (const char* k : {"block_count", "context_length", "embedding_length",
                              "feed_forward_length", "attention.head_count"}) {
            m.set_u64(std::string("llama.") + k, 8);
        }
        m.set_u64("llama.vocab_size", 16);
        m.set("llama.attention.layer_norm_rms_epsilon", MetaValue{MetaType::kF32, {}, 1e-5});
        m.set(key, std::move(value));
        auto writer = QuernWriter::create(file.path(), m);
        REQUIRE(writer.ok());
        REQUIRE(writer.value()->finish().ok());
        auto model = Model::load(file.path(), {});
        REQUIRE(!model.ok());
        CHECK(model.status().code() == Code::kBadFile);
        CHECK(model.status().message().find(file.path()) == 0);
        return model.status().message();
    };
    const auto has = [](const std::string& text, const std::string& part) {
        CAPTURE(text);
        CHECK(text.find(part) != std::string::npos);
    };
    const auto u64 = [](uint64_t v) { return MetaValue{MetaType::kU64, {}, v}; };
    has(message("general.architecture", MetaValue{MetaType::kString, {}, std::string("mamba")}),
        "'mamba', which is not supported; supported: llama");
    has(message("general.architecture", MetaValue{MetaType::kString, {}, std::string("\x1B[2Jx")}),
        "'\\x1B[2Jx'");
    has(message("llama.attention.head_count", u64(0)), "llama.attention.head_count");
    has(message("llama.attention.head_count_kv", u64(3)), "expected a divisor of head_count 8");
    has(message("llama.embedding_length", u64(4)), "expected at least head_count 8");
    has(message("llama.embedding_length", u64(1ull << 40)), "llama.embedding_length");
    has(message("llama.rope.scaling.type", MetaValue{MetaType::kString, {}, std::string("yarn")}),
        "'yarn', expected none or linear");
    has(message("llama.attention.layer_norm_rms_epsilon", MetaValue{MetaType::kF32, {}, 0.0}),
        "llama.attention.layer_norm_rms_epsilon");
    has(message("llama.embedding_length", u64(64)),
        "tensor 'token_embd.weight' is missing; expected shape [16, 64]");
}

namespace {

/// The values of a .quern file's matrices, stored again as f32.
void write_expanded(const std::string& in, const std::string& out) {
    auto file = ModelFile::open(in, {});
    REQUIRE(file.ok());
    auto writer = QuernWriter::create(out, (*file)->metadata());
    REQUIRE(writer.ok());
    const Format& f32 = *find_format("f32");
    for (const FileTensor& t : (*file)->tensors()) {
        REQUIRE((*writer)->begin_tensor(t.name, t.rank, t.shape, f32).ok());
        if (t.rank == 1) REQUIRE((*writer)->append(t.data, t.bytes).ok());
        for (int64_t tile = 0; t.rank == 2 && tile < n_tiles(t.rows()); ++tile) {
            const auto* packed =
                t.data + static_cast<uint64_t>(tile) * t.format->tile_bytes(*t.format, t.cols());
            std::vector<float> row(static_cast<size_t>(t.cols()));
            Aligned values(f32.tile_bytes(f32, t.cols()));
            for (int64_t r = 0; r < std::min(kTileRows, t.rows() - tile * kTileRows); ++r) {
                t.format->decode_row(*t.format, packed, r, t.cols(), row.data());
                f32.encode_row(f32, row.data(), r, t.cols(), values.data());
            }
            REQUIRE((*writer)->append(values.data(), f32.tile_bytes(f32, t.cols())).ok());
        }
        REQUIRE((*writer)->end_tensor({}).ok());
    }
    REQUIRE((*writer)->finish().ok());
}

}  // namespace

TEST_CASE("llama: with exact inputs a model gives the logits of an f32 file with the same values") {
    const TemporaryFile packed("packed.quern");
    const TemporaryFile expanded("expanded.quern");
    for (const char* format : {"q4z_g32", "q3m_g32", "q8_row", "bf16"}) {
        CAPTURE(format);
        TinyLlama::write(packed.path(), format);
        write_expanded(packed.path(), expanded.path());
        const auto model = load_llama(packed.path(), true);
        const auto reference = load_llama(expanded.path());
        CHECK(model->info().weight_bytes == reference->info().weight_bytes);
        const std::vector<int32_t> tokens = {3, 1, 4, 1, 5, 9, 2, 6};
        const auto a = open(model);
        const auto b = open(reference);
        REQUIRE(a->eval(tokens, 8).ok());
        REQUIRE(b->eval(tokens, 8).ok());
        CHECK(std::equal(a->logits().begin(), a->logits().end(), b->logits().begin()));
        // Not by chance: quantized inputs give other logits.
        const auto c = open(load_llama(packed.path()));
        REQUIRE(c->eval(tokens, 8).ok());
        CHECK(!std::equal(a->logits().begin(), a->logits().end(), c->logits().begin()));
    }
}

TEST_CASE("llama: weights in f16 are multiplied as bf16 where that is faster, else as they are") {
    const TemporaryFile plain("plain"), rounded("rounded");
    TinyLlama::write(plain.path(), "f16");
    auto file = ModelFile::open(plain.path(), {});
    REQUIRE(file.ok());
    std::map<std::string, NewTensor> changed;
    for (const FileTensor& t : (*file)->tensors()) {
        if (t.rank != 2 || t.name == "token_embd.weight") continue;  // it is looked up as it is
        changed[t.name] = {2, t.rows(), t.cols(), values_of(**file, t), "bf16"};
    }
    rewrite(plain.path(), rounded.path(), changed);
    SessionOptions options{32, 1, 8};
    options.cache_keys = options.cache_values = "f32";
    const auto logits = [&](const TemporaryFile& path, bool exact) {
        const std::vector<int32_t> tokens = {3, 1, 4, 1, 5, 9, 2, 6};
        auto session = open(load_llama(path.path(), exact), options);
        REQUIRE(session->eval(tokens, 8).ok());
        return std::vector<float>(session->logits().begin(), session->logits().end());
    };
    const std::vector<float> exact = logits(plain, true);
    CHECK(exact != logits(rounded, true));
    CHECK(logits(plain, false) == (has_bf16_products() ? logits(rounded, false) : exact));
}
