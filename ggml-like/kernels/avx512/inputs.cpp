// Rows of f32 -> inputs of products, for AVX-512; kernels/scalar/inputs.cpp is the specification.
#include "kernels/avx512/avx512.h"
#include "kernels/avx512/four_chunks.h"

namespace quern::avx512 {
namespace {

template <class Inputs>
void quantize(const InputTask& t, Inputs x) {
    constexpr int kCols = 4 * kActivationChunk;
    const ActivationOffsets at(ActivationLayout{t.cols});
    FourChunks<Inputs> fours[FourBatch::kMost];
    FourBatch batch;
    int n = 0;
    const auto write = [&] {
        for (int i = 0; i < n; ++i) {
            _mm_store_ps(batch.absmax[i], find_absmax<true>(fours[i], t.range));
        }
        batch.write<true>(fours, n, at);
        n = 0;
    };
    uint8_t* row = t.out;
    for (int64_t r = 0; r < t.rows; ++r) {
        int64_t k = 0;
        for (; k + kCols <= t.cols; k += kCols) {
            fours[n++] = {x, t.cols, k / kActivationChunk, row};
            if (n == FourBatch::kMost) write();
        }
        if (k < t.cols) {
            const FourChunks<Inputs> last{x, t.cols, k / kActivationChunk, row};
            FourBatch alone;
            _mm_store_ps(alone.absmax[0], find_absmax<false>(last, t.range));
            alone.write<false>(&last, 1, at);
        }
        x.x += t.x_stride;
        row += t.out_stride;
    }
    write();
}

}  // namespace

void quantize_rows(const InputTask& t) {
    if (t.factors == nullptr) {
        quantize(t, PlainInputs{t.x});
    } else {
        quantize(t, ScaledInputs{t.x, t.factors});
    }
}

void round_rows_to_pairs(const InputTask& t) {
    for (int64_t r = 0; r < t.rows; ++r) {
        const float* x = t.x + r * t.x_stride;
        uint8_t* out = t.out + r * t.out_stride;
        for_each_vector(t.cols, [&](int64_t k, auto lanes) {
            store_bf16(out + 2 * k, lanes, load(x + k, lanes));
        });
    }
}

}  // namespace quern::avx512
