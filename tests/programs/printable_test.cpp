// Text from files on a terminal.
#include "common/printable.h"

#include <doctest/doctest.h>

#include <string>

using namespace quern;

TEST_CASE("printable: what a terminal could act on is escaped") {
    CHECK(cli::printable("plain größe 🙂", 80) == "plain größe 🙂");
    CHECK(cli::printable("\x1b[2J\r\n\t\x7f", 80) == "\\x1B[2J\\x0D\\n\\t\\x7F");
    CHECK(cli::printable("a\xC2\x9B"
                         "31m",
                         80) == "a\\u{009B}31m");  // C1: CSI
    CHECK(cli::printable("\xE2\x80\xAEgpj.exe", 80) ==
          "\\u{202E}gpj.exe");  // right-to-left override
    CHECK(cli::printable("\xff\xc3(", 80) == "\\xFF\\xC3(");
    CHECK(cli::printable("\xf0\x9f\x99", 80) == "\\xF0\\x9F\\x99");  // ends inside a character
    CHECK(cli::printable(std::string("\0", 1), 80) == "\\x00");
    CHECK(cli::printable("äöü", 2) == "äö...");
    CHECK(cli::printable("äö", 2) == "äö");
}
