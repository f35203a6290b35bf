// The checks of the tensor directory, in bulk: names and regions are sorted once, then neighbours
// are compared.
#include "files/stored_file.h"

#include <algorithm>
#include <bit>
#include <numeric>

#include "files/byte_reader.h"
#include "files/limits.h"

namespace quern {

std::string tensor_text(std::string_view name) { return "tensor " + in_quotes(name); }

Status check_tensor_shape(const std::string& path, const FileTensor& tensor) {
    if (!is_valid_name(tensor.name)) {
        return bad_file(path, tensor_text(tensor.name) +
                                  " has a name that is not usable, expected "
                                  "1 to " +
                                  std::to_string(kMaxNameBytes) +
                                  " bytes of UTF-8 without control characters");
    }
    if (tensor.rank < 1 || tensor.rank > static_cast<int>(kMaxRank)) {
        return bad_file(path, tensor_text(tensor.name) + " has " + std::to_string(tensor.rank) +
                                  " dimensions, expected 1 to 4; the file is damaged");
    }
    uint64_t elements = 1;
    for (int i = 0; i < tensor.rank; ++i) {
        const auto dim = static_cast<uint64_t>(tensor.shape[static_cast<size_t>(i)]);
        if (dim == 0 || dim > kMaxDim) {
            return bad_file(path, tensor_text(tensor.name) + " has a dimension of " +
                                      std::to_string(dim) + ", expected 1 to " +
                                      std::to_string(kMaxDim) + "; the file is damaged");
        }
        const auto product = checked_multiply(elements, dim);
        if (!product || *product > kMaxElements) {
            return bad_file(path, tensor_text(tensor.name) + " has more than " +
                                      std::to_string(kMaxElements) +
                                      " elements; the file is damaged");
        }
        elements = *product;
    }
    return {};
}

StoredFile::StoredFile(MappedFile file, const std::string& path, const Options& options)
    : file_(std::move(file)), allow_nonfinite_(options.allow_nonfinite) {
    path_ = path;
    file_bytes_ = file_.bytes().size();
}

Status StoredFile::place_tensors(const std::vector<uint64_t>& offsets, uint64_t alignment,
                                 uint64_t begin, uint64_t end) {
    if (Status s = index_names(); !s.ok()) return s;
    for (size_t i = 0; i < tensors_.size(); ++i) {
        FileTensor& t = tensors_[i];
        if (offsets[i] % alignment != 0) {
            return tensor_error(t, "its data is at offset " + std::to_string(offsets[i]) +
                                       ", expected a multiple of " + std::to_string(alignment) +
                                       "; the file is damaged");
        }
        if (offsets[i] < begin || offsets[i] > end || t.bytes > end - offsets[i]) {
            return tensor_error(t, "its " + std::to_string(t.bytes) + " bytes at offset " +
                                       std::to_string(offsets[i]) + " leave the data from " +
                                       std::to_string(begin) + " to " + std::to_string(end) +
                                       "; the file is truncated or damaged, fetch it again");
        }
        t.data = file_.bytes().data() + offsets[i];
    }
    return check_disjoint(offsets);
}

Status StoredFile::check_disjoint(const std::vector<uint64_t>& offsets) const {
    std::vector<uint32_t> order(tensors_.size());
    std::iota(order.begin(), order.end(), 0u);
    std::sort(order.begin(), order.end(),
              [&](uint32_t a, uint32_t b) { return offsets[a] < offsets[b]; });
    for (size_t i = 1; i < order.size(); ++i) {
        const FileTensor& before = tensors_[order[i - 1]];
        const FileTensor& t = tensors_[order[i]];
        if (offsets[order[i]] - offsets[order[i - 1]] < before.bytes) {
            return tensor_error(t, "its data overlaps that of " + tensor_text(before.name) +
                                       "; the file is damaged");
        }
    }
    return {};
}

Status StoredFile::index_names() {
    sorted_.resize(tensors_.size());
    std::iota(sorted_.begin(), sorted_.end(), 0u);
    const auto by_name = [&](uint32_t a, uint32_t b) {
        return tensors_[a].name < tensors_[b].name;
    };
    std::sort(sorted_.begin(), sorted_.end(), by_name);
    const auto same = [&](uint32_t a, uint32_t b) { return tensors_[a].name == tensors_[b].name; };
    const auto twice = std::adjacent_find(sorted_.begin(), sorted_.end(), same);
    if (twice == sorted_.end()) return {};
    return tensor_error(tensors_[*twice], "the name occurs twice; the file is damaged");
}

Status StoredFile::check_tiles(const FileTensor& tensor, int64_t begin, int64_t end) const {
    if (tensor.rank != 2 || !tensor.format) {
        return tensor_error(tensor, "has rank " + std::to_string(tensor.rank) + " and type " +
                                        tensor.stored_as +
                                        ", expected a matrix of a type that can be read");
    }
    const int64_t tiles = n_tiles(tensor.rows());
    if (begin < 0 || begin > end || end > tiles) {
        return {Code::kWrongUse, path_ + ": " + tensor_text(tensor.name) + ": tiles " +
                                     std::to_string(begin) + " to " + std::to_string(end) +
                                     " were asked for, there are " + std::to_string(tiles)};
    }
    return check_unchanged();
}

Status StoredFile::check_vector(const FileTensor& tensor) const {
    if (tensor.rank == 1 && tensor.format) return check_unchanged();
    return tensor_error(tensor, "has rank " + std::to_string(tensor.rank) + " and type " +
                                    tensor.stored_as +
                                    ", expected a vector of floating-point numbers");
}

Status StoredFile::tensor_error(const FileTensor& tensor, const std::string& detail) const {
    return bad_file(path_, tensor_text(tensor.name) + ": " + detail);
}

Status StoredFile::nonfinite_error(const FileTensor& tensor, int64_t row,
                                   const std::string& what) const {
    return tensor_error(tensor, "row " + std::to_string(row) + " has " + what +
                                    " that is not finite; the file is damaged or its training "
                                    "diverged, fetch or make it again");
}

Status StoredFile::check_values_finite(const FileTensor& tensor, int64_t row, const float* values,
                                       int64_t n) const {
    uint32_t bad = 0;  // no early exit: the loop vectorizes
    for (int64_t k = 0; k < n; ++k) {
        bad |= (std::bit_cast<uint32_t>(values[k]) & 0x7F800000) == 0x7F800000;
    }
    return bad == 0 || allow_nonfinite_ ? Status() : nonfinite_error(tensor, row, "a value");
}

}  // namespace quern
