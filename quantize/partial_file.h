// OUT.partial: what a long quantization has finished, so that a killed one can be resumed.
//
//   header    magic (8) | frame: the settings, as lines "key: value"
//   measured  frames, where formats are chosen: a layer's matrices, or a kind of them, each
//   finished  frames, a layer each: its tensors with their bytes and what is known of them; then
//             those of layers whose scales were trained, once more
//   frame     payload bytes (u64) | XXH64 of the payload (u64) | payload, which begins with what
//             it is (u64), but for the settings
//
// Every frame is synced to the disk before the next begins. A frame that is cut off or damaged, and
// what follows it, counts as not there; damaged settings are an error. Numbers are little-endian.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tensor/status.h"

namespace quern {

/// A tensor in its final format and how it got there.
struct FinishedTensor {
    std::string name;
    std::string method;        ///< "awq+gptq"; "rtn" for a head, whose grid is searched
    double squared_error = 0;  ///< sum (w - w')^2, factors of transforms taken back
    double squared_weight = 0;
    double loss = -1;      ///< mean squared error of the product's outputs on the samples, summed
                           ///< over outputs, without Hessians (a head: always) as if inputs were
                           ///< uncorrelated; -1: not measured
    double rtn_loss = -1;  ///< the same with round to nearest and no transform
    double seconds = 0;    ///< that its rounding took
    std::string settings;  ///< of transforms and rounding, for people
    std::string fallback;  ///< RoundingReport::fallback
    std::vector<uint8_t> bytes;  ///< empty in the index of a file
    uint64_t size = 0;           ///< of bytes
    uint64_t offset = 0;         ///< in the file
};

/// A measurement that formats are chosen by (allocation/allocation.h).
struct Measurement {
    std::string name;            ///< of the matrix, or of the kind
    std::vector<double> values;  ///< noise by format, then the probe's; or one divergence
};

class PartialFile {
  public:
    /// With `resume` the finished frames of a file with the same settings are kept; other settings
    /// are refused, telling the first that differs. Otherwise starts anew, but not over finished
    /// frames of the same settings: those are refused too. So is a file that is something else.
    static Result<std::unique_ptr<PartialFile>> open(const std::string& path,
                                                     const std::string& settings, bool resume);
    ~PartialFile();
    PartialFile(const PartialFile&) = delete;
    PartialFile& operator=(const PartialFile&) = delete;

    const std::string& path() const { return path_; }
    /// Of finished layers.
    int64_t frames() const { return frames_; }
    /// Of measurements.
    int64_t measured_frames() const { return measured_frames_; }
    /// How many frames: "1 finished layer", "5 finished layers", where there are none "2
    /// measurements for the choice of formats". Empty: nothing is kept.
    std::string kept() const;
    /// What was kept of an earlier run with other settings that this one has replaced.
    const std::string& replaced() const { return replaced_; }
    /// Without bytes, in the order of the file.
    const std::vector<FinishedTensor>& finished() const { return finished_; }
    const std::vector<Measurement>& measured() const { return measured_; }
    /// Adds a frame; the tensors' bytes are on the disk when it returns.
    Status append(const std::vector<FinishedTensor>& tensors);
    /// The same before any layer is finished.
    Status append_measured(const std::vector<Measurement>& measurements);
    /// The latest of this name; nullptr: not finished.
    const FinishedTensor* find(const std::string& name) const;
    /// What it was before training (training/scale_training.h).
    const FinishedTensor* find_first(const std::string& name) const;
    Status read(const FinishedTensor& tensor, uint64_t begin, uint64_t bytes, uint8_t* out) const;
    /// When the result is written and nothing is left to resume.
    void remove();

  private:
    explicit PartialFile(std::string path) : path_(std::move(path)) {}
    Status start(const std::string& settings);
    Status check_magic() const;
    Status read_earlier(const std::string& settings, bool resume, bool* usable);
    void index_frames();
    bool index_frame(const std::string& payload, uint64_t base);
    Status append_payload(const std::string& payload);
    Status cut();
    enum class Frame { kWhole, kCutOff, kDamaged };
    Frame read_frame(uint64_t at, std::string* payload) const;
    Status write_frame(const std::string& payload);
    Status fail(const std::string& action) const;

    std::string path_;
    int descriptor_ = -1;
    uint64_t end_ = 0;  ///< of the last whole frame
    int64_t frames_ = 0, measured_frames_ = 0;
    int64_t trained_frames_ = 0;  ///< of frames_, those whose tensors are there once more
    std::string replaced_;
    std::vector<FinishedTensor> finished_;
    std::vector<Measurement> measured_;
    bool is_ours_ = false;  ///< may be emptied and removed
};

}  // namespace quern
