// Signals as a flag. A handler can only reach static storage, so the flag is one per process. The
// pipe is for who waits: a signal that arrives just before poll() would otherwise be missed, and
// any thread may be the one that the handler runs on.
#include "common/interrupt.h"

#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>

namespace quern::cli {
namespace {

constexpr int kSignalCode = 128;

std::atomic<bool> interrupted{false};
std::atomic<int> last_signal{SIGINT};
std::atomic<bool> ending{false};
std::atomic<int> presses{0};
std::atomic<int64_t> last_press{0};  // in milliseconds
std::atomic<int> pipe_in{-1};
std::atomic<int> pipe_out{-1};
static_assert(std::atomic<int64_t>::is_always_lock_free && std::atomic<bool>::is_always_lock_free,
              "the handler must not take a lock");

int64_t milliseconds_now() {
    struct timespec now = {};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return int64_t{1000} * now.tv_sec + now.tv_nsec / 1'000'000;
}

void on_signal(int signal) {
    constexpr int kPressesThatKill = 3;
    constexpr int64_t kOnePress = 1000;  // milliseconds
    const int saved_errno = errno;
    last_signal.store(signal);
    if (signal != SIGINT) ending.store(true);
    interrupted.store(true);
    [[maybe_unused]] ssize_t written = write(pipe_in.load(), "", 1);
    const int64_t now = milliseconds_now();
    if (presses.load() == 0 || now - last_press.load() >= kOnePress) {
        last_press.store(now);
        presses.fetch_add(1);
    }
    if (presses.load() >= kPressesThatKill) {
        // The shell's prompt should not stand behind a half-drawn line.
        written = write(STDERR_FILENO, "\n", 1);
        _exit(kSignalCode + signal);
    }
    errno = saved_errno;
}

/// Neither end blocks: the handler must not wait, nor must clear().
void open_pipe() {
    int ends[2];
    if (pipe(ends) != 0) return;
    for (const int end : ends) {
        fcntl(end, F_SETFD, FD_CLOEXEC);
        fcntl(end, F_SETFL, O_NONBLOCK);
    }
    pipe_out.store(ends[0]);
    pipe_in.store(ends[1]);
}

}  // namespace

Interrupt::Interrupt() {
    ending.store(false);
    open_pipe();
    clear();
    struct sigaction action = {};
    action.sa_handler = on_signal;
    sigemptyset(&action.sa_mask);
    for (const int signal : kSignals) sigaddset(&action.sa_mask, signal);
    action.sa_flags = SA_RESTART;
    for (size_t i = 0; i < kSignals.size(); ++i) {
        sigaction(kSignals[i], &action, &previous_[i]);
        if (previous_[i].sa_handler == SIG_IGN) sigaction(kSignals[i], &previous_[i], nullptr);
    }
}

Interrupt::~Interrupt() {
    for (size_t i = 0; i < kSignals.size(); ++i) sigaction(kSignals[i], &previous_[i], nullptr);
    for (std::atomic<int>* end : {&pipe_in, &pipe_out}) close(end->exchange(-1));
}

const std::atomic<bool>& Interrupt::flag() const { return interrupted; }

bool Interrupt::must_end() const { return ending.load(); }

void Interrupt::clear() {
    char bytes[64];
    while (read(pipe_out.load(), bytes, sizeof bytes) > 0) {
    }
    presses.store(0);
    interrupted.store(false);
    // In this order: a signal that arrives in between is not lost.
    if (ending.load()) interrupted.store(true);
}

int Interrupt::descriptor() const { return pipe_out.load(); }

int interrupted_exit_code() { return kSignalCode + last_signal.load(); }

}  // namespace quern::cli
