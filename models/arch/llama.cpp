// LLaMA (Touvron et al. 2023, 2302.13971; grouped heads as in Llama 2, 2307.09288):
//
//   x = embed(ids)
//   per layer: h = rms_norm(x); q, k, v = W h; rotate q, k; x += W_o attention(q, K, V)
//              h = rms_norm(x); x += W_down (silu(W_gate h) * W_up h)
//   logits = W_head rms_norm(x)                     W_head = the embedding if the file has no own
//   head
//
// Keys and tensor names are GGUF's. Query and key rows are stored so that rotary pairs are
// neighbours.
#include <cmath>
#include <numeric>
#include <vector>

#include "arch/architecture.h"
#include "arch/linear.h"
#include "arch/residual_rotation.h"
#include "tensor/ops.h"
#include "tensor/quoted.h"

namespace quern {
namespace {

// ---------------------------------------------------------------- configuration

struct Config {
    ModelShape shape;
    float norm_eps = 0;
    double rope_theta = 0;
    double rope_factor = 1;  ///< positions are divided by it (linear scaling)
    int64_t rope_dims = 0;   ///< of every head, from the front
    std::optional<Rotation> residual_rotation{};
};

/// Reads keys of one architecture; remembers the first error.
class KeyReader {
  public:
    explicit KeyReader(const Metadata& metadata) : metadata_(metadata) {}
    int64_t integer(const std::string& key, int64_t max, std::optional<int64_t> fallback = {}) {
        return keep(metadata_.get_int("llama." + key, 1, max, fallback), int64_t{1});
    }
    double real(const std::string& key, double min, double max,
                std::optional<double> fallback = {}) {
        return keep(metadata_.get_real("llama." + key, min, max, fallback), 1.0);
    }
    std::string text(const std::string& key, const std::string& fallback) {
        return keep(metadata_.get_string("llama." + key, fallback), fallback);
    }
    void require(bool condition, const std::string& message) {
        if (!condition && error_.ok()) error_ = Status(Code::kBadFile, message);
    }
    const Status& error() const { return error_; }

  private:
    template <class T>
    T keep(const Result<T>& result, T otherwise) {
        if (result.ok()) return result.value();
        if (error_.ok()) error_ = result.status();
        return otherwise;
    }
    const Metadata& metadata_;
    Status error_;
};

Result<Config> read_config(const Metadata& metadata) {
    constexpr int64_t kMaxWidth = 1 << 20;
    constexpr int64_t kMaxHeadDim = 1024;
    KeyReader keys(metadata);
    Config c;
    ModelShape& s = c.shape;
    s.n_layers = keys.integer("block_count", 1024);
    s.n_embd = keys.integer("embedding_length", kMaxWidth);
    s.n_ff = keys.integer("feed_forward_length", kMaxWidth);
    s.n_heads = keys.integer("attention.head_count", 4096);
    s.n_kv_heads = keys.integer("attention.head_count_kv", 4096, s.n_heads);
    s.head_dim = keys.integer("attention.key_length", kMaxHeadDim, s.n_embd / s.n_heads);
    s.context_length = keys.integer("context_length", 1 << 24);
    c.norm_eps = static_cast<float>(keys.real("attention.layer_norm_rms_epsilon", 1e-12, 1));
    c.rope_theta = keys.real("rope.freq_base", 1, 1e12, 10000.0);
    c.rope_dims = keys.integer("rope.dimension_count", kMaxHeadDim, s.head_dim);
    const std::string scaling = keys.text("rope.scaling.type", "none");
    if (scaling == "linear") c.rope_factor = keys.real("rope.scaling.factor", 1e-3, 1e6);
    keys.require(scaling == "none" || scaling == "linear",
                 "llama.rope.scaling.type is " + in_quotes(scaling) + ", expected none or linear");
    const int64_t value_length = keys.integer("attention.value_length", kMaxHeadDim, s.head_dim);
    keys.require(value_length == s.head_dim, "llama.attention.value_length is " +
                                                 std::to_string(value_length) + ", expected " +
                                                 std::to_string(s.head_dim) + " like the keys");
    keys.require(s.n_heads % s.n_kv_heads == 0,
                 "llama.attention.head_count_kv is " + std::to_string(s.n_kv_heads) +
                     ", expected a divisor of head_count " + std::to_string(s.n_heads));
    keys.require(s.head_dim > 0, "llama.embedding_length is " + std::to_string(s.n_embd) +
                                     ", expected at least head_count " + std::to_string(s.n_heads));
    keys.require(c.rope_dims % 2 == 0 && c.rope_dims <= s.head_dim,
                 "llama.rope.dimension_count is " + std::to_string(c.rope_dims) +
                     ", expected an even number up to " + std::to_string(s.head_dim));
    Result<const StringList*> tokens = metadata.get_strings("tokenizer.ggml.tokens");
    if (tokens.ok()) s.vocab_size = static_cast<int64_t>((*tokens)->size());
    s.vocab_size = keys.integer("vocab_size", 1 << 24,
                                tokens.ok() ? std::optional<int64_t>(s.vocab_size) : std::nullopt);
    if (!keys.error().ok()) return keys.error();
    auto rotation = read_residual_rotation(metadata, "llama", s.n_embd);
    if (!rotation.ok()) return rotation.status();
    c.residual_rotation = std::move(*rotation);
    return c;
}

// ---------------------------------------------------------------- weights

struct Layer {
    const Tensor* attn_norm;  // (n_embd)
    Linear attn_q;            // (n_heads * head_dim, n_embd)
    Linear attn_k;            // (n_kv_heads * head_dim, n_embd)
    Linear attn_v;            // (n_kv_heads * head_dim, n_embd)
    Linear attn_output;       // (n_embd, n_heads * head_dim)
    const Tensor* ffn_norm;   // (n_embd)
    Linear ffn_gate;          // (n_ff, n_embd)
    Linear ffn_up;            // (n_ff, n_embd)
    Linear ffn_down;          // (n_embd, n_ff)
};

Layer bind_layer(const ModelShape& s, Weights& w, int64_t index) {
    const std::string block = "blk." + std::to_string(index) + ".";
    const int64_t q_rows = s.n_heads * s.head_dim;
    const int64_t kv_rows = s.n_kv_heads * s.head_dim;
    Layer l;
    l.attn_norm = w.vector(block + "attn_norm.weight", s.n_embd);
    l.attn_q = bind_linear(w, block + "attn_q.weight", q_rows, s.n_embd);
    l.attn_k = bind_linear(w, block + "attn_k.weight", kv_rows, s.n_embd);
    l.attn_v = bind_linear(w, block + "attn_v.weight", kv_rows, s.n_embd);
    l.attn_output = bind_linear(w, block + "attn_output.weight", s.n_embd, q_rows);
    l.ffn_norm = w.vector(block + "ffn_norm.weight", s.n_embd);
    l.ffn_gate = bind_linear(w, block + "ffn_gate.weight", s.n_ff, s.n_embd);
    l.ffn_up = bind_linear(w, block + "ffn_up.weight", s.n_ff, s.n_embd);
    l.ffn_down = bind_linear(w, block + "ffn_down.weight", s.n_embd, s.n_ff);
    return l;
}

class Llama : public Architecture {
  public:
    Llama(const Config& config, Weights& w) : config_(config) {
        shape_ = config.shape;
        token_embd_ = w.matrix("token_embd.weight", shape_.vocab_size, shape_.n_embd);
        output_norm_ = w.vector("output_norm.weight", shape_.n_embd);
        output_ = w.has("output.weight")
                      ? w.matrix("output.weight", shape_.vocab_size, shape_.n_embd)
                      : token_embd_;
        if (w.has("rope_freqs.weight")) {
            rope_divisors_ = w.vector("rope_freqs.weight", config.rope_dims / 2);
        }
        for (int64_t i = 0; i < shape_.n_layers; ++i) layers_.push_back(bind_layer(shape_, w, i));
    }

