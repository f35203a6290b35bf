// Ctrl-C as a flag. While an Interrupt lives, the first SIGINT of an operation sets flag(), which
// long work polls (quantize_file's cancel, Session::eval's cancel); a second one before clear()
// ends the process with code 130 at once. A process that was started with SIGINT ignored (nohup)
// keeps ignoring it.
#pragma once

#include <signal.h>

#include <atomic>

namespace quern::cli {

class Interrupt {
  public:
    Interrupt();
    ~Interrupt();
    Interrupt(const Interrupt&) = delete;
    Interrupt& operator=(const Interrupt&) = delete;

    const std::atomic<bool>& flag() const;
    bool requested() const { return flag().load(); }
    /// Begins a new operation: the next Ctrl-C is a first one again.
    void clear();

  private:
    struct sigaction previous_;
};

}  // namespace quern::cli
