// Turns a model file into a .quern file: tensor by tensor, each in the format its recipe rule
// names, by a method from the registry (quantize/methods/). Bounded memory: slices of some MB.
// Output is atomic and the same, byte for byte, for any number of threads.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "quantize/method.h"
#include "quantize/recipe.h"
#include "tensor/model_file.h"
#include "tensor/status.h"

namespace quern {

/// What happened to one tensor.
struct TensorReport {
    std::string name;
    TensorClass tensor_class;
    std::string source;  ///< as stored in the input: "F16", "Q4_1"
    std::string format;  ///< written
    int64_t elements = 0;
    uint64_t bytes = 0;
    bool copied = false;        ///< written in the format that holds the input exactly: no error
    double squared_error = 0;   ///< sum (w - w')^2 against the input's values
    double squared_weight = 0;  ///< sum w^2; 0 if copied
    double seconds = 0;
};

/// sqrt(sum (w - w')^2 / sum w^2), 0 for tensors without weight.
double relative_error(double squared_error, double squared_weight);

struct QuantizeReport {
    std::vector<TensorReport> tensors;
    std::vector<std::string> warnings;
    uint64_t input_bytes = 0;
    uint64_t output_bytes = 0;
    double seconds = 0;
};

struct QuantizeOptions {
    Recipe recipe;  ///< which format each tensor gets; empty: keep every tensor losslessly
    std::string method = "rtn";  ///< a name of methods()
    RoundingOptions rounding;
    int threads = 0;  ///< 0: default_threads()
    bool allow_nonfinite = false;
    /// Called with each warning before the work begins; the report repeats them.
    std::function<void(const std::string& text)> warning;
    /// Called after every slice of work, from the calling thread; done and total count weights.
    std::function<void(const std::string& tensor, int64_t done, int64_t total)> progress;
    const std::atomic<bool>* cancel = nullptr;  ///< set: stops with kInterrupted, no output
};

/// Reads `in` (any model file) and writes `out` (.quern). Metadata passes through except for what
/// describes GGUF's own encoding; "quern.*" keys tell how the file was made. Refuses tensors that
/// cannot be read, values that are not finite (unless allowed), and values that leave the range of
/// the chosen format, naming tensor and row.
Result<QuantizeReport> quantize_file(const std::string& in, const std::string& out,
                                     const QuantizeOptions& options);

}  // namespace quern
