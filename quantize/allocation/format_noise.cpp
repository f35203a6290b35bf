// Every format on every tile, on all workers; sums in the order of tiles.
#include "allocation/format_noise.h"

#include <memory>

#include "importance.h"
#include "methods/methods.h"
#include "parallel.h"

namespace quern {
namespace {

/// Sums over rows: the noise in the outputs, and their energy.
struct Noise {
    double error = 0, energy = 0;
};

Noise noise_of(const Format& format, const Rounding& rounding, const std::vector<float>& importance,
               const float* w, int64_t rows) {
    const auto cols = static_cast<int64_t>(importance.size());
    std::vector<uint8_t> tile(format.tile_bytes(format, cols));
    std::vector<float> written(importance.size());
    rounding.encode_tile(w, rows, cols, tile.data());
    Noise noise;
    for (int64_t r = 0; r < rows; ++r, w += cols) {
        format.decode_row(format, tile.data(), r, cols, written.data());
        for (int64_t k = 0; k < cols; ++k) {
            const auto h = static_cast<double>(importance[static_cast<size_t>(k)]);
            const auto value = static_cast<double>(w[k]);
            const double change = static_cast<double>(written[static_cast<size_t>(k)]) - value;
            noise.error += h * change * change;
            noise.energy += h * value * value;
        }
    }
    return noise;
}

}  // namespace

Result<std::vector<double>> relative_noise(const NoiseTrial& trial,
                                           std::span<const Format* const> formats, int threads,
                                           const std::atomic<bool>* cancel) {
    const InputStatistics* statistics = trial.statistics;
    const std::vector<float> importance =
        statistics ? column_importance(statistics->mean_square)
                   : std::vector<float>(static_cast<size_t>(trial.cols), 1.0f);
    std::vector<std::unique_ptr<const Rounding>> roundings;
    for (const Format* f : formats) {
        const bool by_inputs = trial.grid == GridChoice::kSearched && trial.by_inputs;
        roundings.push_back(nearest_rounding(*f, by_inputs ? statistics : nullptr, trial.grid));
    }
    const size_t n = trial.tiles.size();
    std::vector<Noise> noise(formats.size() * n);
    const auto items = static_cast<int64_t>(noise.size());
    Status s = parallel_for(threads, items, cancel, [&](int, int64_t i) {
        const size_t f = static_cast<size_t>(i) / n;
        const std::vector<float>& w = trial.tiles[static_cast<size_t>(i) % n];
        noise[static_cast<size_t>(i)] = noise_of(*formats[f], *roundings[f], importance, w.data(),
                                                 static_cast<int64_t>(w.size()) / trial.cols);
        return Status();
    });
    if (!s.ok()) return s;
    std::vector<double> relative;
    for (size_t f = 0; f < formats.size(); ++f) {
        Noise sum;
        for (size_t i = f * n; i < (f + 1) * n; ++i) {
            sum.error += noise[i].error;
            sum.energy += noise[i].energy;
        }
        relative.push_back(sum.energy > 0 ? sum.error / sum.energy : 0);
    }
    return relative;
}

}  // namespace quern
