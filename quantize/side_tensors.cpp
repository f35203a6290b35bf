// Their bytes, their checks, their place in plan and frames.
#include "side_tensors.h"

#include <algorithm>
#include <cstring>

#include "arch/linear.h"
#include "calibration/input_range.h"
#include "output.h"

namespace quern {
namespace {

const Format& f16() { return *find_format("f16"); }

std::string beside(const std::string& matrix, std::string_view ending) {
    return matrix + std::string(ending);
}

FinishedTensor make_vector(std::string name, const float* values, size_t n) {
    FinishedTensor f;
    f.name = std::move(name);
    f.bytes.resize(n * sizeof(float));
    std::memcpy(f.bytes.data(), values, f.bytes.size());
    return f;
}

uint64_t tile_bytes(int64_t n) { return f16().tile_bytes(f16(), n); }

/// Calls visit(row, column's place in the list, weight) for a tile's weights in these columns.
template <class Visit>
void for_each_outlier(const std::vector<float>& columns, int64_t tile, LayerTensor* t,
                      Visit visit) {
    for (size_t i = 0; i < columns.size(); ++i) {
        float* cell = t->tile(tile) + static_cast<int64_t>(columns[i]) * kTileRows;
        for (int64_t r = 0; r < t->tile_rows(tile); ++r) visit(r, static_cast<int64_t>(i), cell[r]);
    }
}

std::vector<float> values_of(const FinishedTensor& columns) {
    std::vector<float> values(columns.bytes.size() / sizeof(float));
    std::memcpy(values.data(), columns.bytes.data(), columns.bytes.size());
    return values;
}

}  // namespace

Status check_side_tensors(const ModelFile& in, const MethodSpec& spec,
                          const QuantizeOptions& options, const std::string& out) {
    std::string adds;
    for (const Transform* t : spec.transforms) {
        if (t->adds_tensors) adds = "method " + std::string(t->name);
    }
    if (!options.static_activations.empty()) {
        adds = "--static-activations";
        auto rule = find_range_rule(options.static_activations);
        if (!rule.ok()) return rule.status();
    }
    if (!adds.empty() && is_gguf_name(out)) {
        return {Code::kWrongUse, out + ": GGUF has no place for what " + adds +
                                     " stores beside the matrices; write a .quern file"};
    }
    if (!adds.empty() && wants_allocation(options)) {
        return {Code::kWrongUse, adds +
                                     " stores more beside the matrices than --fit and "
                                     "--target-bpw count; name a --format instead"};
    }
    const auto known = std::find_if(in.tensors().begin(), in.tensors().end(),
                                    [](const FileTensor& t) { return is_side_tensor(t.name); });
    if (known == in.tensors().end()) return {};
    const std::string found = in.path() + ": tensor '" + known->name + "' ";
    if (is_gguf_name(out)) {
        return {Code::kWrongUse, found + "has no place in a GGUF file; write a .quern file"};
    }
    if (options.recipe.rules.empty() && !wants_allocation(options) &&
        !needs_calibration(spec, options)) {
        return {};
    }
    return {Code::kWrongUse, found +
                                 "was measured for its matrix as it is; quantize the file that "
                                 "this one was made from"};
}

Result<Outliers> take_outliers(const std::vector<float>& columns, LayerTensor* matrix) {
    const auto n = static_cast<int64_t>(columns.size());
    const std::string& name = matrix->source->name;
    Outliers out{make_vector(beside(name, kOutlierColumns), columns.data(), columns.size()), {}};
    out.weights.name = beside(name, kOutliers);
    out.weights.bytes.resize(static_cast<uint64_t>(matrix->tiles()) * tile_bytes(n));
    std::vector<float> rows(static_cast<size_t>(kTileRows * n)), written(static_cast<size_t>(n));
    for (int64_t i = 0; i < matrix->tiles(); ++i) {
        for_each_outlier(columns, i, matrix, [&](int64_t r, int64_t k, float& w) {
            rows[static_cast<size_t>(r * n + k)] = w;
            w = 0;
        });
        uint8_t* tile = &out.weights.bytes[static_cast<uint64_t>(i) * tile_bytes(n)];
        f16().encode_tile(rows.data(), matrix->tile_rows(i), n, tile);
        if (!f16().is_valid(f16(), tile, n)) {
            return Status(Code::kBadFile, "tensor '" + name +
                                              "' has outliers beyond the range of f16; quantize it "
                                              "without llm-int8");
        }
        for (int64_t r = 0; r < matrix->tile_rows(i); ++r) {
            f16().decode_row(f16(), tile, r, n, written.data());
            for (int64_t k = 0; k < n; ++k) {
                const double w = static_cast<double>(rows[static_cast<size_t>(r * n + k)]);
                const double error = static_cast<double>(written[static_cast<size_t>(k)]) - w;
                out.weights.squared_error += error * error;
                out.weights.squared_weight += w * w;
            }
        }
    }
    return out;
}

Status put_outliers(const Outliers& outliers, LayerTensor* matrix) {
    matrix->forget_rounded();  // those tiles lack them
    const std::vector<float> columns = values_of(outliers.columns);
    const auto n = static_cast<int64_t>(columns.size());
    Status s = check_outlier_columns(outliers.columns.name, columns.data(), n, matrix->cols());
    if (!s.ok()) return s;
    std::vector<float> rows(static_cast<size_t>(kTileRows * n));
    for (int64_t i = 0; i < matrix->tiles(); ++i) {
        const uint8_t* tile = &outliers.weights.bytes[static_cast<uint64_t>(i) * tile_bytes(n)];
        f16().decode_tile(tile, matrix->tile_rows(i), n, rows.data());
        for_each_outlier(columns, i, matrix, [&](int64_t r, int64_t k, float& w) {
            w = rows[static_cast<size_t>(r * n + k)];
        });
    }
    return {};
}

void forget_columns(const std::vector<float>& columns, InputStatistics* s) {
    const auto n = static_cast<size_t>(s->n);
    for (const float column : columns) {
        const auto k = static_cast<size_t>(column);
        s->mean_abs[k] = s->mean_square[k] = s->max_abs[k] = 0;
        for (size_t i = 0; !s->hessian.empty() && i < n; ++i) {
            s->hessian[i * n + k] = s->hessian[k * n + i] = 0;
        }
    }
}

FinishedTensor input_range_tensor(const std::string& matrix, float range) {
    return make_vector(beside(matrix, kInputRange), &range, 1);
}

Status restore_outliers(const PartialFile& partial, LayerTensor* matrix) {
    const std::string& name = matrix->source->name;
    const FinishedTensor* columns = partial.find(beside(name, kOutlierColumns));
    const FinishedTensor* weights = partial.find(beside(name, kOutliers));
    if (!columns || !weights) return {};
    Outliers outliers{*columns, *weights};
    for (FinishedTensor* f : {&outliers.columns, &outliers.weights}) {
        f->bytes.resize(f->size);
        if (Status s = partial.read(*f, 0, f->size, f->bytes.data()); !s.ok()) return s;
    }
    if (Status s = put_outliers(outliers, matrix); !s.ok()) {
        return {s.code(), partial.path() + ": " + s.message()};
    }
    return {};
}

bool skip_side_tensors(const std::vector<const PlannedTensor*>& matrices,
                       const std::vector<FinishedTensor>& finished, size_t* next) {
    const auto take = [&](const PlannedTensor* p, std::string_view ending) {
        const bool is_next =
            *next < finished.size() && finished[*next].name == beside(p->tensor->name, ending);
        return is_next ? &finished[(*next)++] : nullptr;
    };
    for (const PlannedTensor* p : matrices) {
        const FinishedTensor* columns = take(p, kOutlierColumns);
        if (!columns) continue;
        const uint64_t n = columns->size / sizeof(float);
        if (n == 0 || columns->size % sizeof(float) != 0) return false;
        if (n > static_cast<uint64_t>(p->tensor->cols())) return false;
        const FinishedTensor* weights = take(p, kOutliers);
        const auto bytes = f16().matrix_bytes(p->tensor->rows(), static_cast<int64_t>(n));
        if (!weights || weights->size != bytes) return false;
    }
    for (const PlannedTensor* p : matrices) {
        const FinishedTensor* range = take(p, kInputRange);
        if (range && range->size != sizeof(float)) return false;
    }
    return true;
}

void add_side_tensors(const PartialFile& partial, Plan* plan) {
    for (const FinishedTensor& f : partial.finished()) {
        if (!is_side_tensor(f.name)) continue;
        const std::string matrix = f.name.substr(0, f.name.rfind('.'));
        const PlannedTensor* base = nullptr;
        for (const PlannedTensor& p : plan->tensors) {
            if (p.tensor->name == matrix) base = &p;
        }
        FileTensor& made = plan->made.emplace_back();
        made.name = f.name;
        made.rank = f.name == beside(matrix, kOutliers) ? 2 : 1;
        made.format = made.rank == 2 ? &f16() : find_format("f32");
        made.shape[0] = static_cast<int64_t>(f.size / sizeof(float));
        made.stored_as = "calibration";
        if (made.rank == 2) {  // right behind its columns
            const int64_t n = plan->made[plan->made.size() - 2].cols();
            made.shape = {base->tensor->rows(), n, 1, 1};
            made.stored_as = base->tensor->stored_as;
        }
        const TensorClass role = made.rank == 2 ? base->tensor_class : TensorClass::kOther;
        PlannedTensor p{&made, role, made.format, false};
        p.stored_as = made.format->name;
        p.stored_bytes = f.size;
        plan->weights += made.elements();
        plan->bytes += f.size;
        plan->tensors.push_back(std::move(p));
    }
}

}  // namespace quern
