// A file's word that its residual stream is rotated: what it does, and that it is not trusted.
// Rotated weights are made and compared in tests/quantize/rotate_test.cpp.
#include <doctest/doctest.h>

#include <algorithm>

#include "models/session.h"
#include "support/check_status.h"
#include "support/rewritten.h"
#include "support/temp_dir.h"
#include "support/tiny_llama.h"

using namespace quern;
using namespace quern::test;

namespace {

constexpr const char* kKey = "llama.residual_rotation";

/// The tiny model with another value under a key.
std::string with_key(const TempDir& folder, const std::string& key, const MetaValue& value) {
    const std::string in = folder.file("tiny.quern"), out = folder.file("changed.quern");
    TinyLlama::write(in);
    auto file = ModelFile::open(in, {});
    REQUIRE(file.ok());
    Metadata metadata = (*file)->metadata();
    metadata.set(key, value);
    auto writer = QuernWriter::create(out, metadata);
    REQUIRE(writer.ok());
    for (const FileTensor& t : (*file)->tensors()) {
        append_tensor(**writer, t.name, {t.rank, t.rows(), t.cols(), values_of(**file, t)});
    }
    REQUIRE((*writer)->finish().ok());
    return out;
}

Result<std::shared_ptr<const Model>> load_rotated(const std::string& path) {
    ModelOptions options;
    options.need_tokenizer = false;
    return Model::load(path, options);
}

std::vector<float> logits_of(const std::string& path, int threads) {
    auto model = load_rotated(path);
    check_ok(model.status());
    REQUIRE(model.ok());
    SessionOptions options;
    options.threads = threads;
    auto session = Session::create(*model, options);
    REQUIRE(session.ok());
    check_ok((*session)->eval(std::vector<int32_t>{1, 5, 9, 33, 2}, 5));
    return {(*session)->logits().begin(), (*session)->logits().end()};
}

}  // namespace

TEST_CASE("residual rotation: the key changes what layers see, alike for any number of threads") {
    const TempDir folder;
    const std::string path = with_key(folder, kKey, {MetaType::kU64, {}, uint64_t{1}});
    const std::vector<float> rotated = logits_of(path, 1);
    CHECK(rotated == logits_of(path, 2));
    CHECK(rotated == logits_of(path, 3));
    CHECK(rotated != logits_of(folder.file("tiny.quern"), 1));
    const std::string other = with_key(folder, kKey, {MetaType::kU32, {}, uint64_t{2}});
    CHECK(rotated != logits_of(other, 1));
}

TEST_CASE("residual rotation: a damaged key is refused") {
    const TempDir folder;
    const std::string expected = "expected an integer from 1 to 4294967295";
    for (const MetaValue& value : {MetaValue{MetaType::kU64, {}, uint64_t{0}},
                                   {MetaType::kU64, {}, uint64_t{1} << 32},
                                   {MetaType::kI64, {}, int64_t{-1}},
                                   {MetaType::kF32, {}, 1.0},
                                   {MetaType::kBool, {}, uint64_t{1}},
                                   {MetaType::kString, {}, std::string("hadamard")}}) {
        const Status s = load_rotated(with_key(folder, kKey, value)).status();
        check_error(s, Code::kBadFile, kKey);
        check_error(s, Code::kBadFile, expected);
    }
}
