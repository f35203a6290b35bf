// Progress of long work on stderr: on a terminal a bar that is redrawn in place, elsewhere a plain
// line every 10 % (and at least every 30 seconds) once two seconds have passed, nothing if quiet.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace quern::cli {

/// What a progress line says.
struct ProgressState {
    std::string_view label;  ///< "quantizing"
    std::string_view unit;   ///< of the rate: "weights", "tokens"; empty: no rate is told
    std::string_view note;   ///< what is being worked on, or a running result
    int64_t done = 0;
    int64_t total = 0;
    double seconds = 0;  ///< since the start
};

/// "quantizing [######......]  52 %  12.3 M weights/s  ETA 8 s  blk.3.ffn_up.weight", at most
/// `width` characters: the note is cut first, then the bar goes, then the line is cut.
std::string progress_bar(const ProgressState& state, size_t width);
/// "quantizing: 52 %, 12.3 M weights/s, ETA 8 s, blk.3.ffn_up.weight"
std::string progress_line(const ProgressState& state);

class Progress {
  public:
    Progress(std::string label, std::string unit, bool quiet);
    /// Removes the bar.
    ~Progress();
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    /// Cheap enough to be called often: draws at most ten times a second.
    void update(int64_t done, int64_t total, std::string_view note = {});
    /// Removes the bar so that other lines can be printed.
    void finish();

  private:
    using Clock = std::chrono::steady_clock;
    void draw_bar(const ProgressState& state, Clock::time_point now);
    void print_line(const ProgressState& state, Clock::time_point now);

    std::string label_;
    std::string unit_;
    bool quiet_;
    bool terminal_;
    bool drawn_ = false;
    Clock::time_point start_;
    Clock::time_point last_{};
    int64_t last_tenth_ = 0;
};

/// Columns of the terminal on stderr, 80 if it has none.
size_t terminal_width();

}  // namespace quern::cli
