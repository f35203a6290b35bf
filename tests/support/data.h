// Where tests find files that are not part of the project. A test that needs one that is absent
// skips itself and prints why.
#pragma once

#include <doctest/doctest.h>

#include <filesystem>
#include <string>

namespace quern::test {

/// Checked-in expected results.
inline std::string golden(const std::string& name) { return QUERN_TEST_GOLDENS "/" + name; }
/// The data folder beside the project; may be absent.
inline std::string shared(const std::string& name) { return QUERN_TEST_SHARED "/" + name; }
/// A model in the download cache; may be absent.
inline std::string cached_model(const std::string& name) { return QUERN_TEST_MODELS "/" + name; }

/// True if `path` is there; otherwise prints that the running test is skipped and why.
inline bool have(const std::string& path) {
    if (std::filesystem::exists(path)) return true;
    MESSAGE("skipped: " << path << " is absent");
    return false;
}

}  // namespace quern::test
