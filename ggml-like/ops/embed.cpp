// Token embedding: decodes one row of the table per token.
#include "tensor/ops.h"

namespace quern {
namespace {

void forward_embed(const Tensor& y, int64_t begin, int64_t end, const Worker&) {
    const Tensor& table = *y.sources[0];
    const Tensor& ids = *y.sources[1];
    for (int64_t t = begin; t < end; ++t) {
        const int64_t id = *ids.row<int32_t>(t);
        const auto* tile = table.row<uint8_t>(id / kTileRows);
        table.format->decode_row(*table.format, tile, id % kTileRows, table.cols(),
                                 y.row<float>(t));
    }
}

/// One row of the table per token.
Cost embed_cost(const Tensor& y) {
    const Tensor& table = *y.sources[0];
    const double row = static_cast<double>(table.stride) / static_cast<double>(kTileRows);
    return {row * static_cast<double>(y.rows()) + static_cast<double>(y.bytes()), 0};
}

constexpr Op kEmbedOp{"embed", row_units, forward_embed, embed_cost};

}  // namespace

Tensor* embed(Graph& g, const Tensor* table, const Tensor* ids) {
    Tensor* y = g.add(kEmbedOp, {table, ids});
    set_shape(y, Storage::kF32, ids->rows(), table->cols());
    if (table->storage != Storage::kTiles) g.fail("embed: " + table->name + " is not a matrix");
    return y;
}

}  // namespace quern
