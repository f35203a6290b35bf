// Conversions that must fail: with which words and code, and that no file is left behind.
#include <limits>

#include "fixtures.h"
#include "output.h"
#include "support/file_size_limit.h"

using namespace quern;
using namespace quern::test;

namespace {

/// The conversion fails like this, and the folder holds only the input afterwards.
void check_fails(const TempDir& folder, const std::string& in, const QuantizeOptions& options,
                 Code code, const std::string& words) {
    const int64_t before = files_in(folder);
    check_error(quantize_file(in, folder.file("out.quern"), options).status(), code, words);
    CHECK(files_in(folder) == before);
}

std::string matrix_with(const TempDir& folder, float value, int64_t row) {
    std::vector<float> w = gaussian(1, 40 * 64);
    w[static_cast<size_t>(row * 64 + 5)] = value;
    return folder.write("in.gguf", one_matrix(w, 40, 64).build());
}

}  // namespace

TEST_CASE("quantize: files that are not models are refused") {
    const TempDir folder;
    const QuantizeOptions options = with_format("q4_g32");
    check_fails(folder, folder.file("missing.gguf"), options, Code::kBadFile, "missing.gguf");
    check_fails(folder, folder.write("empty.gguf", ""), options, Code::kBadFile, "empty.gguf");
    check_fails(folder, folder.write("text.gguf", "Hello, I am a text."), options, Code::kBadFile,
                "is not a model file");
    const std::string whole = small_model().build();
    for (size_t bytes : {size_t{3}, size_t{20}, size_t{150}, whole.size() / 2, whole.size() - 1}) {
        CAPTURE(bytes);
        check_fails(folder, folder.write("cut.gguf", whole.substr(0, bytes)), options,
                    Code::kBadFile, "cut.gguf");
    }
    GgufBuilder hostile = small_model();
    hostile.tensor_count = uint64_t{1} << 62;
    check_fails(folder, folder.write("hostile.gguf", hostile.build()), options, Code::kBadFile,
                "hostile.gguf");
}

TEST_CASE("quantize: a type that cannot be read is named, with those that can") {
    const TempDir folder;
    GgufBuilder gguf = small_model();
    gguf.tensor("blk.1.ffn_up.weight", {256, 2}, 14, std::string(2 * 210, 'x'));
    gguf.tensor("blk.2.ffn_up.weight", {256, 2}, 14, std::string(2 * 210, 'x'));
    const std::string in = folder.write("in.gguf", gguf.build());
    for (const char* words : {"'blk.1.ffn_up.weight'", "Q6_K", "Q8_0", "2 tensors"}) {
        check_fails(folder, in, with_format("q4_g32"), Code::kBadFile, words);
    }
    GgufBuilder experts = small_model();
    experts.tensor_f32("blk.0.ffn_up_exps.weight", {32, 2, 2}, gaussian(1, 128));
    check_fails(folder, folder.write("experts.gguf", experts.build()), with_format("q4_g32"),
                Code::kBadFile, "'blk.0.ffn_up_exps.weight' has 3 dimensions");
}

TEST_CASE("quantize: NaN and infinity are refused with tensor and row, unless allowed") {
    const TempDir folder;
    constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
    constexpr float kInfinity = std::numeric_limits<float>::infinity();
    for (float value : {kNan, kInfinity, -kInfinity}) {
        const std::string in = matrix_with(folder, value, 23);
        check_fails(folder, in, with_format("q4_g32"), Code::kBadFile,
                    "'blk.0.attn_q.weight': row 23");
        QuantizeOptions options = with_format("q4_g32");
        options.allow_nonfinite = true;
        quantized(in, folder.file("allowed.quern"), options);
    }
}

TEST_CASE("quantize: a value beyond the format's range is refused, other formats hold it") {
    const TempDir folder;
    const std::string in = matrix_with(folder, 3e6f, 37);
    for (const char* format : {"q4_g32", "q4z_g128", "q4m_row", "q8_g32", "f16"}) {
        CAPTURE(format);
        if (std::string(format) == "q8_g32") {
            quantized(in, folder.file("fits.quern"), with_format(format));  // 3e6 / 128 fits
            continue;
        }
        for (const char* words : {"'blk.0.attn_q.weight'", "row 37", "3e+06", format}) {
            check_fails(folder, in, with_format(format), Code::kBadFile, words);
        }
    }
    for (const char* format : {"bf16", "f32", "f8_e4m3"}) {
        quantized(in, folder.file("fits.quern"), with_format(format));
    }
}

TEST_CASE("quantize: the error of the first bad row is told for any number of threads") {
    const TempDir folder;
    std::vector<float> w = gaussian(1, 4000 * 64);
    for (size_t row : {500, 501, 1700, 3999}) w[row * 64] = 1e30f;
    const std::string in = folder.write("in.gguf", one_matrix(w, 4000, 64).build());
    QuantizeOptions options = with_format("q4_g32");
    for (int threads : {1, 2, 3, 8}) {
        options.threads = threads;
        check_fails(folder, in, options, Code::kBadFile, "row 500 ");
    }
}

