// Progress of long work on stderr.
#include "common/progress.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <vector>

#include "common/table.h"

namespace quern::cli {
namespace {

double fraction(const ProgressState& state) {
    if (state.total <= 0) return 0;
    return std::clamp(static_cast<double>(state.done) / static_cast<double>(state.total), 0.0, 1.0);
}

std::string percent(const ProgressState& state) {
    return std::to_string(static_cast<int>(std::floor(100 * fraction(state)))) + " %";
}

/// Rate and remaining time; empty strings while nothing is known.
struct Speed {
    std::string rate;
    std::string eta;
};

Speed speed(const ProgressState& state) {
    if (state.done <= 0 || state.seconds <= 0) return {};
    const double rate = static_cast<double>(state.done) / state.seconds;
    const double left = static_cast<double>(std::max<int64_t>(0, state.total - state.done)) / rate;
    const std::string unit(state.unit);
    return {unit.empty() ? "" : human_count(rate) + " " + unit + "/s",
            "ETA " + human_seconds(left)};
}

/// The first `width` characters of UTF-8 text.
std::string cut(const std::string& text, size_t width) {
    size_t bytes = 0;
    for (size_t characters = 0; bytes < text.size(); ++bytes) {
        const bool starts = (static_cast<unsigned char>(text[bytes]) & 0xC0) != 0x80;
        if (starts && characters++ == width) break;
    }
    return text.substr(0, bytes);
}

}  // namespace

std::string progress_bar(const ProgressState& state, size_t width) {
    const Speed s = speed(state);
    std::string after = std::string(5 - std::min<size_t>(5, percent(state).size()), ' ');
    after += percent(state);
    for (const std::string& part : {s.rate, s.eta}) after += part.empty() ? "" : "  " + part;

    constexpr size_t kBar = 24;
    const std::string label(state.label);
    const size_t filled = static_cast<size_t>(fraction(state) * kBar);
    const std::string bar =
        " [" + std::string(filled, '#') + std::string(kBar - filled, '.') + "] ";
    std::string line = label + bar + after;
    if (display_width(line) > width) return cut(label + " " + after, width);
    const size_t room = width - display_width(line);
    constexpr size_t kLeastNote = 6;
    if (!state.note.empty() && room > kLeastNote) {
        line += "  " + cut(std::string(state.note), room - 2);
    }
    return line;
}

std::string progress_line(const ProgressState& state) {
    const Speed s = speed(state);
    std::string line = std::string(state.label) + ": " + percent(state);
    for (const std::string& part : {s.rate, s.eta, std::string(state.note)}) {
        line += part.empty() ? "" : ", " + part;
    }
    return line;
}

Progress::Progress(std::string label, std::string unit, bool quiet)
    : label_(std::move(label)),
      unit_(std::move(unit)),
      quiet_(quiet),
      terminal_(isatty(STDERR_FILENO) != 0),
      start_(Clock::now()) {}

Progress::~Progress() { finish(); }

void Progress::update(int64_t done, int64_t total, std::string_view note) {
    if (quiet_) return;
    const Clock::time_point now = Clock::now();
    const double seconds = std::chrono::duration<double>(now - start_).count();
    const ProgressState state{label_, unit_, note, done, total, seconds};
    terminal_ ? draw_bar(state, now) : print_line(state, now);
}

void Progress::draw_bar(const ProgressState& state, Clock::time_point now) {
    if (drawn_ && state.done < state.total && now - last_ < std::chrono::milliseconds(100)) return;
    // One column is left free: a full line would make some terminals wrap.
    const std::string bar = progress_bar(state, terminal_width() - 1);
    std::fprintf(stderr, "\r\033[K%s", bar.c_str());
    std::fflush(stderr);
    drawn_ = true;
    last_ = now;
}

void Progress::print_line(const ProgressState& state, Clock::time_point now) {
    const int64_t tenth = static_cast<int64_t>(10 * fraction(state));
    const bool late = now - std::max(last_, start_) > std::chrono::seconds(30);
    const bool early = now - start_ < std::chrono::seconds(2);
    if (early || (tenth <= last_tenth_ && !late)) return;
    std::fprintf(stderr, "%s\n", progress_line(state).c_str());
    last_tenth_ = tenth;
    last_ = now;
}

void Progress::finish() {
    if (!drawn_) return;
    std::fprintf(stderr, "\r\033[K");
    std::fflush(stderr);
    drawn_ = false;
}

size_t terminal_width() {
    constexpr size_t kUsual = 80;
    struct winsize size = {};
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return kUsual;
    return std::max<size_t>(size.ws_col, 10);
}

}  // namespace quern::cli
