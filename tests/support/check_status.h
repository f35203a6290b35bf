// Checks on errors: that it is one, of the right code, and that its message says the right thing.
#pragma once

#include <doctest/doctest.h>

#include <string>

#include "tensor/status.h"

namespace quern::test {

/// An error of `code` whose message contains `words`.
inline void check_error(const Status& status, Code code, const std::string& words) {
    INFO("message: " << status.message());
    INFO("expected words: " << words);
    CHECK(static_cast<int>(status.code()) == static_cast<int>(code));
    CHECK(status.message().find(words) != std::string::npos);
}

inline void check_ok(const Status& status) {
    INFO("message: " << status.message());
    CHECK(status.ok());
}

}  // namespace quern::test
