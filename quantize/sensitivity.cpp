// The table of kinds.
#include "sensitivity.h"

#include <algorithm>
#include <iterator>

namespace quern {
namespace {

struct KindWeight {
    std::string_view part;  ///< of a name; the first that is found decides
    double weight;
};

/// KL divergence per unit of relative noise, so that losses are about nats. From SmolLM2-135M (the
/// off-grid baseline): one kind of tensor at a time in q4m_g64, the rest f16, KL over 4 chunks of
/// wiki.test.raw divided by the kind's noise, which was scaled to 4 bits from that of the formats
/// an allocation chose; on as much of wiki.valid.raw KL is the same to 2 %, of ffn_gate to 9 %.
/// Measured: token_embd (tied: embedding and head), attn_v, attn_output, attn_q, ffn_down,
/// ffn_gate; attn_k is assumed to be like attn_q, ffn_up and all others like ffn_gate, a head alone
/// like a tied one. The head's logits have a large part in common that no probability depends on,
/// hence its weight.
constexpr KindWeight kWeights[] = {{"attn_v", 0.04},   {"attn_output", 0.045}, {"attn_", 0.05},
                                   {"ffn_down", 0.15}, {"token_embd", 40},     {"output.", 40},
                                   {"", 0.12}};

}  // namespace

double noise_weight(std::string_view name) {
    return std::find_if(
               std::begin(kWeights), std::end(kWeights),
               [&](const KindWeight& k) { return name.find(k.part) != std::string_view::npos; })
        ->weight;
}

}  // namespace quern
