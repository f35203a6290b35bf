// A model file in memory. A few tiles of every width and format are encoded, the rest are copies.
#include "bench/synthetic.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstring>
#include <map>
#include <new>
#include <numeric>
#include <random>
#include <utility>
#include <vector>

#include "common/memory.h"
#include "common/table.h"
#include "quantize/recipe.h"
#include "tensor/aligned_memory.h"
#include "tensor/system.h"
#include "tensor/thread_pool.h"

namespace quern {
namespace {

constexpr SyntheticShape kShapes[] = {
    {"tiny", 64, 2, 4, 2, 160, 256, false, "for tests"},
    {"llama-135m", 576, 30, 9, 3, 1536, 49152, true, "like SmolLM2-135M"},
    {"llama-1b", 2048, 22, 32, 4, 5632, 32000, false, "like TinyLlama-1.1B"},
    {"llama-7b", 4096, 32, 32, 32, 11008, 32000, false, "like Llama-2-7B"},
};

constexpr uint64_t kAlignment = 64;
constexpr int64_t kDistinctTiles = 8;

/// kDistinctTiles tiles of every format and width in use.
using TileSets = std::map<std::pair<const Format*, int64_t>, std::vector<uint8_t>>;

class SyntheticFile : public ModelFile {
  public:
    SyntheticFile(const SyntheticShape& shape, const Recipe& recipe) : recipe_(recipe) {
        path_ = "synthetic:" + std::string(shape.name);
        kind_ = "synthetic";
        describe(shape);
        add_tensors(shape);
        sorted_.resize(tensors_.size());
        std::iota(sorted_.begin(), sorted_.end(), 0u);
        std::sort(sorted_.begin(), sorted_.end(),
                  [this](uint32_t a, uint32_t b) { return tensors_[a].name < tensors_[b].name; });
    }

    void fill() {
        memory_ = allocate_aligned(file_bytes_);
        if (!memory_) throw std::bad_alloc();
        ThreadPool pool(default_threads());
        TileSets sets;
        auto* next = reinterpret_cast<uint8_t*>(memory_.get());
        for (FileTensor& t : tensors_) {
            t.data = next;
            if (t.rank == 2) {
                fill_matrix(t, tiles_for(*t.format, t.cols(), &sets), pool, next);
            } else {
                std::fill_n(reinterpret_cast<float*>(next), t.cols(), 1.0f);
            }
            next += t.bytes;
        }
    }

    bool is_tiled() const override { return true; }
    Status pack_tiles(const FileTensor& t, int64_t begin, int64_t end,
                      uint8_t* out) const override {
        const uint64_t tile = t.format->tile_bytes(*t.format, t.cols());
        std::memcpy(out, t.data + static_cast<uint64_t>(begin) * tile,
                    static_cast<uint64_t>(end - begin) * tile);
        return Status();
    }
    Status read_vector(const FileTensor& t, float* out) const override {
        std::memcpy(out, t.data, static_cast<size_t>(t.cols()) * sizeof(float));
        return Status();
    }
    Status verify_tensor(const FileTensor&) const override { return Status(); }
    Status check_unchanged() const override { return Status(); }

  private:
    void describe(const SyntheticShape& s) {
        constexpr uint64_t kContext = 1 << 17;
        const std::pair<const char*, int64_t> sizes[] = {{"block_count", s.n_layers},
                                                         {"embedding_length", s.n_embd},
                                                         {"feed_forward_length", s.n_ff},
                                                         {"attention.head_count", s.n_heads},
                                                         {"attention.head_count_kv", s.n_kv_heads},
                                                         {"vocab_size", s.n_vocab},
                                                         {"context_length", kContext}};
        metadata_.set_string("general.architecture", "llama");
        metadata_.set_string("general.name", path_);
        for (const auto& [key, value] : sizes) {
            metadata_.set_u64(std::string("llama.") + key, static_cast<uint64_t>(value));
        }
        metadata_.set("llama.attention.layer_norm_rms_epsilon", {MetaType::kF32, {}, 1e-5});
    }

