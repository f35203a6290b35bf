// Lines from a file descriptor. Unlike the standard streams it also waits for an interruption, so
// that a prompt can answer Ctrl-C.
#pragma once

#include <string>

namespace quern {

class LineReader {
  public:
    /// `interruption` is readable once a signal came; see cli::Interrupt::descriptor().
    LineReader(int descriptor, int interruption)
        : descriptor_(descriptor), interruption_(interruption) {}

    enum class Event {
        kLine,         ///< a line, without its end ("\n" or "\r\n")
        kEnd,          ///< end of file, or it cannot be read
        kInterrupted,  ///< a signal; what was read so far stays for the next call
    };
    Event read(std::string* line);

  private:
    bool take_line(std::string* line);

    int descriptor_;
    int interruption_;
    std::string buffer_;
    bool ended_ = false;
};

}  // namespace quern
