// Tiles on all workers; sums in the order of tiles.
#include "matrix_rounding.h"

#include <chrono>
#include <cmath>
#include <cstdio>
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

/// A tile of a matrix on its way.
struct Tile {
    const LayerTensor& tensor;
    int64_t index;
    std::vector<float> values;  ///< [rows, cols]: before, then what was written minus that
    std::vector<float> written{};
};

struct TileSums {
    ErrorSums errors;
    double loss = 0;  ///< as the rounding kept account of it
    bool has_loss = false;
    double square = 0;  ///< of the difference
};

/// Encodes it. The difference and the loss get the scale of the original's outputs, the errors also
/// that of its inputs.
TileSums encode_rows(const Format& f, const Rounding* rounding, Tile* t, uint8_t* bytes) {
    const int64_t cols = t->tensor.cols(), rows = t->tensor.tile_rows(t->index);
    std::vector<double> losses;
    if (rounding) {
        losses = rounding->encode_tile(t->values.data(), rows, cols, bytes);
    } else {
        f.encode_tile(t->values.data(), rows, cols, bytes);
    }
    TileSums sums;
    sums.has_loss = !losses.empty();
    t->written.resize(t->values.size());
    for (int64_t r = 0; r < rows; ++r) {
        float* value = &t->values[static_cast<size_t>(r * cols)];
        float* written = &t->written[static_cast<size_t>(r * cols)];
        f.decode_row(f, bytes, r, cols, written);
        const float row = t->tensor.row_factors[static_cast<size_t>(t->index * kTileRows + r)];
        double error = 0, weight = 0;
        for (int64_t k = 0; k < cols; ++k) {
            const float col = t->tensor.col_factors[static_cast<size_t>(k)];
            const auto w = static_cast<double>(value[k] / row / col);
            value[k] = (written[k] - value[k]) / row;
            sums.square += static_cast<double>(value[k] * value[k]);
            const auto e = static_cast<double>(value[k] / col);
            error += e * e;
            weight += w * w;
        }
        sums.errors.error += error;
        sums.errors.weight += weight;
        if (sums.has_loss) {
            sums.loss += losses[static_cast<size_t>(r)] / (static_cast<double>(row) * row);
        }
    }
    return sums;
}

/// A rounding that followed its loss must have written what it thinks: GPTQ's sums of squares and
/// the loss of the bytes come to the same by different ways. The sums are differences to what the
/// damping adds, hence the second tolerance.
Status check_account(const std::string& name, const std::vector<TileSums>& sums,
                     const InputStatistics& statistics, double loss) {
    constexpr double kTolerance = 1e-3, kOfSquares = 1e-4;  // f32; up to 1e-5 is met
    double followed = 0, square = 0, input = 0;
    for (const TileSums& tile : sums) {
        if (!tile.has_loss) return {};
        followed += tile.loss;
        square += tile.square;
    }
    for (const float v : statistics.mean_square) input += static_cast<double>(v);
    input /= static_cast<double>(statistics.n);
    const double allowed = kTolerance * loss + kOfSquares * input * square;
    if (!std::isfinite(loss) || std::fabs(followed - loss) <= allowed) return {};
    char text[160];
    std::snprintf(text, sizeof text,
                  "its rounding followed a loss of %.6g, but what was written has %.6g; this is a "
                  "defect of the program, please report it",
                  followed, loss);
    return {Code::kFailed, "tensor '" + name + "': " + text};
}

}  // namespace

Status MatrixRounding::prepare(const Format& format, const Tap& tap) {
    if (prepared_.tap == &tap && prepared_.format == &format) return {};
    prepared_ = {};  // before the next takes its memory
    RoundingOptions options = options_.rounding;
    options.threads = pool_.size();
    auto rounding = method_.prepare(format, &tap.statistics, options, &prepared_.report);
    if (!rounding.ok()) return rounding.status();
    prepared_.tap = &tap;
    prepared_.format = &format;
    prepared_.rounding = std::move(*rounding);
    return {};
}

/// *loss is that of the product's outputs. If `out` is not null its bytes and sums are filled in,
/// and then the tensor's values become those written.
Status MatrixRounding::encode(const PlannedTensor& planned, const Rounding* rounding,
                              LayerTensor* tensor, const Tap& tap, FinishedTensor* out,
                              double* loss) {
    const Format& f = *planned.format;
    const int64_t cols = tensor->cols();
    const uint64_t unit = planned.unit_bytes();
    AlignedMemory memory = allocate_aligned(tensor->bytes());
    if (!memory) throw std::bad_alloc();
    auto* difference = reinterpret_cast<float*>(memory.get());
    std::vector<TileSums> sums(static_cast<size_t>(tensor->tiles()));
    if (out) out->bytes.assign(static_cast<size_t>(tensor->tiles()) * unit, 0);
    Status s = parallel_for(pool_.size(), tensor->tiles(), options_.cancel, [&](int, int64_t i) {
        const int64_t rows = tensor->tile_rows(i);
        Tile tile{*tensor, i, std::vector<float>(static_cast<size_t>(rows * cols))};
        std::vector<uint8_t> own(out ? 0 : unit);
        uint8_t* bytes = out ? out->bytes.data() + static_cast<uint64_t>(i) * unit : own.data();
        unpack_tile(tensor->tile(i), rows, cols, tile.values.data());
        sums[static_cast<size_t>(i)] = encode_rows(f, rounding, &tile, bytes);
        pack_tile(tile.values.data(), rows, cols, difference + i * tensor->tile_floats());
        if (out) pack_tile(tile.written.data(), rows, cols, tensor->tile(i));
        return Status();
    });
    if (!s.ok()) return s;
    for (size_t i = 0; out && i < sums.size(); ++i) {
        out->squared_error += sums[i].errors.error;
        out->squared_weight += sums[i].errors.weight;
    }
    auto measured = output_loss(difference, tensor->rows(), tap.statistics, pool_);
    if (!measured.ok()) return measured.status();
    *loss = *measured;
    return check_account(planned.tensor->name, sums, tap.statistics, *loss);
}

Status MatrixRounding::measure_nearest(const PlannedTensor& planned, const Tap& tap,
                                       LayerTensor* tensor) {
    return encode(planned, nullptr, tensor, tap, nullptr, &nearest_losses_[planned.tensor->name]);
}

Status MatrixRounding::round(const PlannedTensor& planned, const Tap* tap, LayerTensor* tensor,
                             FinishedTensor* out) {
    out->name = planned.tensor->name;
    if (!tensor->is_matrix()) {
        const auto* bytes = reinterpret_cast<const uint8_t*>(tensor->vector());
        out->bytes.assign(bytes, bytes + tensor->bytes());
        return {};
    }
    const auto start = std::chrono::steady_clock::now();
    if (Status s = prepare(*planned.format, *tap); !s.ok()) return s;
    const Rounding* rounding = prepared_.rounding.get();
    if (Status s = encode(planned, rounding, tensor, *tap, out, &out->loss); !s.ok()) return s;
    tensor->keep_rounded(*planned.format, out->bytes);
    out->rtn_loss = nearest_losses_[out->name];
    out->settings = settings_text(prepared_.report);
    out->fallback = prepared_.report.fallback;
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    out->seconds = seconds.count();
    if (std::isfinite(out->squared_error)) return {};
    return {Code::kBadFile, "tensor '" + out->name + "' has values beyond the range of format " +
                                planned.format->name +
                                "; give it bf16 or f32 with a rule such as --tensor '^" +
                                out->name + "$=bf16'"};
}

}  // namespace quern