TEST_CASE("quantize: damage in a .quern file is not passed on under a new checksum") {
    const TempDir folder;
    quantized(folder.write("in.gguf", small_model().build()), folder.file("a.quern"),
              with_format("q4_g32"));
    std::string bytes = read_file(folder.file("a.quern"));
    const auto file = open_model(folder.file("a.quern"));
    const FileTensor& t = *file->find("blk.0.attn_q.weight");
    const size_t at = bytes.find(std::string(reinterpret_cast<const char*>(t.data), 64));
    REQUIRE(at != std::string::npos);
    bytes[at + 10] = static_cast<char>(bytes[at + 10] ^ 1);
    const std::string damaged = folder.write("damaged.quern", bytes);
    check_fails(folder, damaged, {}, Code::kBadFile, "'blk.0.attn_q.weight': its checksum");
    check_fails(folder, damaged, with_format("q3_g32"), Code::kBadFile,
                "'blk.0.attn_q.weight': its checksum");
}

TEST_CASE("quantize: the input is never the output, by whatever name") {
    const TempDir folder;
    const std::string bytes = small_model().build();
    const std::string in = folder.write("in.gguf", bytes);
    std::filesystem::create_symlink(in, folder.file("link.gguf"));
    std::filesystem::create_hard_link(in, folder.file("hard.gguf"));
    for (const char* out : {"in.gguf", "./in.gguf", "link.gguf", "hard.gguf"}) {
        check_error(quantize_file(in, folder.file(out), with_format("q4_g32")).status(),
                    Code::kWrongUse, "is the input file itself");
    }
    CHECK(read_file(in) == bytes);
}

TEST_CASE("quantize: folders that are missing or are no folders") {
    const TempDir folder;
    const std::string in = folder.write("in.gguf", small_model().build());
    for (const char* out : {"no/such/out.quern", "in.gguf/out.quern"}) {
        check_error(quantize_file(in, folder.file(out), with_format("q4_g32")).status(),
                    Code::kFailed, "choose a folder that exists");
    }
    check_error(quantize_file(in, folder.path(), with_format("q4_g32")).status(), Code::kFailed,
                "is a directory");
    CHECK(files_in(folder) == 1);
}

TEST_CASE("quantize: an unknown method is refused with those there are") {
    const TempDir folder;
    QuantizeOptions options = with_format("q4_g32");
    options.method = "magic";
    check_fails(folder, folder.write("in.gguf", small_model().build()), options, Code::kWrongUse,
                "unknown method 'magic'; this version has rtn");
}

TEST_CASE("quantize: when the disk is full nothing is left, and an old file stays") {
    const TempDir folder;
    const std::string in =
        folder.write("in.gguf", one_matrix(gaussian(1, 4000 * 512), 4000, 512).build());
    folder.write("out.quern", "old");
    Status status;
    {
        const FileSizeLimit full(1'500'000);
        status = quantize_file(in, folder.file("out.quern"), with_format("q8_g32")).status();
    }
    check_error(status, Code::kOutOfSpace, "out.quern");
    CHECK(files_in(folder) == 2);
    CHECK(read_file(folder.file("out.quern")) == "old");
}

TEST_CASE(
    "quantize: too little space is known before the work, with what OUT.partial takes of it") {
    const TempDir folder;
    const std::string out = folder.file("out.quern");
    constexpr uint64_t kExabyte = uint64_t{1} << 60;
    check_ok(check_space(out, 1, 0));
    check_error(check_space(out, kExabyte, 0), Code::kOutOfSpace,
                "out.quern: needs 1152921504607 MB, but its folder has");
    check_error(check_space(out, kExabyte, 5'000'000), Code::kOutOfSpace,
                " MB, 5 of them for " + out + ".partial until it is complete, but its folder has");
}

TEST_CASE("quantize: cancelling leaves no file") {
    const TempDir folder;
    const std::string in =
        folder.write("in.gguf", one_matrix(gaussian(1, 12000 * 256), 12000, 256).build());
    std::atomic<bool> cancel{true};
    QuantizeOptions options = with_format("q4_g32");
    options.cancel = &cancel;
    check_fails(folder, in, options, Code::kInterrupted, "out.quern was not written");
    // In the middle, from the progress callback, with any number of threads.
    for (int threads : {1, 2, 3}) {
        options.threads = threads;
        cancel = false;
        options.progress = [&](const std::string&, int64_t, int64_t) { cancel = true; };
        check_fails(folder, in, options, Code::kInterrupted, "interrupted");
    }
}
