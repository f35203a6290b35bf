// The interface of rounding methods (quantize/methods/, one file each): how the values of a matrix
// become codes of a format.
//
//   Method --prepare(format, statistics)--> Rounding --encode_tile(16 rows)--> bytes
//
// What is expensive and depends on the input only (GPTQ's factorization) happens once in prepare();
// the Rounding then serves every matrix that reads this input and gets this format.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "quantize/statistics.h"
#include "tensor/format.h"
#include "tensor/status.h"

namespace quern {

/// Which columns GPTQ rounds first. None of these needs a permutation at run time.
enum class ColumnOrder : uint8_t {
    kNone,        ///< left to right
    kActivation,  ///< by falling importance; the groups' grids are fixed beforehand
    kGroupAware,  ///< groups by their largest importance, inside a group by importance
};

/// Where the scale and offset of a group come from.
enum class GridChoice : uint8_t {
    kDefault,   ///< searched if the method has statistics, else the group's range
    kRange,     ///< minimum and maximum of the group
    kSearched,  ///< least squares, weighted by importance (quantize/grid.h)
};

struct RoundingOptions {
    GridChoice grid = GridChoice::kDefault;
    int threads = 1;  ///< of prepare(); in a run those of QuantizeOptions
    // Of methods that pass errors on:
    ColumnOrder order = ColumnOrder::kGroupAware;
    float damping = 0.01f;  ///< 0 to 1, added to the Hessian's diagonal, relative to its mean
    int refine_sweeps = 0;  ///< of coordinate descent on the codes
};

/// Refuses a damping out of its range.
Status check_damping(const RoundingOptions& options);

/// What prepare() has to tell.
struct RoundingReport {
    float damping = 0;         ///< used; 0 if the method has no Hessian
    int64_t dead_columns = 0;  ///< inputs that were zero in every token: their weights become
                               ///< that value of their group's grid which is nearest to 0
    int refine_sweeps = 0;     ///< used
    std::string fallback;      ///< why plain rounding to nearest is used instead; empty: it is not
};

/// The rounding of matrices that read one input to one format. Thread-safe.
class Rounding {
  public:
    virtual ~Rounding() = default;
    /// Encodes w [rows <= 16, cols], finite values, into a zeroed tile. The result is each row's
    /// squared error of the outputs as the method kept account of it, which can be checked against
    /// what was written; empty: it keeps none.
    virtual std::vector<double> encode_tile(const float* w, int64_t rows, int64_t cols,
                                            uint8_t* tile) const = 0;
};

/// What a method wants to know of the inputs.
enum class Needs : uint8_t {
    kNothing,     ///< statistics are used if there are any
    kStatistics,  ///< InputStatistics without the matrices
    kHessian,
    kShift,  ///< and how far the inputs are from those of the model as it was
};

struct Method {
    std::string_view name;
    std::string_view summary;  ///< one line for help texts
    Needs needs;
    /// `format` and `statistics` (nullptr: none) must outlive the Rounding. Fails only on wrong
    /// use; trouble with the numbers ends in a reported fallback. `report` is overwritten.
    Result<std::unique_ptr<const Rounding>> (*prepare)(const Format& format,
                                                       const InputStatistics* statistics,
                                                       const RoundingOptions& options,
                                                       RoundingReport* report);
    /// Do columns make up for the errors of others? Then order, damping and refine_sweeps count.
    bool passes_errors_on = false;
};

/// Every method, in a fixed order.
std::span<const Method> methods();
const Method* find_method(std::string_view name);

}  // namespace quern
