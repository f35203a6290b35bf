// What calibration stores beside matrices (arch/linear.h, FORMAT.md): columns that are kept out of
// rounding, in f16, and ranges of int8 inputs.
#pragma once

#include <string>
#include <vector>

#include "calibration/block_runner.h"
#include "calibration/layer_tensors.h"
#include "method_spec.h"
#include "partial_file.h"
#include "plan.h"

namespace quern {

/// Refuses what would add such tensors where they have no place, and inputs that have some: they
/// belong to the matrices as they are.
Status check_side_tensors(const ModelFile& in, const MethodSpec& spec,
                          const QuantizeOptions& options, const std::string& out);

/// Columns and weights, as they are stored, of a matrix.
struct Outliers {
    FinishedTensor columns, weights;
};
/// Moves columns out of a matrix, which has zeros there afterwards. Fails on values that f16 cannot
/// hold.
Result<Outliers> take_outliers(const std::vector<float>& columns, LayerTensor* matrix);
/// Puts the stored values back, as a reader of the file sees them. Fails if the columns are not
/// those of this matrix.
Status put_outliers(const Outliers& outliers, LayerTensor* matrix);
/// Statistics of inputs that have zeros in these columns.
void forget_columns(const std::vector<float>& columns, InputStatistics* statistics);

/// The range of a matrix's inputs.
FinishedTensor input_range_tensor(const std::string& matrix, float range);

/// From OUT.partial, if the matrix has outliers.
Status restore_outliers(const PartialFile& partial, LayerTensor* matrix);
/// Moves `next` beyond the side tensors of a frame whose matrices these are; false if one has a
/// wrong size.
bool skip_side_tensors(const std::vector<const PlannedTensor*>& matrices,
                       const std::vector<FinishedTensor>& finished, size_t* next);
/// Those that the pass has made join the plan, behind the tensors of the input.
void add_side_tensors(const PartialFile& partial, Plan* plan);

}  // namespace quern