    Status check_values() const override {
        constexpr float kMinDivisor = 1e-3f, kMaxDivisor = 1e6f;
        for (int64_t i = 0; rope_divisors_ && i < config_.rope_dims / 2; ++i) {
            const float divisor = rope_divisors_->row<float>(0)[i];
            if (divisor >= kMinDivisor && divisor <= kMaxDivisor) continue;
            return Status(Code::kBadFile, "tensor " + in_quotes(rope_divisors_->name) + ": value " +
                                              std::to_string(i) + " is " + std::to_string(divisor) +
                                              ", expected 0.001 to 1000000; the file is damaged");
        }
        return Status();
    }

    // ------------------------------------------------------------ forward

    Tensor* record_embedding(Graph& g, const Tensor* ids) const override {
        return rotated(g, embed(g, token_embd_, ids), false);
    }

    Tensor* record_layers(Graph& g, const Tensor* input, int64_t first, int64_t count,
                          const ForwardInputs& in) const override {
        const Tensor* angles = rope_table(g, in.positions, rope_frequencies(g));
        Tensor* x = nullptr;
        for (int64_t i = first; i < first + count; ++i) {
            const auto at = static_cast<size_t>(i);
            x = attend(g, layers_[at], input, angles, in, in.cache[at]);
            x = feed_forward(g, layers_[at], x);
            input = x;
        }
        return x;
    }

    Tensor* record_output_norm(Graph& g, const Tensor* x) const override {
        return rms_norm(g, rotated(g, x, true), output_norm_, config_.norm_eps);
    }

    const Tensor* embedding() const override { return token_embd_; }
    const Tensor* head() const override { return output_; }

    // ------------------------------------------------------------ for quantization

    std::vector<const Tensor*> layer_tensors(int64_t layer) const override {
        const Layer& l = layers_[static_cast<size_t>(layer)];
        return {l.attn_norm,       l.attn_q.weight,      l.attn_k.weight,
                l.attn_v.weight,   l.attn_output.weight, l.ffn_norm,
                l.ffn_gate.weight, l.ffn_up.weight,      l.ffn_down.weight};
    }

