// Ctrl-C as a flag. A signal handler can only reach static storage, so the flag is one per process.
#include "common/interrupt.h"

#include <unistd.h>

namespace quern::cli {
namespace {

std::atomic<bool> interrupted{false};
static_assert(std::atomic<bool>::is_always_lock_free, "the handler must not take a lock");

void on_interrupt(int) {
    if (!interrupted.exchange(true)) return;
    // The shell's prompt should not stand behind a half-drawn line.
    [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, "\n", 1);
    constexpr int kInterruptedCode = 130;
    _exit(kInterruptedCode);
}

}  // namespace

Interrupt::Interrupt() {
    interrupted.store(false);
    struct sigaction action = {};
    action.sa_handler = on_interrupt;
    sigemptyset(&action.sa_mask);
    // Without SA_RESTART a waiting read returns, so that the prompt can answer.
    sigaction(SIGINT, &action, &previous_);
    if (previous_.sa_handler == SIG_IGN) sigaction(SIGINT, &previous_, nullptr);
}

Interrupt::~Interrupt() { sigaction(SIGINT, &previous_, nullptr); }

const std::atomic<bool>& Interrupt::flag() const { return interrupted; }

void Interrupt::clear() { interrupted.store(false); }

}  // namespace quern::cli
