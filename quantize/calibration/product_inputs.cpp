// Values are walked in the order of recording.
#include "calibration/product_inputs.h"

#include <algorithm>

#include "tensor/ops.h"

namespace quern {

std::vector<ProductInput> product_inputs(Graph& g) {
    std::vector<ProductInput> inputs;
    const Tensor* attention = find_attention(g);
    bool before_attention = attention != nullptr;
    for (const Tensor& value : g.values()) {
        before_attention &= &value != attention;
        const Tensor* weight = value.sources[0];
        if (value.op == nullptr || weight == nullptr || weight->storage != Storage::kTiles)
            continue;
        auto known = std::find_if(inputs.begin(), inputs.end(),
                                  [&](const ProductInput& i) { return i.x == value.sources[1]; });
        if (known == inputs.end())
            known = inputs.insert(known, {value.sources[1], {}, before_attention});
        known->matrices.push_back(weight->name);
    }
    return inputs;
}

}  // namespace quern
