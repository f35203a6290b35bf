// Ctrl-C and the signals that end programs (SIGTERM, SIGHUP) as a flag. While an Interrupt lives,
// the first one sets flag(), which long work polls (quantize_file's cancel, Session::eval's
// cancel), so that everything unwinds: no half-written result stays, only what can be resumed
// (OUT.partial of a calibrated quantization). The third Ctrl-C before clear() ends the process at
// once; those within a second of the last (a key held down) do not count. A process that was
// started with a signal ignored (nohup) keeps ignoring it.
#pragma once

#include <signal.h>

#include <array>
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
    /// A signal other than Ctrl-C came: the program is to end whatever it is doing.
    bool must_end() const;
    /// Begins a new operation: the next Ctrl-C is a first one again. Does not forget must_end().
    void clear();
    /// A descriptor that is readable while requested(), for poll(); -1 if there is none.
    int descriptor() const;

  private:
    static constexpr std::array<int, 3> kSignals = {SIGINT, SIGTERM, SIGHUP};
    std::array<struct sigaction, kSignals.size()> previous_;
};

/// The exit code of a program that was interrupted: 128 + the signal.
int interrupted_exit_code();

}  // namespace quern::cli
