// Turns a model file into a .quern or GGUF file: tensor by tensor, each in the format its recipe
// rule names, by a rounding method from the registry (quantize/methods/) after transforms from
// theirs (quantize/transforms/). Bounded memory: slices of some MB, or a layer of the model where
// calibration is needed. Output is atomic and the same, byte for byte, for any number of threads;
// finished layers and measurements of a calibrated run wait in OUT.partial until it is complete.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <span>
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
    std::string format;  ///< written: "q4m_g32", in GGUF files "Q4_1"
    int64_t elements = 0;
    uint64_t bytes = 0;
    bool copied = false;  ///< written in the format that holds the input exactly: no error
    /// sum (w - w')^2 in the terms of the input: factors that transforms moved are taken back. Of
    /// weights that clip or asymmetric changed it is the error of their rounding, as is `loss`. Of
    /// rotated weights it is in their own terms, with the factors of the norm before them, as is
    /// rtn_loss.
    double squared_error = 0;
    double squared_weight = 0;  ///< sum w^2; 0 if copied
    double seconds = 0;         ///< to round and write it
    // Of tensors that were calibrated:
    std::string method;    ///< empty: the tensor needed no calibration
    std::string settings;  ///< what transforms and rounding chose
    double loss = -1;      ///< mean squared error of the product's outputs, summed over outputs, by
                           ///< what is believed of the inputs (CalibrationOptions::shrinkage,
                           ///< equal_tokens); of a head as if they were uncorrelated
    double rtn_loss = -1;  ///< the same with plain rounding to nearest of the input's weights
};

/// sqrt(sum (w - w')^2 / sum w^2), 0 for tensors without weight.
double relative_error(double squared_error, double squared_weight);

struct QuantizeReport {
    std::vector<TensorReport> tensors;
    std::vector<std::string> warnings;
    uint64_t input_bytes = 0;
    uint64_t output_bytes = 0;
    double seconds = 0;
    // Of calibration; empty and 0 without.
    std::string calibration;  ///< the text's name
    std::string text_hash;    ///< XXH64, hexadecimal
    int64_t samples = 0, sample_tokens = 0;
    // Of chosen formats (fit_bytes, target_bpw); empty and -1 without.
    std::map<std::string, double> loss_shares;  ///< of the predicted loss, by tensor
    double predicted_loss = -1;                 ///< see quantize/allocation/allocation.h
    /// Of trained scales (scale_training_steps): divergence of the predictions on samples that were
    /// left out of it, where there are four or more.
    struct ScaleTraining {
        int64_t steps = 0;  ///< 0: none in this run
        double before = 0, after = 0;
    } scale_training{};
};

/// The text that statistics of activations are measured on.
struct CalibrationOptions {
    std::string text;  ///< UTF-8; empty: the built-in text
    std::string name;  ///< of the text, for messages and reports
    static constexpr int64_t kDefaultSamples = 128;
    int64_t samples = 0;          ///< 0: kDefaultSamples, or as many as the text has
    int64_t sample_tokens = 512;  ///< 1 or more
    uint64_t seed = 0;            ///< which parts of the text
    float shrinkage = 0.3f;  ///< 0 to 1: the part of the Hessian off its diagonal that is left out
    /// Every token counts alike. Otherwise the inputs of queries, keys and values count half by how
    /// much attention their token receives (after RSQ, Sung et al. 2025, 2503.01820): an error in a
    /// key that every query reads hurts all of them. Formats are chosen (fit_bytes) with equal
    /// tokens.
    bool equal_tokens = false;
    uint64_t max_memory = 0;  ///< activations go to a file beside the output if more is needed; 0:
                              ///< no limit
};

/// For transforms (quantize/transforms/).
struct TransformOptions {
    float alpha = -1;             ///< smoothquant: 0 to 1, or -1: the best of some
    float outlier_threshold = 6;  ///< llm-int8, 0.001 to 1e6: columns that reach it stay in f16
    float strength = 0.5f;        ///< asymmetric: 0 to 1, the part of the correction that is made
    /// What weights that keep more than 8 bits will be rounded to later, by somebody else: the
    /// format that transforms make them ready for. nullptr: such weights are left as they are.
    const Format* later_format = nullptr;
};

