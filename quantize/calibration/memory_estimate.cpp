// The largest of three: running a layer, rounding it, and what is outside of layers.
#include "calibration/memory_estimate.h"

#include <algorithm>

#include "calibration/product_inputs.h"
#include "calibration/token_weights.h"

namespace quern {
namespace {

/// The program itself, its tokenizer and texts, workers' buffers.
constexpr uint64_t kProgramBytes = uint64_t{16} << 20;

uint64_t value_bytes(const Tensor* t) {
    if (t->storage != Storage::kTiles) return t->bytes();
    return find_format("f32")->matrix_bytes(t->shape[0], t->shape[1]);
}

uint64_t square_bytes(int64_t n) { return static_cast<uint64_t>(n * n) * sizeof(float); }

MemoryNeeds::Written written(const MemoryNeeds& needs, const Tensor* t) {
    return needs.written ? needs.written(t->name) : MemoryNeeds::Written{};
}

/// Of one layer, in f32.
struct LayerBytes {
    uint64_t values = 0;
    uint64_t moments = 0;         ///< matrices of the inputs
    uint64_t largest = 0;         ///< what is made beside them: one matrix
    uint64_t running = 0;         ///< all of it while samples run
    uint64_t graph = 0;           ///< of that, what is computed on the way
    std::vector<uint64_t> freed;  ///< by tensor: moments that are of no use after it
};

/// The index of the last of a layer's tensors that read the input.
size_t last_reader(const ProductInput& input, const std::vector<const Tensor*>& tensors) {
    size_t last = 0;
    for (size_t k = 0; k < tensors.size(); ++k) {
        const auto& names = input.matrices;
        if (std::find(names.begin(), names.end(), tensors[k]->name) != names.end()) last = k;
    }
    return last;
}

Result<LayerBytes> layer_bytes(const LayerRun& run, const MemoryNeeds& needs) {
    const std::vector<const Tensor*> tensors = run.architecture.layer_tensors(0);
    LayerBytes layer;
    layer.freed.resize(tensors.size());
    for (const Tensor* t : tensors) {
        layer.values += value_bytes(t);
        layer.largest = std::max(layer.largest, value_bytes(t));
    }
    Graph g(run.workers);
    const auto input = [&] {
        return g.input(Storage::kF32, run.tokens, run.architecture.shape().n_embd);
    };
    const Tensor* x = input();
    const Tensor* positions = g.input(Storage::kI32, run.tokens, 1);
    const Tensor* reference = needs.shifts ? input() : nullptr;
    const auto record = [&](const Tensor* from) {
        return run.architecture.record_layers(g, from, 0, 1, {nullptr, positions, run.cache, 0});
    };
    g.keep(record(x));
    const Tensor* received = record_received(g, run.equal_tokens);
    const uint64_t matrices = needs.shifts ? 2 : needs.hessians ? 1 : 0;  // of an input
    uint64_t packed = 0;
    for (const ProductInput& p : product_inputs(g)) {
        const int64_t n = p.x->cols();
        layer.moments += matrices * square_bytes(n);
        layer.freed[last_reader(p, tensors)] = matrices * square_bytes(n);
        packed = std::max(packed, matrices * static_cast<uint64_t>(n * run.tokens) * sizeof(float));
        if (needs.shifts) layer.largest = std::max(layer.largest, square_bytes(n));
        if (received && p.before_attention) g.keep(weigh_tokens(g, p.x, received));
    }
    if (reference) {  // the inputs in both streams wait for each other
        g.keep(record(reference));
        for (const ProductInput& p : product_inputs(g)) g.keep(p.x);
    }
    if (Status s = g.plan(); !s.ok()) return s;
    layer.graph = g.memory_bytes();
    layer.running = layer.values + layer.moments + layer.graph + packed;
    return layer;
}

/// Beside a rounded layer: its gradients in f32 and TrainedMatrix's state of every weight, its
/// tiles once more, and a graph that runs forward and back.
uint64_t training_bytes(const LayerBytes& layer, const std::vector<const Tensor*>& tensors) {
    constexpr uint64_t kPerWeight = 4 + 16 + 1;
    uint64_t weights = 0, largest = 0;
    for (const Tensor* t : tensors) {
        const auto n = static_cast<uint64_t>(t->rows() * t->cols());
        weights += n;
        largest = std::max(largest, n);
    }
    return kPerWeight * weights + 4 * largest + 3 * layer.graph;
}

/// Before rounding: a trial of a matrix, or what a shift is solved with. Then matrices are rounded
/// in their order, each with the difference to what is written and with its input's factor, and
/// leave their tiles. At last all that is written is there once more.
uint64_t rounding_bytes(const LayerRun& run, const MemoryNeeds& needs, const LayerBytes& layer) {
    uint64_t most = layer.values + layer.moments + layer.largest;
    for (int64_t i = 0; i < run.architecture.shape().n_layers; ++i) {
        uint64_t held = layer.values + layer.moments, bytes = 0;
        const std::vector<const Tensor*> tensors = run.architecture.layer_tensors(i);
        for (size_t k = 0; k < tensors.size(); ++k) {
            const Tensor* t = tensors[k];
            const MemoryNeeds::Written w = written(needs, t);
            bytes += w.bytes;
            held += w.bytes * (w.kept_rounded ? 2 : 1);
            if (t->storage != Storage::kTiles) continue;
            const uint64_t factor = needs.factors || needs.shifts ? square_bytes(t->cols()) : 0;
            most = std::max(most, held + value_bytes(t) + factor);
            if (w.drops_values) held -= value_bytes(t);
            held -= layer.freed[k];
        }
        most = std::max(most, held + bytes);
        if (needs.training) most = std::max(most, held + training_bytes(layer, tensors));
    }
    return most;
}

uint64_t outside_bytes(const LayerRun& run, const MemoryNeeds& needs) {
    const Tensor* embedding = run.architecture.embedding();
    const FileTensor& t = *run.file.find(embedding->name);
    const bool reads_original = needs.reference() || !needs.written;
    const uint64_t original = reads_original ? t.format->matrix_bytes(t.rows(), t.cols()) : 0;
    const uint64_t head = needs.head ? 2 * written(needs, run.architecture.head()).bytes : 0;
    uint64_t predictions = 0;  // two heads, as if both were the file's, and their logits
    if (needs.predictions) {
        const FileTensor& h = *run.file.find(run.architecture.head()->name);
        predictions = 2 * h.format->matrix_bytes(h.rows(), h.cols()) +
                      2 * static_cast<uint64_t>(kPredictedTogether * h.rows()) * sizeof(float);
    }
    return std::max({written(needs, embedding).bytes, original, head, predictions});
}

}  // namespace

Result<uint64_t> peak_memory(const LayerRun& run, const MemoryNeeds& needs) {
    const Result<LayerBytes> layer = layer_bytes(run, needs);
    if (!layer.ok()) return layer.status();
    return kProgramBytes + run.cache[0].bytes() +
           std::max({layer.value().running, rounding_bytes(run, needs, layer.value()),
                     outside_bytes(run, needs)});
}

}  // namespace quern
