// Tiles on all workers; sums in the order of tiles.
#include "matrix_rounding.h"

#include <cmath>
#include <cstdio>
#include <cstring>
#include <new>

#include "calibration/output_loss.h"
#include "parallel.h"
#include "tile_encoder.h"

namespace quern {
namespace {

std::string settings_text(const RoundingReport& report) {
    std::string text;
    if (report.damping > 0) {
        char number[32];
        std::snprintf(number, sizeof number, "damping %.3g", static_cast<double>(report.damping));
        text = number;
    }
    if (report.refine_sweeps > 0) {
        text += (text.empty() ? "" : ", ") +
                ("refined in " + std::to_string(report.refine_sweeps)) + " sweeps";
    }
    if (report.dead_columns > 0) {
        text += (text.empty() ? "" : ", ") + std::to_string(report.dead_columns) + " dead inputs";
    }
    if (!report.fallback.empty()) {
        text += (text.empty() ? "" : ", ") + ("rtn instead: " + report.fallback);
    }
    return text;
}

/// One tile: encoded, and its rows replaced by what was written minus what was there.
ErrorSums encode_rows(const Format& f, const Rounding* rounding, int64_t rows, int64_t cols,
                      float* values, std::vector<float>* written, uint8_t* tile) {
    if (rounding) {
        rounding->encode_tile(values, rows, cols, tile);
    } else {
        f.encode_tile(values, rows, cols, tile);
    }
    ErrorSums sums;
    written->resize(static_cast<size_t>(rows * cols));
    for (int64_t r = 0; r < rows; ++r) {
        f.decode_row(f, tile, r, cols, written->data() + r * cols);
        double error = 0, weight = 0;
        for (int64_t k = r * cols; k < (r + 1) * cols; ++k) {
            const double w = static_cast<double>(values[k]);
            values[k] = (*written)[static_cast<size_t>(k)] - values[k];
            error += static_cast<double>(values[k]) * static_cast<double>(values[k]);
            weight += w * w;
        }
        sums.error += error;
        sums.weight += weight;
    }
    return sums;
}

}  // namespace

Result<const MatrixRounding::Prepared*> MatrixRounding::prepare(const Format& format,
                                                                const Tap& tap) {
    Prepared& p = prepared_[{&tap, &format}];
    if (p.rounding) return &p;
    RoundingOptions options = options_.rounding;
    options.threads = pool_.size();
    // Plain floats have no grid to search.
    const Method& method = format.is_block() ? method_ : *find_method("rtn");
    auto rounding = method.prepare(format, &tap.statistics, options, &p.report);
    if (!rounding.ok()) return rounding.status();
    p.rounding = std::move(*rounding);
    return &p;
}

/// Fills out->bytes and sums if `keep`, and then the tensor's values become those written.
Status MatrixRounding::encode(const PlannedTensor& planned, const Rounding* rounding,
                              LayerTensor* tensor, bool keep, float* difference,
                              FinishedTensor* out) {
    const Format& f = *planned.format;
    const int64_t cols = tensor->cols();
    const uint64_t unit = planned.unit_bytes();
    std::vector<ErrorSums> sums(static_cast<size_t>(tensor->tiles()));
    if (keep) out->bytes.assign(static_cast<size_t>(tensor->tiles()) * unit, 0);
    Status s = parallel_for(pool_.size(), tensor->tiles(), options_.cancel, [&](int, int64_t i) {
        const int64_t rows = tensor->tile_rows(i);
        std::vector<float> values(static_cast<size_t>(rows * cols)), written;
        std::vector<uint8_t> bytes(keep ? 0 : unit);
        uint8_t* tile = keep ? out->bytes.data() + static_cast<uint64_t>(i) * unit : bytes.data();
        unpack_tile(tensor->tile(i), rows, cols, values.data());
        sums[static_cast<size_t>(i)] =
            encode_rows(f, rounding, rows, cols, values.data(), &written, tile);
        pack_tile(values.data(), rows, cols, difference + i * tensor->tile_floats());
        if (keep) pack_tile(written.data(), rows, cols, tensor->tile(i));
        return Status();
    });
    if (!s.ok() || !keep) return s;
    for (const ErrorSums& tile : sums) {
        out->squared_error += tile.error;
        out->squared_weight += tile.weight;
    }
    if (std::isfinite(out->squared_error)) return {};
    return {Code::kBadFile, "tensor '" + out->name + "' has values beyond the range of format " +
                                f.name + "; give it bf16 or f32 with a rule such as --tensor '^" +
                                out->name + "$=bf16'"};
}

Status MatrixRounding::round(const PlannedTensor& planned, const Tap* tap, LayerTensor* tensor,
                             FinishedTensor* out) {
    out->name = planned.tensor->name;
    if (!tensor->is_matrix()) {
        const auto* bytes = reinterpret_cast<const uint8_t*>(tensor->vector());
        out->bytes.assign(bytes, bytes + tensor->bytes());
        return {};
    }
    auto prepared = prepare(*planned.format, *tap);
    if (!prepared.ok()) return prepared.status();
    AlignedMemory memory = allocate_aligned(tensor->bytes());
    if (!memory) throw std::bad_alloc();
    auto* difference = reinterpret_cast<float*>(memory.get());
    for (const bool keep : {false, true}) {
        const Rounding* rounding = keep ? (*prepared)->rounding.get() : nullptr;
        if (Status s = encode(planned, rounding, tensor, keep, difference, out); !s.ok()) return s;
        if (options_.cancel && options_.cancel->load()) return {Code::kInterrupted, "interrupted"};
        auto loss = output_loss(difference, tensor->rows(), tap->statistics, pool_);
        if (!loss.ok()) return loss.status();
        (keep ? out->loss : out->rtn_loss) = *loss;
    }
    out->settings = settings_text((*prepared)->report);
    return {};
}

}  // namespace quern
