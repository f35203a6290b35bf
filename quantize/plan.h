// What will be done, decided and checked before the first byte is written: each tensor's format,
// the new file's metadata, and what the user should be warned of.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "method_spec.h"
#include "quantize/quantize.h"
#include "tensor/metadata.h"
#include "tensor/model_file.h"

namespace quern {

struct PlannedTensor {
    const FileTensor* tensor;
    TensorClass tensor_class;
    const Format* format;
    bool copied;  ///< format holds the stored values exactly
    // In the output; plan_output() says (output.h).
    std::string stored_as{};  ///< the file's own name for the type: "Q4_1", "q4m_g32"
    uint64_t stored_bytes = 0;

    /// Units of work: tiles of a matrix, 1 for a vector.
    int64_t units() const;
    /// Bytes of one unit, in tiles of `format`.
    uint64_t unit_bytes() const;
    uint64_t bytes() const { return static_cast<uint64_t>(units()) * unit_bytes(); }
};

struct Plan {
    std::vector<PlannedTensor> tensors;
    std::deque<FileTensor> made;  ///< those of `tensors` that the input does not have
    Metadata metadata;            ///< of the output
    std::vector<std::string> warnings;
    int64_t weights = 0;
    uint64_t bytes = 0;  ///< of all tensors in the output; plan_output() says
};

/// Of a tensor of the input.
const PlannedTensor& find_planned(const ModelFile& in, const Plan& plan, const std::string& name);

/// Tells the caller at once, and notes it in the report.
void warn(const QuantizeOptions& options, QuantizeReport* report, const std::string& text);
/// That `bytes` are more than CalibrationOptions::max_memory, if they are. `when`: "while ..."
void warn_of_memory(const QuantizeOptions& options, QuantizeReport* report, uint64_t bytes,
                    const std::string& when);

/// Fails on tensors that cannot be read, naming the first and how many there are, and on models
/// that a transform cannot change.
Result<Plan> make_plan(const ModelFile& in, const MethodSpec& spec, const QuantizeOptions& options);

/// Where the values of a tensor come from, as the new file tells it.
Provenance make_provenance(const ModelFile& in, const PlannedTensor& planned,
                           const QuantizeReport& report, const TensorReport& tensor,
                           double relative_error);

}  // namespace quern
