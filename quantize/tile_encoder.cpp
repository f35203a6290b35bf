// From the input's bytes to a tile of the output, and what that costs in accuracy.
#include "tile_encoder.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>

#include "parallel.h"
#include "verify_input.h"

namespace quern {
namespace {

/// Eight lanes let the compiler vectorize; chunks keep the f32 sums short, so that they are exact
/// to about 1e-6. The order is fixed: the same on every machine.
double sum_of_squares(const float* v, int64_t n) {
    constexpr int kLanes = 8;
    constexpr int64_t kChunk = 256;
    double sum = 0;
    for (int64_t begin = 0; begin < n; begin += kChunk) {
        const int64_t end = std::min(begin + kChunk, n);
        float lanes[kLanes] = {};
        int64_t i = begin;
        for (; i + kLanes <= end; i += kLanes) {
            for (int j = 0; j < kLanes; ++j) lanes[j] += v[i + j] * v[i + j];
        }
        for (; i < end; ++i) lanes[0] += v[i] * v[i];
        for (const float lane : lanes) sum += static_cast<double>(lane);
    }
    return sum;
}

float largest_magnitude(const float* w, int64_t n) {
    float largest = 0;
    for (int64_t i = 0; i < n; ++i) largest = std::max(largest, std::fabs(w[i]));
    return largest;
}

}  // namespace

Status TileEncoder::check_finite(const PlannedTensor& planned, int64_t row, const float* values,
                                 const ErrorSums& sums) const {
    if (std::isfinite(sums.error) || allow_nonfinite_) return {};
    const FileTensor& t = *planned.tensor;
    char largest[32];
    std::snprintf(largest, sizeof largest, "%.3g",
                  static_cast<double>(largest_magnitude(values, t.cols())));
    return {Code::kBadFile, in_->path() + ": tensor '" + t.name + "': row " + std::to_string(row) +
                                " has values up to " + largest + ", beyond the range of format " +
                                planned.format->name +
                                "; give this tensor bf16 or f32 with a rule such as --tensor '^" +
                                t.name + "$=bf16'"};
}

Status TileEncoder::encode(const PlannedTensor& planned, const Rounding* rounding, int64_t unit,
                           uint8_t* out, ErrorSums* sums) {
    const FileTensor& t = *planned.tensor;
    if (t.rank == 1) {
        values_.resize(static_cast<size_t>(t.cols()));
        Status status = in_->read_vector(t, values_.data());
        std::memcpy(out, values_.data(), values_.size() * sizeof(float));
        return status;
    }
    if (planned.copied) return in_->pack_tiles(t, unit, unit + 1, out);

    const int64_t cols = t.cols();
    const int64_t rows = std::min(kTileRows, t.rows() - unit * kTileRows);
    stored_.resize(t.format->tile_bytes(*t.format, cols));
    values_.resize(static_cast<size_t>(kTileRows * cols));
    written_.resize(static_cast<size_t>(cols));
    if (Status s = in_->pack_tiles(t, unit, unit + 1, stored_.data()); !s.ok()) return s;
    t.format->decode_tile(stored_.data(), rows, cols, values_.data());
    std::memset(out, 0, planned.unit_bytes());
    rounding->encode_tile(values_.data(), rows, cols, out);
    for (int64_t r = 0; r < rows; ++r) {
        const float* values = &values_[r * cols];
        planned.format->decode_row(*planned.format, out, r, cols, written_.data());
        for (int64_t k = 0; k < cols; ++k) written_[static_cast<size_t>(k)] -= values[k];
        const ErrorSums row{sum_of_squares(written_.data(), cols), sum_of_squares(values, cols), 0};
        if (Status s = check_finite(planned, unit * kTileRows + r, values, row); !s.ok()) return s;
        sums->add(row);
        for (size_t k = 0; k < mean_square_.size(); ++k) {
            sums->loss += static_cast<double>(mean_square_[k] * written_[k] * written_[k]);
        }
    }
    return {};
}

Status encode_tensor(const ModelFile& in, const PlannedTensor& planned, const Rounding* rounding,
                     const QuantizeOptions& options, uint8_t* out, ErrorSums* sums,
                     std::span<const float> mean_square) {
    if (Status s = verify_input(in, *planned.tensor); !s.ok()) return s;
    const auto threads = static_cast<size_t>(options.threads);
    const uint64_t unit_bytes = planned.unit_bytes();
    std::vector<ErrorSums> of_units(static_cast<size_t>(planned.units()));
    std::vector<TileEncoder> encoders(threads,
                                      TileEncoder(in, options.allow_nonfinite, mean_square));
    std::vector<uint8_t> dropped(out ? 0 : threads * unit_bytes);
    Status s =
        parallel_for(options.threads, planned.units(), options.cancel, [&](int worker, int64_t i) {
            const auto w = static_cast<size_t>(worker);
            uint8_t* unit =
                out ? out + static_cast<uint64_t>(i) * unit_bytes : dropped.data() + w * unit_bytes;
            return encoders[w].encode(planned, rounding, i, unit,
                                      &of_units[static_cast<size_t>(i)]);
        });
    if (!s.ok()) return s;
    for (const ErrorSums& unit : of_units) sums->add(unit);
    return {};
}

}  // namespace quern
