// fork(), with anonymous shared memory for everything that both sides say to each other.
#include "eval/child_process.h"

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <memory>
#include <new>
#include <thread>

#include "common/memory.h"

namespace quern {

struct ChildMemory {
    /// Of limited length, in the shared memory itself.
    struct Text {
        char bytes[4096] = {};
        size_t size = 0;

        void append(std::string_view text) {
            const size_t n = std::min(text.size(), sizeof bytes - size);
            std::memcpy(bytes + size, text.data(), n);
            size += n;
        }
        std::string text() const { return {bytes, size}; }
    };

    std::atomic<bool> cancel{false}, finished{false};
    std::atomic<int64_t> done{0}, total{0};
    Code code = Code::kOk;
    uint64_t peak_memory = 0;
    Text message, notes;
};
static_assert(std::atomic<int64_t>::is_always_lock_free && std::atomic<bool>::is_always_lock_free,
              "a lock would be private to each process");

const std::atomic<bool>* ChildLink::cancel() const { return &memory_->cancel; }

void ChildLink::progress(int64_t done, int64_t total) {
    memory_->done = done;
    memory_->total = total;
    if (::getppid() != parent_) memory_->cancel = true;
}

void ChildLink::note(std::string_view text) {
    memory_->notes.append(text);
    memory_->notes.append("\n");
}

namespace {

constexpr auto kPoll = std::chrono::milliseconds(20);

Status run_work(ChildLink* link, void* result,
                const std::function<Status(ChildLink*, void*)>& work) {
    try {
        return work(link, result);
    } catch (const std::bad_alloc&) {
        return {Code::kOutOfSpace, "out of memory"};
    } catch (const std::exception& error) {
        return {Code::kFailed, error.what()};
    }
}

/// Until the child has ended; its exit status, -1 if somebody else has asked for it.
int wait_for(pid_t child, const ChildCalls& calls, ChildMemory* memory) {
    while (true) {
        int status = 0;
        const pid_t ended = ::waitpid(child, &status, WNOHANG);
        if (ended == child) return status;
        if (ended < 0 && errno != EINTR) return -1;
        if (calls.cancel && calls.cancel->load()) memory->cancel = true;
        if (calls.progress) calls.progress(memory->done, memory->total);
        std::this_thread::sleep_for(kPoll);
    }
}

Status status_of(const ChildMemory& memory, int exit_status) {
    if (memory.finished) return {memory.code, memory.message.text()};
    std::string text = "its process ended";
    if (exit_status != -1 && WIFSIGNALED(exit_status)) {
        const int signal = WTERMSIG(exit_status);
        text += " by signal " + std::to_string(signal) + " (" + ::strsignal(signal) + ")";
        if (signal == SIGKILL) text += ", perhaps because memory ran out";
    }
    return {Code::kFailed, text};
}

}  // namespace

ChildOutcome run_child(const ChildCalls& calls, void* result, size_t result_bytes,
                       const std::function<Status(ChildLink*, void*)>& work) {
    const size_t bytes = sizeof(ChildMemory) + alignof(std::max_align_t) + result_bytes;
    void* shared =
        ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED) return {{Code::kOutOfSpace, "no memory for a child process"}, 0, ""};
    const std::unique_ptr<void, std::function<void(void*)>> owner(
        shared, [bytes](void* p) { ::munmap(p, bytes); });
    auto* memory = new (shared) ChildMemory;
    void* place = memory + 1;
    size_t space = bytes - sizeof(ChildMemory);
    std::align(alignof(std::max_align_t), result_bytes, place, space);
    std::memcpy(place, result, result_bytes);

    const pid_t parent = ::getpid();
    const pid_t child = ::fork();
    if (child < 0) {
        return {
            {Code::kFailed, std::string("cannot start a process: ") + std::strerror(errno)}, 0, ""};
    }
    if (child == 0) {
        ChildLink link(memory, parent);
        const Status status = run_work(&link, place, work);
        memory->code = status.code();
        memory->message.append(status.message());
        memory->peak_memory = cli::peak_memory();
        memory->finished = true;
        ::_exit(0);
    }
    const int exit_status = wait_for(child, calls, memory);
    if (memory->finished) std::memcpy(result, place, result_bytes);
    return {status_of(*memory, exit_status), memory->peak_memory, memory->notes.text()};
}

}  // namespace quern