    void add_tensors(const SyntheticShape& s) {
        const int64_t kv_rows = s.n_embd / s.n_heads * s.n_kv_heads;
        add("token_embd.weight", {s.n_vocab, s.n_embd});
        add("output_norm.weight", {s.n_embd});
        if (!s.tied) add("output.weight", {s.n_vocab, s.n_embd});
        for (int64_t i = 0; i < s.n_layers; ++i) {
            const std::string block = "blk." + std::to_string(i) + ".";
            add(block + "attn_norm.weight", {s.n_embd});
            add(block + "attn_q.weight", {s.n_embd, s.n_embd});
            add(block + "attn_k.weight", {kv_rows, s.n_embd});
            add(block + "attn_v.weight", {kv_rows, s.n_embd});
            add(block + "attn_output.weight", {s.n_embd, s.n_embd});
            add(block + "ffn_norm.weight", {s.n_embd});
            add(block + "ffn_gate.weight", {s.n_ff, s.n_embd});
            add(block + "ffn_up.weight", {s.n_ff, s.n_embd});
            add(block + "ffn_down.weight", {s.n_embd, s.n_ff});
        }
    }

    void add(std::string name, std::initializer_list<int64_t> shape) {
        FileTensor t;
        t.name = std::move(name);
        t.rank = static_cast<int>(shape.size());
        std::copy(shape.begin(), shape.end(), t.shape.begin());
        t.format = t.rank == 2 ? recipe_.format_for(t.name, t.rank) : find_format("f32");
        t.stored_as = t.format->name;
        const uint64_t bytes = t.rank == 2 ? t.format->matrix_bytes(t.rows(), t.cols())
                                           : static_cast<uint64_t>(t.cols()) * sizeof(float);
        t.bytes = (bytes + kAlignment - 1) / kAlignment * kAlignment;
        file_bytes_ += t.bytes;
        tensors_.push_back(std::move(t));
    }

    /// Uniform weights whose sum over a row keeps the variance of the inputs.
    static const std::vector<uint8_t>& tiles_for(const Format& format, int64_t cols,
                                                 TileSets* sets) {
        std::vector<uint8_t>& tiles = (*sets)[{&format, cols}];
        if (!tiles.empty()) return tiles;
        const uint64_t bytes = format.tile_bytes(format, cols);
        tiles.resize(bytes * kDistinctTiles);
        std::minstd_rand random(static_cast<uint32_t>(cols));
        const float bound = std::sqrt(3.0f / static_cast<float>(cols));
        std::vector<float> weights(static_cast<size_t>(kTileRows * cols));
        for (int64_t i = 0; i < kDistinctTiles; ++i) {
            for (float& w : weights) {
                const double unit = static_cast<double>(random()) / std::minstd_rand::max();
                w = bound * static_cast<float>(2 * unit - 1);
            }
            format.encode_tile(weights.data(), kTileRows, cols,
                               tiles.data() + static_cast<uint64_t>(i) * bytes);
        }
        return tiles;
    }

    static void fill_matrix(const FileTensor& t, const std::vector<uint8_t>& tiles,
                            ThreadPool& pool, uint8_t* out) {
        const uint64_t bytes = t.format->tile_bytes(*t.format, t.cols());
        const auto n = t.format->matrix_bytes(t.rows(), t.cols()) / bytes;
        std::atomic<uint64_t> next{0};
        pool.run([&](int) {
            for (uint64_t i; (i = next.fetch_add(1)) < n;) {
                std::memcpy(out + i * bytes, tiles.data() + i % kDistinctTiles * bytes, bytes);
            }
        });
    }

    Recipe recipe_;
    AlignedMemory memory_;
};

}  // namespace

std::span<const SyntheticShape> synthetic_shapes() { return kShapes; }

Result<std::unique_ptr<ModelFile>> make_synthetic(const std::string& shape,
                                                  const std::string& format) {
    const auto found = std::find_if(std::begin(kShapes), std::end(kShapes),
                                    [&](const SyntheticShape& s) { return s.name == shape; });
    if (found == std::end(kShapes)) {
        std::string known;
        for (const SyntheticShape& s : kShapes) {
            known += (known.empty() ? "" : ", ") + std::string(s.name);
        }
        return Status(Code::kWrongUse, "unknown shape '" + shape + "'; choose one of: " + known);
    }
    auto parsed = parse_format(format);
    if (!parsed.ok()) return parsed.status();
    auto file = std::make_unique<SyntheticFile>(*found, default_recipe(**parsed, {}));
    const uint64_t available = cli::available_memory();
    if (available > 0 && file->file_bytes() > available) {
        return Status(Code::kOutOfSpace,
                      "a synthetic " + shape + " in " + format + " takes " +
                          cli::human_bytes(file->file_bytes()) + " but only " +
                          cli::human_bytes(available) +
                          " of memory are free; choose a smaller shape or format");
    }
    file->fill();
    return std::unique_ptr<ModelFile>(std::move(file));
}

}  // namespace quern
