// The walk; what each op adds is in its file.
#include "tensor/gradient.h"

#include "tensor/ops.h"

namespace quern {

float* Gradients::sum_of(const Tensor* weight) const {
    const auto found = sums_.find(weight);
    return found == sums_.end() ? nullptr : found->second;
}

const Tensor* Gradients::transposed(const Tensor* weight) {
    const Tensor*& known = transposed_[weight];
    if (known == nullptr) known = transpose(graph_, weight, products_);
    return known;
}

void Gradients::add(const Tensor* value, const Tensor* part) {
    const auto node = static_cast<size_t>(value->node);
    if (at_.size() <= node) at_.resize(node + 1);
    at_[node] = at_[node] == nullptr ? part : quern::add(graph_, at_[node], part);
}

const Tensor* Gradients::at(const Tensor* value) const {
    const auto node = static_cast<size_t>(value->node);
    return node < at_.size() ? at_[node] : nullptr;
}

const Tensor* record_gradient(Graph& g, const Tensor* input, const Tensor* output,
                              const Tensor* at_output, const WeightSums& sums,
                              const Format& products) {
    Gradients gradients(g, sums, products);
    gradients.add(output, at_output);
    for (int32_t node = output->node; node > input->node; --node) {
        const Tensor& value = g.values()[static_cast<size_t>(node)];
        const Tensor* at_value = gradients.at(&value);
        if (at_value == nullptr) continue;
        if (value.op == nullptr || value.op->gradient == nullptr) {
            g.fail(std::string("no gradient of ") + (value.op ? value.op->name : "a view"));
            return nullptr;
        }
        value.op->gradient(gradients, value, at_value);
    }
    const Tensor* at_input = gradients.at(input);
    if (at_input == nullptr) g.fail("gradient: the output does not depend on the input");
    return at_input;
}

}  // namespace quern
