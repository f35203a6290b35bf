// Binding and loading of weights.
#include "arch/weights.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <mutex>
#include <new>

#include "tensor/graph.h"
#include "tensor/quoted.h"
#include "tensor/system.h"
#include "tensor/thread_pool.h"

namespace quern {
namespace {

constexpr int64_t kSliceTiles = 16;  ///< tiles that a worker takes at once

std::string shape_text(int rank, int64_t rows, int64_t cols) {
    return rank == 2 ? "[" + std::to_string(rows) + ", " + std::to_string(cols) + "]"
                     : "[" + std::to_string(cols) + "]";
}

}  // namespace

void Weights::fail(std::string message) {
    if (error_.ok()) error_ = Status(Code::kBadFile, file_.path() + ": " + std::move(message));
}

const FileTensor* Weights::find(const std::string& name, int rank, int64_t rows, int64_t cols) {
    const FileTensor* t = file_.find(name);
    if (t == nullptr) {
        fail("tensor " + in_quotes(name) + " is missing; expected shape " +
             shape_text(rank, rows, cols));
        return nullptr;
    }
    if (t->rank != rank || t->rows() != rows || t->cols() != cols) {
        std::string found = "[";
        for (int i = 0; i < t->rank; ++i) found += (i ? ", " : "") + std::to_string(t->shape[i]);
        fail("tensor " + in_quotes(name) + " has shape " + found + "], expected " +
             shape_text(rank, rows, cols));
        return nullptr;
    }
    if (t->format == nullptr) {
        // Reading nothing of it says what is wrong and what can be read.
        const Status s =
            rank == 2 ? file_.pack_tiles(*t, 0, 0, nullptr) : file_.read_vector(*t, nullptr);
        if (error_.ok()) error_ = s;
        return nullptr;
    }
    return t;
}

Tensor* Weights::append(const FileTensor& source) {
    sources_.push_back(&source);
    checks_.emplace_back();
    bound_[static_cast<size_t>(&source - file_.tensors().data())] = true;
    tensors_.emplace_back().name = source.name;
    return &tensors_.back();
}

std::byte* Weights::allocate(uint64_t bytes) {
    memory_.push_back(allocate_aligned(bytes));
    if (!memory_.back()) throw std::bad_alloc();
    return memory_.back().get();
}

const Tensor* Weights::matrix(const std::string& name, int64_t rows, int64_t cols, bool exact) {
    static const Tensor kMissing{};
    const FileTensor* source = find(name, 2, rows, cols);
    if (source == nullptr) return &kMissing;
    Tensor* t = append(*source);
    t->storage = Storage::kTiles;
    const bool expand = exact_inputs_ && source->format->inputs != InputKind::kF32;
    const bool round = has_bf16_products() && !exact && !exact_inputs_;
    t->format = expand ? find_format("f32") : &product_format(*source->format, round);
    t->rank = 2;
    t->shape = {rows, cols, 1, 1};
    t->stride = t->format->tile_bytes(*t->format, cols);
    bytes_ += t->format->matrix_bytes(rows, cols);
    return t;
}

const Tensor* Weights::vector(const std::string& name, int64_t cols, Check check) {
    static const Tensor kMissing{};
    const FileTensor* source = find(name, 1, 1, cols);
    if (source == nullptr) return &kMissing;
    Tensor* t = append(*source);
    set_shape(t, Storage::kF32, 1, cols);
    checks_.back() = std::move(check);
    bytes_ += t->bytes();
    return t;
}

/// Decodes tiles and stores their values in tiles of t's format.
Status Weights::expand_tiles(const FileTensor& source, int64_t begin, int64_t end,
                             const Tensor& t) const {
    const Format& format = *source.format;
    const uint64_t tile_bytes = format.tile_bytes(format, source.cols());
    const AlignedMemory packed = allocate_aligned(tile_bytes);
    if (!packed) throw std::bad_alloc();
    std::vector<float> row(static_cast<size_t>(t.cols()));
    for (int64_t tile = begin; tile < end; ++tile) {
        auto* bytes = reinterpret_cast<uint8_t*>(packed.get());
        if (Status s = file_.pack_tiles(source, tile, tile + 1, bytes); !s.ok()) return s;
        std::memset(t.row<uint8_t>(tile), 0, t.stride);
        const int64_t rows = std::min(kTileRows, t.rows() - tile * kTileRows);
        for (int64_t r = 0; r < rows; ++r) {
            format.decode_row(format, bytes, r, t.cols(), row.data());
            t.format->encode_row(*t.format, row.data(), r, t.cols(), t.row<uint8_t>(tile));
        }
    }
    return Status();
}

/// Packs (GGUF) or expands and checks tiles of matrix i.
Status Weights::load_tiles(size_t i, int64_t begin, int64_t end) {
    Tensor& t = tensors_[i];
    if (t.format->codec != sources_[i]->format->codec) {
        return expand_tiles(*sources_[i], begin, end, t);
    }
    if (!file_.is_tiled()) {
        return file_.pack_tiles(*sources_[i], begin, end, t.row<uint8_t>(begin));
    }
    for (int64_t tile = begin; tile < end && !allow_nonfinite_; ++tile) {
        if (!t.format->is_valid(*t.format, t.row<uint8_t>(tile), t.cols())) {
            return Status(Code::kBadFile, file_.path() + ": tensor " + in_quotes(t.name) +
                                              ": rows from " + std::to_string(tile * kTileRows) +
                                              " have a scale or value that is not finite, or a "
                                              "zero point that is no code; the file is damaged "
                                              "or was made from a broken model");
        }
    }
    return Status();
}

void Weights::place(const std::string& name, const Format& format, std::byte* data) {
    for (Tensor& t : tensors_) {
        if (t.name != name) continue;
        t.data = data;
        if (t.storage != Storage::kTiles) continue;
        t.format = &format;
        t.stride = format.tile_bytes(format, t.cols());
    }
}

Status Weights::check_bound() {
    for (size_t i = 0; i < bound_.size() && error_.ok(); ++i) {
        if (bound_[i]) continue;
        fail("tensor " + in_quotes(file_.tensors()[i].name) +
             " is not part of this architecture as Quern knows it");
    }
    return error_;
}

Status Weights::load(int threads) {
    if (Status s = check_bound(); !s.ok()) return s;
    if (Status s = file_.check_unchanged(); !s.ok()) return s;

    struct Slice {
        size_t tensor;
        int64_t begin, end;
    };
    std::vector<Slice> slices;
    for (size_t i = 0; i < tensors_.size(); ++i) {
        Tensor& t = tensors_[i];
        if (t.storage != Storage::kTiles) {
            t.data = allocate(t.bytes());
            if (Status s = file_.read_vector(*sources_[i], t.row<float>(0)); !s.ok()) return s;
            const Status s = checks_[i] ? checks_[i](t) : Status();
            if (!s.ok()) return Status(s.code(), file_.path() + ": " + s.message());
            continue;
        }
        const int64_t tiles = n_tiles(t.rows());
        t.data = file_.is_tiled() && t.format->codec == sources_[i]->format->codec
                     ? reinterpret_cast<std::byte*>(const_cast<uint8_t*>(sources_[i]->data))
                     : allocate(static_cast<uint64_t>(tiles) * t.stride);
        for (int64_t begin = 0; begin < tiles; begin += kSliceTiles) {
            slices.push_back({i, begin, std::min(begin + kSliceTiles, tiles)});
        }
    }
    std::atomic<size_t> next{0};
    std::mutex mutex;
    ThreadPool pool(threads);
    pool.run([&](int) {
        for (size_t n; (n = next.fetch_add(1)) < slices.size();) {
            Status s = load_tiles(slices[n].tensor, slices[n].begin, slices[n].end);
            if (s.ok()) continue;
            const std::lock_guard lock(mutex);
            if (error_.ok()) error_ = s;
            next = slices.size();
        }
    });
    return error_;
}

}  // namespace quern
