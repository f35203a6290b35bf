// Blocks of 64 rows from the bottom up: with F's rows of a block known, what they explain is taken
// off all rows above. For block rows K and earlier columns c <= r:
//
//   F[k][k] = sqrt(h[k][k])      F[k][c] = h[k][c] / F[k][k]      h[r][c] -= F[k][r] F[k][c]
//
// The last step is nearly all of the work: tiles of 16 x 16 on packed copies of the block's rows.
#include "linear_algebra.h"

#include <cmath>
#include <vector>

#include "lanes.h"
#include "parallel.h"

namespace quern {
namespace {

constexpr int64_t kBlock = 64;  // a multiple of kLanes

/// The triangle of the block's own columns [begin, end).
bool factor_corner(int64_t n, int64_t begin, int64_t end, float* h) {
    for (int64_t k = end - 1; k >= begin; --k) {
        float* row = h + k * n;
        const float pivot = std::sqrt(row[k]);
        if (!(pivot > 0) || !std::isfinite(pivot)) return false;
        row[k] = pivot;
        for (int64_t c = begin; c < k; ++c) row[c] /= pivot;
        for (int64_t r = begin; r < k; ++r) {
            for (int64_t c = begin; c <= r; ++c) h[r * n + c] -= row[r] * row[c];
        }
    }
    return true;
}

/// The block's rows in columns [left, left + kBlock), all before the block.
void solve_columns(int64_t n, int64_t begin, int64_t end, int64_t left, float* h) {
    for (int64_t k = end - 1; k >= begin; --k) {
        float* row = h + k * n + left;
        for (int64_t i = k + 1; i < end; ++i) {
            const float factor = h[i * n + k];
            const float* known = h + i * n + left;
            for (int64_t c = 0; c < kBlock; ++c) row[c] -= factor * known[c];
        }
        const float pivot = h[k * n + k];
        for (int64_t c = 0; c < kBlock; ++c) row[c] /= pivot;
    }
}

/// The block's rows, twice: by tiles of 16 columns, [column / 16][k][16], and by columns
/// [column][k]. Rows that a short block lacks are zero.
struct Packed {
    std::vector<float> tiles, columns;

    void pack(int64_t n, int64_t begin, int64_t end, int64_t left, const float* h) {
        for (int64_t k = 0; k < kBlock; ++k) {
            for (int64_t c = left; c < left + kBlock; ++c) {
                const float v = begin + k < end ? h[(begin + k) * n + c] : 0.0f;
                tiles[c / kLanes * kBlock * kLanes + k * kLanes + c % kLanes] = v;
                columns[c * kBlock + k] = v;
            }
        }
    }
};

/// Takes the block's part off rows [top, top + kLanes), columns up to the diagonal.
void update_rows(int64_t n, const Packed& block, int64_t top, float* h) {
    for (int64_t left = 0; left <= top; left += kLanes) {
        for (int64_t r = top; r < top + kLanes; r += 2) {
            float sums[2 * kLanes] = {};
            accumulate_two(&block.tiles[left * kBlock], &block.columns[r * kBlock], kBlock, kBlock,
                           sums);
            for (int64_t c = 0; c < kLanes; ++c) h[r * n + left + c] -= sums[c];
            for (int64_t c = 0; c < kLanes; ++c) h[(r + 1) * n + left + c] -= sums[kLanes + c];
        }
    }
}

}  // namespace

bool factor_reverse(int64_t n, int threads, float* h) {
    Packed block;
    block.tiles.resize(static_cast<size_t>(n * kBlock));
    block.columns.resize(static_cast<size_t>(n * kBlock));
    for (int64_t end = n; end > 0;) {
        const int64_t begin = (end - 1) / kBlock * kBlock;
        if (!factor_corner(n, begin, end, h)) return false;
        // Neither loop can fail: every item returns an empty Status.
        (void)parallel_for(threads, begin / kBlock, nullptr, [&](int, int64_t i) {
            solve_columns(n, begin, end, i * kBlock, h);
            block.pack(n, begin, end, i * kBlock, h);
            return Status();
        });
        const int64_t tiles = begin / kLanes;
        (void)parallel_for(threads, tiles, nullptr, [&](int, int64_t i) {
            update_rows(n, block, (tiles - 1 - i) * kLanes, h);  // the longest rows first
            return Status();
        });
        end = begin;
    }
    return true;
}

void mirror_factor(int64_t n, float* f) {
    for (int64_t i = 0; i < n; ++i) {
        for (int64_t j = 0; j < i; ++j) f[j * n + i] = f[i * n + j];
    }
}

/// u F = y from the last column back, then z F^T = u from the first on.
void solve_factored(int64_t n, const float* f, float* y) {
    const auto solve = [&](int64_t j, int64_t begin, int64_t end) {
        float sums[kLanes] = {};
        accumulate_one(y + begin * kLanes, f + j * n + begin, end - begin, sums);
        float* lanes = y + j * kLanes;
        for (int64_t r = 0; r < kLanes; ++r) lanes[r] = (lanes[r] - sums[r]) / f[j * n + j];
    };
    for (int64_t j = n - 1; j >= 0; --j) solve(j, j + 1, n);
    for (int64_t j = 0; j < n; ++j) solve(j, 0, j);
}

float find_damping(float first, const std::function<bool(float damping)>& factor) {
    constexpr float kFirstStep = 0.01f, kMost = 1.0f;
    float damping = first;
    for (float step = kFirstStep; damping <= kMost; step *= 2) {
        if (factor(damping)) return damping;
        damping += step;
    }
    return -1;
}

}  // namespace quern
