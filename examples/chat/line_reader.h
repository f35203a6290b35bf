// Lines from a file descriptor. Unlike the standard streams it returns when a signal arrives, so
// that a prompt can answer Ctrl-C.
#pragma once

#include <string>

namespace quern {

class LineReader {
  public:
    explicit LineReader(int descriptor) : descriptor_(descriptor) {}

    enum class Event {
        kLine,         ///< a line, without its end ("\n" or "\r\n")
        kEnd,          ///< end of file, or it cannot be read
        kInterrupted,  ///< a signal; what was typed so far stays for the next call
    };
    Event read(std::string* line);

  private:
    bool take_line(std::string* line);

    int descriptor_;
    std::string buffer_;
    bool ended_ = false;
};

}  // namespace quern