    /// A norm scales what its products read; a value head is read by all query heads that share it;
    /// `up` is a factor of what `down` reads (`gate` passes a nonlinearity first).
    std::vector<ScaleFold> folds(int64_t layer) const override {
        const Layer& l = layers_[static_cast<size_t>(layer)];
        const int64_t heads_per_kv = shape_.n_heads / shape_.n_kv_heads;
        std::vector<int32_t> value_channels;
        for (int64_t j = 0; j < shape_.n_heads * shape_.head_dim; ++j) {
            const int64_t kv_head = j / shape_.head_dim / heads_per_kv;
            value_channels.push_back(
                static_cast<int32_t>(kv_head * shape_.head_dim + j % shape_.head_dim));
        }
        return {{{l.attn_norm},
                 {l.attn_q.weight, l.attn_k.weight, l.attn_v.weight},
                 identity(shape_.n_embd),
                 shape_.n_embd},
                {{l.attn_v.weight},
                 {l.attn_output.weight},
                 std::move(value_channels),
                 shape_.n_kv_heads * shape_.head_dim},
                {{l.ffn_norm},
                 {l.ffn_gate.weight, l.ffn_up.weight},
                 identity(shape_.n_embd),
                 shape_.n_embd},
                {{l.ffn_up.weight}, {l.ffn_down.weight}, identity(shape_.n_ff), shape_.n_ff}};
    }

    RotationSites rotation_sites(int64_t layer) const override {
        const Layer& l = layers_[static_cast<size_t>(layer)];
        return {{{l.attn_norm, {l.attn_q.weight, l.attn_k.weight, l.attn_v.weight}},
                 {l.ffn_norm, {l.ffn_gate.weight, l.ffn_up.weight}}},
                {l.attn_output.weight, l.ffn_down.weight},
                l.attn_v.weight,
                l.attn_output.weight,
                shape_.head_dim};
    }

  private:
    /// Between the stream as it is and the stream that layers see.
    template <class T>
    T* rotated(Graph& g, T* x, bool inverse) const {
        const auto& rotation = config_.residual_rotation;
        return rotation ? rotate(g, x, &*rotation, inverse) : x;
    }

    static std::vector<int32_t> identity(int64_t n) {
        std::vector<int32_t> channels(static_cast<size_t>(n));
        std::iota(channels.begin(), channels.end(), 0);
        return channels;
    }

    /// x + attention
    Tensor* attend(Graph& g, const Layer& l, const Tensor* x, const Tensor* angles,
                   const ForwardInputs& in, const KvCache& cache) const {
        const Tensor* h = rms_norm(g, x, l.attn_norm, config_.norm_eps);
        const Tensor* q = product(g, l.attn_q, h);
        const Tensor* k = product(g, l.attn_k, h);
        const Tensor* v = product(g, l.attn_v, h);
        q = rope(g, q, angles, shape_.head_dim);
        k = rope(g, k, angles, shape_.head_dim);
        const Tensor* stored = store(g, k, v, in.positions, &cache);
        const Tensor* mixed = attention(g, q, stored, in.positions, &cache, shape_.n_heads);
        return product(g, l.attn_output, mixed, x);
    }

    /// x + feed-forward
    Tensor* feed_forward(Graph& g, const Layer& l, const Tensor* x) const {
        const Tensor* h = rms_norm(g, x, l.ffn_norm, config_.norm_eps);
        const Tensor* gate = product(g, l.ffn_gate, h);
        const Tensor* up = product(g, l.ffn_up, h);
        return product(g, l.ffn_down, swiglu(g, gate, up), x);
    }

    /// theta^(-2i / dims), divided by the scaling factor and by rope_freqs (Llama 3.1) where given.
    Tensor* rope_frequencies(Graph& g) const {
        const int64_t n = config_.rope_dims / 2;
        std::vector<float> frequencies(static_cast<size_t>(n));
        for (int64_t i = 0; i < n; ++i) {
            const double exponent =
                -2.0 * static_cast<double>(i) / static_cast<double>(config_.rope_dims);
            const double divisor =
                rope_divisors_ ? static_cast<double>(rope_divisors_->row<float>(0)[i]) : 1.0;
            frequencies[i] = static_cast<float>(std::pow(config_.rope_theta, exponent) /
                                                (config_.rope_factor * divisor));
        }
        return g.constant(std::move(frequencies));
    }

    Config config_;
    const Tensor* token_embd_;               // (vocab, n_embd)
    const Tensor* output_norm_;              // (n_embd)
    const Tensor* output_;                   // (vocab, n_embd), the embedding if tied
    const Tensor* rope_divisors_ = nullptr;  // (rope_dims / 2)
    std::vector<Layer> layers_;
};

}  // namespace

Result<std::unique_ptr<Architecture>> create_llama(const Metadata& metadata, Weights& weights) {
    Result<Config> config = read_config(metadata);
    if (!config.ok()) return config.status();
    return std::unique_ptr<Architecture>(std::make_unique<Llama>(*config, weights));
}

}  // namespace quern
