// Errors as values. The library never prints, exits, aborts or asserts on input; every function
// that can fail returns a Status or a Result<T>. A message is one sentence that names the file, the
// tensor or key, what was found, what was expected, and what to do. std::bad_alloc is the only
// exception that leaves the library's C++ functions; the C API and the programs turn it into
// kOutOfSpace. (Graph::run has another, for graphs that no file can make.)
#pragma once

#include <string>
#include <utility>
#include <variant>

namespace quern {

/// What went wrong. The values are the programs' exit codes.
enum class Code {
    kOk = 0,
    kFailed = 1,         ///< anything without a code of its own: a failed write
    kWrongUse = 2,       ///< the caller's argument is out of range
    kBadFile = 3,        ///< an input file is missing, unreadable, malformed or not supported
    kOutOfSpace = 4,     ///< memory or disk
    kInterrupted = 130,  ///< the caller's cancel flag was set
};

class [[nodiscard]] Status {
  public:
    Status() = default;
    Status(Code code, std::string message) : code_(code), message_(std::move(message)) {}

    bool ok() const { return code_ == Code::kOk; }
    Code code() const { return code_; }
    const std::string& message() const { return message_; }

  private:
    Code code_ = Code::kOk;
    std::string message_;
};

/// A value or the Status that explains its absence.
template <class T>
class [[nodiscard]] Result {
  public:
    Result(T result) : held_(std::move(result)) {}
    Result(Status error) : held_(std::move(error)) {}

    bool ok() const { return std::holds_alternative<T>(held_); }
    Status status() const { return ok() ? Status() : std::get<Status>(held_); }
    T& value() { return std::get<T>(held_); }
    const T& value() const { return std::get<T>(held_); }
    T& operator*() { return value(); }
    T* operator->() { return &value(); }

  private:
    std::variant<T, Status> held_;
};

}  // namespace quern