struct QuantizeOptions {
    Recipe recipe;  ///< which format each tensor gets; empty: keep every tensor losslessly
    /// Choose the formats of matrices that `recipe` does not decide about so that the output has at
    /// most these bytes, or bits per weight of the whole file, and loses least. 0: do not.
    uint64_t fit_bytes = 0;
    double target_bpw = 0;
    std::string method = "rtn";  ///< [TRANSFORM+...]METHOD: names of transforms() and methods(); a
                                 ///< transform alone is followed by rtn
    bool importance = false;     ///< calibrate also for methods that need no statistics
    CalibrationOptions calibration;
    /// Go on with the finished layers, or before them with what was measured to choose formats,
    /// that a calibrated run left in OUT.partial when it was interrupted, killed or out of space.
    /// Without: those of the same settings are refused, those of others replaced with a warning.
    bool resume = false;
    RoundingOptions rounding;
    TransformOptions transform;
    /// When a layer is rounded, train codes and scales of its matrices in so many steps of a sample
    /// each (quantize/training/layer_training.h). 0: do not. Calibrates also for methods that need
    /// no statistics.
    int64_t code_training_steps = 0;
    /// When all is rounded, train the scales of the layers' matrices in so many steps of a sample
    /// each (quantize/training/scale_training.h). 0: do not. Calibrates also for methods that need
    /// no statistics.
    int64_t scale_training_steps = 0;
    /// The rule (range_rules()) by which the int8 inputs of each layer's products get a range that
    /// is stored; empty: none, inputs are measured at run time, as those of the head always are.
    std::string static_activations;
    int threads = 0;  ///< up to 1024; 0: default_threads()
    bool allow_nonfinite = false;
    /// Called with each warning as soon as it is known; the report repeats them.
    std::function<void(const std::string& text)> warning;
    /// Called after every slice of work, from the calling thread; done and total count weights,
    /// `what` is a tensor, a layer or a measurement.
    std::function<void(const std::string& what, int64_t done, int64_t total)> progress;
    /// Set: stops with kInterrupted; OUT is as it was, what is finished stays in OUT.partial.
    const std::atomic<bool>* cancel = nullptr;
};

/// Would a run measure activations, so that options.calibration has an effect? (Unknown methods:
/// quantize_file() refuses them.)
bool uses_calibration(const QuantizeOptions& options);
/// Would it round layer by layer? Otherwise activations are measured at most to choose formats.
bool rounds_by_layer(const QuantizeOptions& options);

/// Reads `in` (any model file) and writes `out`: GGUF if its name ends in .gguf, which refuses
/// formats that no GGUF type holds exactly before any work, else .quern. Metadata passes through
/// except for what describes GGUF's own encoding; "quern.*" keys tell how the file was made.
/// Refuses tensors that cannot be read, values that are not finite (unless allowed), and values
/// that leave the range of the chosen format, naming tensor and row.
Result<QuantizeReport> quantize_file(const std::string& in, const std::string& out,
                                     const QuantizeOptions& options);

/// A number that a transform takes.
struct TransformOption {
    std::string_view flag;  ///< of quern-quantize
    float TransformOptions::*value;
    float least, most;  ///< of what is given
};

struct TransformContext;  // quantize/transforms/transforms.h

/// A transform changes the weights of a layer so that rounding hurts less; most leave the layer's
/// function as it is. One file in quantize/transforms/ each. All need calibration.
struct Transform {
    std::string_view name;
    std::string_view summary;  ///< one line for help texts, with the paper
    Needs needs;
    Status (*apply)(TransformContext& context);
    bool adds_tensors = false;  ///< that only a .quern file can hold
    /// Changes a layer as soon as it is loaded: statistics are those of the changed model.
    bool at_load = false;
    /// Adds the keys that a reader of the changed model needs; nullptr: none.
    Status (*describe)(const ModelFile& in, Metadata* metadata) = nullptr;
    /// Makes weights ready for a rounding, whoever does it: TransformOptions::later_format counts,
    /// and without it nothing is done to weights that keep more than 8 bits.
    bool prepares = false;
    std::span<const TransformOption> options{};
};
std::span<const Transform> transforms();
const Transform* find_transform(std::string_view name);

class Histogram;  // quantize/calibration/histogram.h

/// How the range of a product's int8 inputs is chosen from what calibration met.
struct RangeRule {
    std::string_view name;
    std::string_view summary;  ///< one line for help texts
    double (*range)(const Histogram& histogram);
};
std::span<const RangeRule> range_rules();

}  // namespace quern
