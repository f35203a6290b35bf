// One graph per layer and purpose, run once for each sample. Values that no statistic needs are not
// computed: collect() leaves out the layer's last product.
#include "calibration/block_runner.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <new>

#include "calibration/input_histogram.h"
#include "calibration/input_sums.h"
#include "calibration/product_inputs.h"
#include "calibration/token_weights.h"
#include "tensor/ops.h"
#include "tensor/system.h"

namespace quern {
namespace {

std::vector<std::string_view> names_of(const std::vector<const Tensor*>& tensors) {
    std::vector<std::string_view> names;
    for (const Tensor* t : tensors) names.push_back(t->name);
    return names;
}

const Format& f32() { return *find_format("f32"); }

}  // namespace

Tap* find_tap(std::vector<Tap>& taps, const std::string& matrix) {
    for (Tap& tap : taps) {
        const auto& names = tap.matrices;
        if (std::find(names.begin(), names.end(), matrix) != names.end()) return &tap;
    }
    return nullptr;
}

void fill_positions(Tensor* positions) {
    for (int64_t t = 0; t < positions->rows(); ++t) {
        *positions->row<int32_t>(t) = static_cast<int32_t>(t);
    }
}

BlockRunner::BlockRunner(const ModelFile& file, Samples samples, RunnerOptions options)
    : file_(file),
      samples_(std::move(samples)),
      options_(std::move(options)),
      pool_(options_.threads),
      weights_(file, options_.allow_nonfinite) {}

Result<std::unique_ptr<BlockRunner>> BlockRunner::create(const ModelFile& file, Samples samples,
                                                         RunnerOptions options) {
    std::unique_ptr<BlockRunner> runner(
        new BlockRunner(file, std::move(samples), std::move(options)));
    if (Status s = runner->bind(); !s.ok()) {
        const bool named = s.message().rfind(file.path(), 0) == 0;
        return named ? s : Status(s.code(), file.path() + ": " + s.message());
    }
    if (Status s = runner->open_store(); !s.ok()) return s;
    return runner;
}

/// The architecture, all vectors, and the cache.
Status BlockRunner::bind() {
    const Metadata& metadata = options_.metadata ? *options_.metadata : file_.metadata();
    const Result<std::string> name = metadata.get_string("general.architecture");
    if (!name.ok()) return name.status();
    Result<ArchitectureFactory> factory = find_architecture(name.value());
    if (!factory.ok()) return factory.status();
    auto architecture = (*factory)(metadata, weights_);
    if (!architecture.ok()) return architecture.status();
    architecture_ = std::move(*architecture);
    if (Status s = weights_.check_bound(); !s.ok()) return s;
    for (const FileTensor& t : file_.tensors()) {
        if (t.rank != 1) continue;
        vectors_.emplace_back(static_cast<size_t>(t.cols()));
        if (Status s = file_.read_vector(t, vectors_.back().data()); !s.ok()) return s;
        weights_.place(t.name, f32(), reinterpret_cast<std::byte*>(vectors_.back().data()));
    }
    if (Status s = architecture_->check_values(); !s.ok()) return s;

    const ModelShape& shape = architecture_->shape();
    for (const int32_t id : samples_.ids) {  // the tokenizer may know more than the embedding
        if (id >= 0 && id < shape.vocab_size) continue;
        return {Code::kBadFile, "the tokenizer makes token " + std::to_string(id) +
                                    ", but the model has " + std::to_string(shape.vocab_size) +
                                    " tokens; the file is damaged"};
    }
    if (samples_.tokens > shape.context_length) {
        return {Code::kWrongUse, "the model's context is " + std::to_string(shape.context_length) +
                                     " tokens, but samples have " +
                                     std::to_string(samples_.tokens) +
                                     "; give a smaller --sample-tokens"};
    }
    KvCache layer;
    layer.key_format = layer.value_format = &f32();
    layer.n_kv_heads = shape.n_kv_heads;
    layer.head_dim = shape.head_dim;
    layer.context = samples_.tokens;
    cache_memory_ = allocate_aligned(layer.bytes());
    if (!cache_memory_) throw std::bad_alloc();
    std::memset(cache_memory_.get(), 0, layer.bytes());
    layer.data = cache_memory_.get();
    cache_.assign(static_cast<size_t>(shape.n_layers), layer);
    return {};
}

Status BlockRunner::open_store() {
    for (const Tensor* t : architecture_->layer_tensors(0)) {
        if (t->storage == Storage::kTiles) weights_.place(t->name, f32(), nullptr);
    }
    const LayerRun run{*architecture_,  file_,        cache_,
                       samples_.tokens, pool_.size(), options_.equal_tokens};
    const Result<uint64_t> peak = peak_memory(run, options_.needs);
    if (!peak.ok()) return peak.status();
    memory_bytes_ = peak.value();
    const int64_t floats = samples_.tokens * architecture_->shape().n_embd;
    const uint64_t streams = options_.needs.reference() ? 2 : 1;
    const uint64_t stream =
        streams * static_cast<uint64_t>(samples_.count * floats) * sizeof(float);
    const bool in_memory =
        options_.max_memory == 0 || memory_bytes_ + stream <= options_.max_memory;
    (in_memory ? memory_bytes_ : file_bytes_) += stream;
    for (auto* store : {&store_, &reference_}) {
        if (store == &reference_ && !options_.needs.reference()) break;
        auto made =
            ActivationStore::create(samples_.count, floats, in_memory ? "" : options_.folder);
        if (!made.ok()) return made.status();
        *store = std::move(*made);
    }
    return {};
}

Tensor* BlockRunner::stream_input(Graph& g) const {
    return g.input(Storage::kF32, samples_.tokens, architecture_->shape().n_embd);
}

void BlockRunner::start_graph(Graph* g, Tensor** x, Tensor** positions) const {
    *x = stream_input(*g);
    *positions = g->input(Storage::kI32, samples_.tokens, 1);
}

/// Plans the graph and runs it for every sample.
Status BlockRunner::run(Graph& g, Tensor* positions, const std::vector<Flow>& flows) {
    for (const Flow& flow : flows) {
        if (flow.output != nullptr) g.keep(flow.output);
    }
    if (Status s = g.plan(); !s.ok()) return s;
    fill_positions(positions);
    for (int64_t i = 0; i < samples_.count; ++i) {
        for (const Flow& flow : flows) {
            if (Status s = flow.store->read(i, flow.input->row<float>(0)); !s.ok()) return s;
        }
        if (!g.run(pool_, active_kernels(), nullptr, options_.cancel)) {
            return {Code::kInterrupted, "interrupted"};
        }
        for (const Flow& flow : flows) {
            if (flow.output == nullptr) continue;
            if (Status s = flow.store->write(i, flow.output->row<float>(0)); !s.ok()) return s;
        }
        if (options_.progress) options_.progress(1);
    }
    return {};
}

Status BlockRunner::embed(const Format& format, std::byte* table) {
    return fill(store_.get(), format, table);
}

Status BlockRunner::embed_original(ActivationStore* store) {
    const FileTensor& t = *file_.find(architecture_->embedding()->name);
    Result<AlignedMemory> table = read_tiles(t);
    return table.ok() ? fill(store, *t.format, table->get()) : table.status();
}

Result<AlignedMemory> BlockRunner::read_tiles(const FileTensor& tensor) const {
    AlignedMemory memory =
        allocate_aligned(tensor.format->matrix_bytes(tensor.rows(), tensor.cols()));
    if (!memory) throw std::bad_alloc();
    auto* tiles = reinterpret_cast<uint8_t*>(memory.get());
    Status s = file_.pack_tiles(tensor, 0, n_tiles(tensor.rows()), tiles);
    if (!s.ok()) return s;
    return memory;
}

Status BlockRunner::fill(ActivationStore* store, const Format& format, std::byte* table) {
    weights_.place(architecture_->embedding()->name, format, table);
    Graph g(pool_.size());
    Tensor* ids = g.input(Storage::kI32, samples_.tokens, 1);
    const Tensor* x = architecture_->record_embedding(g, ids);
    g.keep(x);
    if (Status s = g.plan(); !s.ok()) return s;
    for (int64_t i = 0; i < samples_.count; ++i) {
        const auto sample = samples_.sample(i);
        std::memcpy(ids->data, sample.data(), sample.size_bytes());
        g.run(pool_, active_kernels());
        if (Status s = store->write(i, x->row<float>(0)); !s.ok()) return s;
    }
    weights_.place(architecture_->embedding()->name, format, nullptr);  // the table may go now
    return {};
}

Status BlockRunner::load(int64_t layer) {
    layer_ = layer;
    const auto names = names_of(architecture_->layer_tensors(layer));
    if (Status s = tensors_.load(file_, names, pool_.size(), options_.cancel); !s.ok()) return s;
    place_layer();
    return {};
}

/// Matrices that were rounded to a block format run in it: int8 products take less time than f32
/// ones, and the layers behind see what they will.
void BlockRunner::place_layer() {
    for (const LayerTensor& t : tensors_.all()) {
        if (t.rounded_to) {
            weights_.place(t.source->name, *t.rounded_to, t.rounded.get());
        } else {
            weights_.place(t.source->name, f32(), t.memory.get());
        }
    }
}

Result<std::vector<Tap>> BlockRunner::collect(bool hessians) {
    std::deque<InputSums> sums;
    Graph g(pool_.size());
    Tensor *x, *positions;
    start_graph(&g, &x, &positions);
    // Filled before the graph runs, so nothing that is recorded earlier may take its memory.
    Tensor* reference = options_.needs.shifts ? stream_input(g) : nullptr;
    architecture_->record_layers(g, x, layer_, 1, {nullptr, positions, cache_, 0});
    const std::vector<ProductInput> inputs = product_inputs(g);
    const Tensor* received = record_received(g, options_.equal_tokens);
    for (const ProductInput& input : inputs) {
        sums.emplace_back(input.x->cols(), hessians)
            .record(g, input.x, input.before_attention ? received : nullptr);
    }
    std::vector<Flow> flows = {{store_.get(), x, nullptr}};
    if (reference) {
        const Tensor* y = record_reference(g, reference, positions, &sums);
        flows.push_back({reference_.get(), reference, y});
    }
    if (Status s = run(g, positions, flows); !s.ok()) return s;
    std::vector<Tap> taps;
    for (size_t i = 0; i < inputs.size(); ++i) {
        taps.push_back({inputs[i].matrices, sums[i].finish(samples_.count * samples_.tokens),
                        received != nullptr && inputs[i].before_attention});
        const std::string layer = "layer " + std::to_string(layer_ + 1);
        Status s = check_finite(taps.back().statistics, layer, inputs[i].matrices[0]);
        if (!s.ok()) return s;
    }
    return taps;
}

/// The layer once more. It can use the same cache: its keys come in a later stage of the graph than
/// all that reads the first one's, so record_received() must be called before.
const Tensor* BlockRunner::record_reference(Graph& g, const Tensor* x, const Tensor* positions,
                                            std::deque<InputSums>* sums) const {
    const Tensor* y =
        architecture_->record_layers(g, x, layer_, 1, {nullptr, positions, cache_, 0});
    // The first ones are the other stream's.
    const std::vector<ProductInput> inputs = product_inputs(g);
    for (size_t i = 0; i < sums->size(); ++i) {
        (*sums)[i].record_shift(g, inputs[sums->size() + i].x);
    }
    return y;
}

/// The sums are infinite or NaN if any of the inputs was.
Status BlockRunner::check_finite(const InputStatistics& statistics, const std::string& place,
                                 const std::string& matrix) const {
    const std::vector<float>& squares = statistics.mean_square;
    if (std::all_of(squares.begin(), squares.end(), [](float v) { return std::isfinite(v); })) {
        return {};
    }
    return {Code::kBadFile,
            file_.path() + ": " + place + ": the inputs of tensor '" + matrix +
                "' are not finite on the calibration text; the model is damaged, or a format of "
                "an earlier layer cannot hold its values"};
}

Status BlockRunner::count_inputs(std::vector<Tap>* taps) {
    std::deque<InputHistogram> histograms;
    Graph g(pool_.size());
    Tensor *x, *positions;
    start_graph(&g, &x, &positions);
    architecture_->record_layers(g, x, layer_, 1, {nullptr, positions, cache_, 0});
    const std::vector<ProductInput> inputs = product_inputs(g);
    for (size_t i = 0; i < inputs.size(); ++i) {
        const std::vector<float>& outliers = (*taps)[i].outlier_columns;
        const Tensor* counted = inputs[i].x;
        if (!outliers.empty()) counted = clear_columns(g, counted, g.constant(outliers));
        histograms.emplace_back(pool_.size()).record(g, counted);
    }
    if (Status s = run(g, positions, {{store_.get(), x, nullptr}}); !s.ok()) return s;
    for (size_t i = 0; i < inputs.size(); ++i) (*taps)[i].histogram = histograms[i].total();
    return {};
}

Status BlockRunner::advance() {
    place_layer();
    return advance(store_.get());
}

Status BlockRunner::advance_reference() { return advance(reference_.get()); }

Status BlockRunner::advance(ActivationStore* store) {
    Graph g(pool_.size());
    Tensor *x, *positions;
    start_graph(&g, &x, &positions);
    const Tensor* y =
        architecture_->record_layers(g, x, layer_, 1, {nullptr, positions, cache_, 0});
    return run(g, positions, {{store, x, y}});
}

Result<InputStatistics> BlockRunner::collect_head() {
    Graph g(pool_.size());
    Tensor *x, *positions;
    start_graph(&g, &x, &positions);
    const Tensor* y = architecture_->record_output_norm(g, x);
    InputSums sums(y->cols(), false);
    sums.record(g, y);
    if (Status s = run(g, positions, {{store_.get(), x, nullptr}}); !s.ok()) return s;
    InputStatistics statistics = sums.finish(samples_.count * samples_.tokens);
    Status s = check_finite(statistics, "head", architecture_->head()->name);
    if (!s.ok()) return s;
    return statistics;
}

}  // namespace quern
