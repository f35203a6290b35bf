// Going on with what an earlier run left in OUT.partial: what a run that fails tells about it, the
// settings that both must share, whether the frames hold what this run would have written, and a
// tensor's values from its frame.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "calibration/layer_tensors.h"
#include "calibration/samples.h"
#include "partial_file.h"
#include "plan.h"

namespace quern {

/// Memory ran out where something may be kept: finished layers are worth telling of.
Status out_of_memory();

/// The failure of a run, and what is kept of its work: `partial` (nullptr: nothing yet).
Status explain_failure(const Status& status, const std::string& out, const PartialFile* partial);

/// OUT.partial of a run with these options; warns of what it replaces. The recipe is as the caller
/// gave it: what is chosen beside it follows from the settings. Reads the whole input once, for its
/// checksum.
Result<std::unique_ptr<PartialFile>> open_partial(const ModelFile& in,
                                                  const QuantizeOptions& options,
                                                  const Samples& samples, const std::string& out,
                                                  QuantizeReport* report);

struct ExpectedFrame {
    std::vector<const PlannedTensor*> tensors;  ///< in order
    std::vector<const PlannedTensor*> layer;    ///< beside which more may follow (side_tensors.h)
};
/// A file that says it goes with this run may still be anything: its tensors are read into memory
/// that the plan has measured.
Status check_frames(const PartialFile& partial, const std::vector<ExpectedFrame>& expected);

/// The values that an earlier run wrote.
Status restore_tensor(const PartialFile& partial, const FinishedTensor& finished,
                      const PlannedTensor& planned, int threads, const std::atomic<bool>* cancel,
                      LayerTensor* tensor);

}  // namespace quern
