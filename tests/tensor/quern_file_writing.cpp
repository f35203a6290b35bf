// What is on the disk when writing a .quern file ends, well or badly: the whole new file, or what
// was there before and nothing else.
#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <vector>

#include "support/check_status.h"
#include "support/file_size_limit.h"
#include "support/temp_dir.h"
#include "tensor/quern_writer.h"

using namespace quern;
using namespace quern::test;

namespace {

Status write_vector(QuernWriter& w, size_t n) {
    const std::vector<float> values(n, 1.0f);
    Status s = w.begin_tensor("v", 1, {static_cast<int64_t>(n), 1, 1, 1}, *find_format("f32"));
    if (s.ok()) s = w.append(reinterpret_cast<const uint8_t*>(values.data()), n * sizeof(float));
    if (s.ok()) s = w.end_tensor({});
    return s;
}

/// Root may write anywhere; as "nobody" permissions count.
class WithoutRoot {
  public:
    WithoutRoot() {
        constexpr uid_t kNobody = 65534;
        if (::geteuid() == 0) changed_ = ::seteuid(kNobody) == 0;
    }
    ~WithoutRoot() {
        if (changed_) CHECK(::seteuid(0) == 0);
    }

  private:
    bool changed_ = false;
};

}  // namespace

TEST_CASE("nothing is visible before finish(), and the old file is kept until then") {
    const TempDir dir;
    const std::string path = dir.write("a.quern", "the old file");
    {
        auto w = QuernWriter::create(path, {});
        REQUIRE(w.ok());
        check_ok(write_vector(**w, 1000000));
        CHECK(read_file(path) == "the old file");
    }
    CHECK(read_file(path) == "the old file");
    CHECK(files_in(dir) == 1);
    auto w = QuernWriter::create(path, {});
    REQUIRE(w.ok());
    check_ok(write_vector(**w, 1000000));
    check_ok((*w)->finish());
    CHECK(files_in(dir) == 1);
    CHECK(std::filesystem::file_size(path) == (*w)->file_bytes());
    CHECK(ModelFile::open(path, {}).ok());
}

TEST_CASE("two writers of one name do not disturb each other; the last to finish wins") {
    const TempDir dir;
    auto first = QuernWriter::create(dir.file("a.quern"), {});
    auto second = QuernWriter::create(dir.file("a.quern"), {});
    REQUIRE(first.ok());
    REQUIRE(second.ok());
    check_ok(write_vector(**first, 1));
    check_ok(write_vector(**second, 2));
    check_ok((*second)->finish());
    check_ok((*first)->finish());
    CHECK(files_in(dir) == 1);
    CHECK(ModelFile::open(dir.file("a.quern"), {}).value()->find("v")->cols() == 1);
}

TEST_CASE("an unfinished file is recognised as such") {
    const TempDir dir;
    auto w = QuernWriter::create(dir.file("a.quern"), {});
    REQUIRE(w.ok());
    check_ok(write_vector(**w, 1000000));
    for (const auto& entry : std::filesystem::directory_iterator(dir.path())) {
        // The empty header: not even the magic is there, so it can never pass for a model.
        check_error(ModelFile::open(entry.path().string(), {}).status(), Code::kBadFile,
                    "is not a model file");
    }
}

TEST_CASE("a full disk while writing, and at the end, leaves the old file only") {
    // 100 bytes fit: fails when the buffer is written; 4000128: only the last records do not fit.
    for (const rlim_t limit : {100, 4000128}) {
        CAPTURE(limit);
        const TempDir dir;
        const std::string path = dir.write("a.quern", "the old file");
        {
            const FileSizeLimit full(limit);
            auto w = QuernWriter::create(path, {});
            REQUIRE(w.ok());
            Status s = write_vector(**w, 1000000);
            if (s.ok()) s = (*w)->finish();
            check_error(s, Code::kOutOfSpace, "free some space");
            CHECK(s.message().find(path) == 0);
            CHECK_FALSE((*w)->finish().ok());
        }
        CHECK(read_file(path) == "the old file");
        CHECK(files_in(dir) == 1);
    }
}

TEST_CASE("a folder that cannot be written, is absent, or a target that is no file") {
    const TempDir dir;
    const auto message = [](const std::string& path) {
        return QuernWriter::create(path, {}).status();
    };
    check_error(message(dir.file("absent/a.quern")), Code::kFailed,
                "folder " + dir.file("absent") + ": No such file");
    check_error(message(dir.path()), Code::kFailed, "is a directory");
    check_error(message("/dev/null"), Code::kFailed, "is a device");
    check_error(message("/dev/quern-test"), Code::kFailed, "is a device");
    REQUIRE(::symlink("absent", dir.file("dangling").c_str()) == 0);
    check_error(message(dir.file("dangling")), Code::kFailed, "is a link to nothing");
    REQUIRE(::unlink(dir.file("dangling").c_str()) == 0);
    REQUIRE(::chmod(dir.path().c_str(), 0555) == 0);
    {
        const WithoutRoot nobody;
        check_error(message(dir.file("a.quern")), Code::kFailed,
                    "folder " + dir.path() + ": Permission denied; choose a folder");
    }
    REQUIRE(::chmod(dir.path().c_str(), 0755) == 0);
    CHECK(files_in(dir) == 0);
}

TEST_CASE("a link to the target stays a link, and what it points to is replaced") {
    const TempDir dir, elsewhere;
    const std::string real = elsewhere.write("real.quern", "the old file");
    const std::string link = dir.file("link.quern");
    REQUIRE(::symlink(real.c_str(), link.c_str()) == 0);
    auto w = QuernWriter::create(link, {});
    REQUIRE(w.ok());
    CHECK(files_in(dir) == 1);  // the temporary file is beside the real one
    check_ok((*w)->finish());
    CHECK(std::filesystem::is_symlink(link));
    check_ok(ModelFile::open(real, {}).status());
    CHECK(files_in(dir) + files_in(elsewhere) == 2);
}

TEST_CASE("a file that must not be read says so") {
    const TempDir dir;
    const std::string path = dir.write("a.quern", "x");
    REQUIRE(::chmod(path.c_str(), 0) == 0);
    REQUIRE(::chmod(dir.path().c_str(), 0755) == 0);
    const WithoutRoot nobody;
    check_error(ModelFile::open(path, {}).status(), Code::kBadFile, "Permission denied");
}

TEST_CASE("the same input gives the same bytes") {
    const TempDir dir;
    for (const char* name : {"a.quern", "b.quern"}) {
        Metadata m;
        m.set_string("key", "value");
        auto w = QuernWriter::create(dir.file(name), m);
        REQUIRE(w.ok());
        check_ok(write_vector(**w, 3));
        check_ok((*w)->finish());
    }
    const std::string a = read_file(dir.file("a.quern"));
    CHECK(a == read_file(dir.file("b.quern")));
    // The padding behind the three numbers is zero.
    const size_t data = 128;
    CHECK(a.substr(data + 12, 52) == std::string(52, '\0'));
}
