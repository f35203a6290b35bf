// Recording a graph; planning is in planner.cpp, running in run.cpp.
#include "tensor/graph.h"

#include <algorithm>

#include "formats/activation.h"

namespace quern {

void set_shape(Tensor* t, Storage storage, int64_t rows, int64_t cols) {
    // Rows that lie a power of two apart share their places in the L1 cache: a product that writes
    // the same columns of many rows lost 10 to 15 % by it. A line between them spreads them.
    constexpr int64_t kPowerOfTwo = 2048, kLine = 64;
    const int64_t bytes = cols * 4;
    t->storage = storage;
    t->rank = 2;
    t->shape = {rows, cols, 1, 1};
    t->stride = static_cast<uint64_t>(bytes % kPowerOfTwo == 0 ? bytes + kLine : bytes);
}

Tensor* Graph::append() {
    const auto index = static_cast<int32_t>(tensors_.size());
    tensors_.emplace_back().node = index;
    nodes_.push_back(Node{index});
    return &tensors_.back();
}

Tensor* Graph::add(const Op& op, std::initializer_list<const Tensor*> sources) {
    Tensor* t = append();
    t->op = &op;
    std::copy(sources.begin(), sources.end(), t->sources.begin());
    return t;
}

Tensor* Graph::input(Storage storage, int64_t rows, int64_t cols) {
    Tensor* t = append();
    set_shape(t, storage, rows, cols);
    keep(t);
    return t;
}

Tensor* Graph::scratch(int64_t bytes) {
    Tensor* t = append();
    set_shape(t, Storage::kF32, max_workers_, (bytes + 63) / 64 * 16);
    return t;
}

Tensor* Graph::constant(std::vector<float> values) {
    constants_.push_back(std::move(values));
    Tensor* t = append();
    set_shape(t, Storage::kF32, 1, static_cast<int64_t>(constants_.back().size()));
    t->data = reinterpret_cast<std::byte*>(constants_.back().data());
    return t;
}

Tensor* Graph::view_rows(const Tensor* of, int64_t begin, int64_t count) {
    if (begin < 0 || count < 0 || begin + count > of->rows())
        fail("view of rows that are not there");
    Tensor* t = append_view(of, static_cast<uint64_t>(begin) * of->stride);
    t->shape[0] = count;
    return t;
}

Tensor* Graph::view_columns(const Tensor* of, int64_t begin, int64_t count) {
    if (begin < 0 || count < 0 || begin + count > of->cols())
        fail("view of columns that are not there");
    Tensor* t = append_view(of, static_cast<uint64_t>(begin) * sizeof(float));
    t->shape[1] = count;
    return t;
}

/// The same value from some bytes on.
Tensor* Graph::append_view(const Tensor* of, uint64_t offset) {
    Tensor* t = append();
    const int32_t index = t->node;
    *t = *of;
    t->node = index;
    t->op = nullptr;
    nodes_.back().base = nodes_[of->node].base;
    nodes_.back().view_offset = nodes_[of->node].view_offset + offset;
    return t;
}

void Graph::keep(const Tensor* value) {
    if (value->node < 0) return;
    Tensor& base = tensors_[nodes_[value->node].base];
    nodes_[base.node].kept = true;
    if (&base == value) base.stride = static_cast<uint64_t>(base.cols()) * 4;
}

void Graph::fail(std::string message) {
    if (error_.ok()) error_ = Status(Code::kFailed, std::move(message));
}

int64_t row_units(const Tensor& value) { return value.rows(); }

void forward_rows(const Tensor& value, int64_t begin, int64_t end, const Worker& worker) {
    for (int64_t t = begin; t < end; ++t) value.op->row(value, t, value.row<float>(t), worker);
}

Cost streaming_cost(const Tensor& value) {
    auto bytes = static_cast<double>(value.bytes());
    for (const Tensor* source : value.sources) {
        if (source != nullptr) bytes += static_cast<double>(source->bytes());
    }
    return {bytes, 0};
}

}  // namespace quern
