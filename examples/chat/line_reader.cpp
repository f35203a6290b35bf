// Lines from a file descriptor.
#include "chat/line_reader.h"

#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace quern {

bool LineReader::take_line(std::string* line) {
    const size_t end = buffer_.find('\n');
    if (end == std::string::npos && !(ended_ && !buffer_.empty())) return false;
    *line = buffer_.substr(0, end);
    buffer_.erase(0, end == std::string::npos ? end : end + 1);
    if (!line->empty() && line->back() == '\r') line->pop_back();
    return true;
}

LineReader::Event LineReader::read(std::string* line) {
    for (;;) {
        if (take_line(line)) return Event::kLine;
        if (ended_) return Event::kEnd;
        std::array<char, 4096> bytes;
        struct pollfd ready[] = {{descriptor_, POLLIN, 0}, {interruption_, POLLIN, 0}};
        if (::poll(ready, 2, -1) < 0) continue;  // EINTR: the pipe tells whether it was ours
        if (ready[1].revents != 0) return Event::kInterrupted;
        const ssize_t n = ::read(descriptor_, bytes.data(), bytes.size());
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) {
            ended_ = true;
        } else {
            buffer_.append(bytes.data(), static_cast<size_t>(n));
        }
    }
}

}  // namespace quern
