// Names of one file, and outputs that would overwrite what is read or written beside them.
#include "common/same_file.h"

#include <doctest/doctest.h>

#include <filesystem>

#include "support/check_status.h"
#include "support/temp_dir.h"

using namespace quern;
using namespace quern::test;

TEST_CASE("same file: through links and dots, whether it exists or not") {
    const TempDir folder;
    const std::string file = folder.write("file", "x"), absent = folder.file("absent");
    std::filesystem::create_symlink(file, folder.file("link"));
    std::filesystem::create_hard_link(file, folder.file("twin"));
    std::filesystem::create_directory_symlink(folder.path(), folder.file("here"));
    CHECK(cli::same_file(file, folder.file("link")));
    CHECK(cli::same_file(file, folder.file("twin")));
    CHECK(cli::same_file(absent, folder.file("./absent")));
    CHECK(cli::same_file(absent, folder.file("here/absent")));
    CHECK(!cli::same_file(file, absent));
}

TEST_CASE("same file: an output is neither an input nor another output") {
    const TempDir folder;
    const std::string in = folder.write("in", "x"), a = folder.file("a"), b = folder.file("b");
    check_ok(cli::check_outputs({{"--csv", a}, {"--svg", b}}, {{"BASE", in}}));
    check_ok(cli::check_outputs({{"--csv", ""}, {"--svg", ""}, {"OUT", "-"}}, {{"TEXT", "-"}}));
    check_error(cli::check_outputs({{"--csv", a}, {"--svg", in}}, {{"BASE", in}}), Code::kWrongUse,
                "--svg " + in + " is the same file as BASE " + in);
    check_error(cli::check_outputs({{"--csv", a}, {"--svg", folder.file("./a")}}, {}),
                Code::kWrongUse, "is the same file as --csv " + a);
}
