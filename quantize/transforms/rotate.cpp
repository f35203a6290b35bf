// Rotations that are folded into the weights, so that neither weights nor activations have channels
// that stand out: R1 and R2 of SpinQuant (Liu et al. 2024, 2405.16406, section 3), with the random
// Hadamard matrices of QuaRot (Ashkboos et al. 2024, 2404.00456) instead of trained ones.
//
//   residual stream    x' = Q x, as rms_norm(Q x) = Q rms_norm(x) for a norm without factors
//     readers          W' = W diag(norm) Q^T, norm' = 1
//     writers          W' = Q W
//   value head h       V_h' = P V_h, and W' = W P^T for the columns that read it
//
// The model rotates its embeddings and turns back before the final norm (arch/residual_rotation.h).
// Layers are changed as they are loaded, so the rotated model runs on the samples.
#include <algorithm>

#include "arch/residual_rotation.h"
#include "parallel.h"
#include "transforms/transforms.h"

namespace quern {
namespace {

/// Any would do; they decide about the bytes of a file.
constexpr uint32_t kStreamSeed = 1, kHeadSeed = 2;

/// W diag(factors) R^T, R on every R.size() columns; no factors: 1.
Status rotate_inputs(const Tensor* matrix, const Rotation& r, TransformContext& c,
                     const std::vector<float>& factors = {}) {
    LayerTensor* t = c.tensors.find(matrix->name);
    return parallel_for(c.pool.size(), t->tiles(), c.cancel, [&](int, int64_t i) {
        const int64_t rows = t->tile_rows(i), cols = t->cols();
        std::vector<float> values(static_cast<size_t>(rows * cols));
        unpack_tile(t->tile(i), rows, cols, values.data());
        for (size_t k = 0; !factors.empty() && k < values.size(); ++k) {
            values[k] *= factors[k % factors.size()];
        }
        for (int64_t k = 0; k < rows * cols; k += r.size()) r.apply(&values[k], &values[k]);
        pack_tile(values.data(), rows, cols, t->tile(i));
        return Status();
    });
}

/// R W, R on every R.size() rows.
Status rotate_outputs(const Tensor* matrix, const Rotation& r, TransformContext& c) {
    LayerTensor* t = c.tensors.find(matrix->name);
    return parallel_for(c.pool.size(), t->cols(), c.cancel, [&](int, int64_t k) {
        std::vector<float> column(static_cast<size_t>(t->rows()));
        const auto cell = [&](int64_t i) { return t->tile(i) + k * kTileRows; };
        for (int64_t i = 0; i < t->tiles(); ++i) {
            std::copy(cell(i), cell(i) + t->tile_rows(i), &column[i * kTileRows]);
        }
        for (int64_t i = 0; i < t->rows(); i += r.size()) r.apply(&column[i], &column[i]);
        for (int64_t i = 0; i < t->tiles(); ++i) {
            std::copy_n(&column[i * kTileRows], t->tile_rows(i), cell(i));
        }
        return Status();
    });
}

Status rotate_stream(const Rotation& q, TransformContext& c) {
    for (const RotationSites::Reader& reader : c.rotation_sites.readers) {
        LayerTensor* norm = c.tensors.find(reader.norm->name);
        const std::vector<float> factors(norm->vector(), norm->vector() + norm->cols());
        for (const Tensor* matrix : reader.matrices) {
            if (Status s = rotate_inputs(matrix, q, c, factors); !s.ok()) return s;
        }
        std::fill_n(norm->vector(), norm->cols(), 1.0f);
    }
    for (const Tensor* matrix : c.rotation_sites.writers) {
        if (Status s = rotate_outputs(matrix, q, c); !s.ok()) return s;
    }
    return {};
}

Status apply_rotate(TransformContext& context) {
    const RotationSites& sites = context.rotation_sites;
    auto stream = Rotation::create(sites.readers[0].norm->cols(), kStreamSeed);
    if (!stream.ok()) return stream.status();
    auto head = Rotation::create(sites.head_dim, kHeadSeed);
    if (!head.ok()) return {head.status().code(), "value heads: " + head.status().message()};
    if (Status s = rotate_stream(*stream, context); !s.ok()) return s;
    if (Status s = rotate_outputs(sites.values, *head, context); !s.ok()) return s;
    return rotate_inputs(sites.mixer, *head, context);
}

Status describe(const ModelFile& in, Metadata* metadata) {
    if (const std::string key = find_residual_rotation(*metadata); !key.empty()) {
        return {Code::kWrongUse,
                in.path() + ": is rotated already (key '" + key + "'); leave out method 'rotate'"};
    }
    auto name = metadata->get_string("general.architecture");
    if (!name.ok()) return {name.status().code(), in.path() + ": " + name.status().message()};
    metadata->set_u64(residual_rotation_key(*name), kStreamSeed);
    return {};
}

}  // namespace

Transform rotate_transform() {
    return {
        .name = "rotate",
        .summary =
            "mixes all channels by random Hadamard matrices, for .quern files (QuaRot, "
            "Ashkboos et al. 2024; SpinQuant, Liu et al. 2024); the first part, as in "
            "rotate+gptq",
        .needs = Needs::kStatistics,
        .apply = apply_rotate,
        .at_load = true,
        .describe = describe,
    };
}

}  // namespace quern
