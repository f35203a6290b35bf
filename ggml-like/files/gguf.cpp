// Reader of GGUF v2 and v3, little-endian (specification: ggml/docs/gguf.md):
//
//   "GGUF" | u32 version | u64 tensor count | u64 metadata count | metadata | tensor infos
//   | padding to general.alignment (32 if absent) | data
//   tensor info: name string | u32 rank | u64 dims[rank], innermost first | u32 type | u64 offset
//
// Offsets count from the start of the data. Matrices are rows of blocks; pack_tiles() turns them
// into the tiles of the format that holds the type exactly, and gives back the memory of the rows
// that it has read: a loaded model takes the memory of its tiles, not twice as much.
#include <algorithm>
#include <bit>
#include <cstring>

#include "files/byte_reader.h"
#include "files/gguf_report.h"
#include "files/gguf_types.h"
#include "files/limits.h"
#include "files/metadata_io.h"
#include "files/readers.h"
#include "files/stored_file.h"

namespace quern {
namespace {

constexpr uint64_t kMinTensorInfoBytes = 8 + 1 + 4 + 8 + 4 + 8;

class GgufFile final : public StoredFile {
  public:
    GgufFile(MappedFile file, const std::string& path, const Options& options)
        : StoredFile(std::move(file), path, options) {}

    Status parse();

    bool is_tiled() const override { return false; }
    Status pack_tiles(const FileTensor& tensor, int64_t begin, int64_t end,
                      uint8_t* out) const override;
    Status read_vector(const FileTensor& tensor, float* out) const override;
    Status verify_tensor(const FileTensor& tensor) const override;

  private:
    Status read_version(ByteReader& in);
    Status read_tensor_info(ByteReader& in, uint64_t index, uint64_t* offset);
    Status read_alignment(uint64_t* alignment) const;
    Status check_type(const FileTensor& tensor) const;
    /// Row `row` as blocks, checked for non-finite scales and minima.
    Status load_blocks(const FileTensor& tensor, const GgufType& type, int64_t row,
                       BlockRow* out) const;
    /// Row `row` as numbers, checked.
    Status load_values(const FileTensor& tensor, const GgufType& type, int64_t row,
                       float* out) const;
};

/// A row of plain numbers becomes a row of a tile: its lane of every cell takes the next four
/// bytes.
void copy_lanes(const uint8_t* row, uint64_t bytes, uint8_t* lane) {
    for (; bytes >= 4; bytes -= 4, row += 4, lane += 64) std::memcpy(lane, row, 4);
    std::memcpy(lane, row, bytes);
}

bool is_nonfinite_f16(uint16_t h) { return (h & 0x7C00) == 0x7C00; }

Status GgufFile::read_version(ByteReader& in) {
    in.bytes(4);  // the magic
    const auto version = in.get<uint32_t>();
    if (!in.ok()) return in.error("the header");
    if (version == 2 || version == 3) {
        kind_ = "GGUF v" + std::to_string(version);
        return {};
    }
    if (version != 0 && (version & 0xFFFF) == 0) {
        return bad_file(path_,
                        "is a big-endian GGUF file, expected little-endian; convert it or fetch "
                        "the little-endian one");
    }
    return bad_file(path_, "is a GGUF file of version " + std::to_string(version) +
                               ", expected version 2 or 3; convert it with a current tool");
}

Status GgufFile::parse() {
    ByteReader in(path_, file_.bytes());
    if (Status s = read_version(in); !s.ok()) return s;
    const auto tensor_count = in.get<uint64_t>();
    const auto metadata_count = in.get<uint64_t>();
    if (!in.ok()) return in.error("the header");
    if (Status s = read_metadata(in, metadata_count, &metadata_); !s.ok()) return s;
    uint64_t alignment = 0;
    if (Status s = read_alignment(&alignment); !s.ok()) return s;

    if (tensor_count > kMaxTensors || tensor_count > in.remaining() / kMinTensorInfoBytes) {
        return bad_file(path_, "the file claims " + std::to_string(tensor_count) +
                                   " tensors, but " + std::to_string(in.remaining()) +
                                   " bytes are left and at most " + std::to_string(kMaxTensors) +
                                   " tensors are allowed; it is truncated or damaged");
    }
    std::vector<uint64_t> offsets(static_cast<size_t>(tensor_count));
    tensors_.reserve(offsets.size());
    for (uint64_t i = 0; i < tensor_count; ++i) {
        if (Status s = read_tensor_info(in, i, &offsets[i]); !s.ok()) return s;
    }
    take_gguf_report(&metadata_, &tensors_);
    // Neither sum can overflow unnoticed: the position is inside a file, offsets are checked.
    const uint64_t data_begin = *checked_align(in.position(), alignment);
    for (size_t i = 0; i < offsets.size(); ++i) {
        const auto offset = checked_add(offsets[i], data_begin);
        if (!offset) {
            return tensor_error(tensors_[i], "its offset " + std::to_string(offsets[i]) +
                                                 " is beyond any file; the file is damaged");
        }
        offsets[i] = *offset;
    }
    return place_tensors(offsets, alignment, data_begin, file_bytes_);
}

Status GgufFile::read_alignment(uint64_t* alignment) const {
    constexpr int64_t kDefault = 32, kMin = 8, kMax = 65536;
    const auto value = metadata_.get_int("general.alignment", kMin, kMax, kDefault);
    if (!value.ok()) return bad_file(path_, value.status().message());
    *alignment = static_cast<uint64_t>(value.value());
    if (std::has_single_bit(*alignment)) return {};
    return bad_file(path_, "metadata key 'general.alignment' is " + std::to_string(*alignment) +
                               ", expected a power of two; the file is damaged");
}

Status GgufFile::read_tensor_info(ByteReader& in, uint64_t index, uint64_t* offset) {
    FileTensor t;
    t.name = in.string(kMaxNameBytes);
    const auto rank = in.get<uint32_t>();
    const std::string number = "the description of tensor " + std::to_string(index);
    if (!in.ok()) return in.error(number);
    t.rank = static_cast<int>(std::min(rank, kMaxRank + 1));  // more is refused just below
    for (uint32_t i = rank <= kMaxRank ? rank : 0; i-- > 0;) {
        t.shape[i] = std::bit_cast<int64_t>(in.get<uint64_t>());
    }
    const auto type_id = in.get<uint32_t>();
    *offset = in.get<uint64_t>();
    if (!in.ok() && rank <= kMaxRank) return in.error(number);
    if (Status s = check_tensor_shape(path_, t); !s.ok()) return s;

    const GgufType* type = find_gguf_type(type_id);
    if (!type) {
        return tensor_error(t, "has the unknown type id " + std::to_string(type_id) +
                                   "; the file is damaged or too new for this version");
    }
    const int64_t cols = t.shape[static_cast<size_t>(t.rank - 1)];
    if (cols % type->block_elements != 0) {
        return tensor_error(t, "its rows of " + std::to_string(cols) +
                                   " elements are not whole blocks of " +
                                   std::to_string(type->block_elements) + " that type " +
                                   std::string(type->name) + " has; the file is damaged");
    }
    t.bytes = static_cast<uint64_t>(t.elements() / cols) * type->row_bytes(cols);
    t.stored_as = type->name;
    if (t.rank == 2) t.format = find_format(type->format);
    if (t.rank == 1 && type->to_values) t.format = find_format("f32");
    tensors_.push_back(std::move(t));
    return {};
}

Status GgufFile::check_type(const FileTensor& tensor) const {
    const GgufType* type = find_gguf_type(tensor.stored_as);
    if (type && type->readable()) return {};
    return tensor_error(tensor, gguf_unsupported_text(tensor.stored_as));
}

Status GgufFile::load_blocks(const FileTensor& tensor, const GgufType& type, int64_t row,
                             BlockRow* out) const {
    const int64_t cols = tensor.shape[static_cast<size_t>(tensor.rank - 1)];
    type.to_blocks(tensor.data + static_cast<uint64_t>(row) * type.row_bytes(cols), cols, out);
    if (allow_nonfinite_) return {};
    for (const uint16_t scale : out->scales) {
        if (is_nonfinite_f16(scale)) return nonfinite_error(tensor, row, "a scale");
    }
    for (const uint16_t minimum : out->offsets) {
        if (is_nonfinite_f16(minimum)) return nonfinite_error(tensor, row, "a minimum");
    }
    return {};
}

Status GgufFile::load_values(const FileTensor& tensor, const GgufType& type, int64_t row,
                             float* out) const {
    const int64_t cols = tensor.shape[static_cast<size_t>(tensor.rank - 1)];
    type.to_values(tensor.data + static_cast<uint64_t>(row) * type.row_bytes(cols), cols, out);
    return check_values_finite(tensor, row, out, cols);
}

Status GgufFile::pack_tiles(const FileTensor& tensor, int64_t begin, int64_t end,
                            uint8_t* out) const {
    if (Status s = check_type(tensor); !s.ok()) return s;
    if (Status s = check_tiles(tensor, begin, end); !s.ok()) return s;
    const GgufType& type = *find_gguf_type(tensor.stored_as);
    const Format& format = *tensor.format;
    const int64_t cols = tensor.cols();
    const uint64_t tile_bytes = format.tile_bytes(format, cols);
    BlockRow blocks;  // of one row
    if (type.to_blocks) blocks.resize(format, cols);
    for (int64_t tile = begin; tile < end; ++tile, out += tile_bytes) {
        std::memset(out, 0, tile_bytes);
        const int64_t first = tile * kTileRows;
        const int64_t rows = std::min(kTileRows, tensor.rows() - first);
        for (int64_t r = 0; r < rows; ++r) {
            if (type.to_blocks) {
                if (Status s = load_blocks(tensor, type, first + r, &blocks); !s.ok()) return s;
                pack_row(format, blocks, cols, out, r);
            } else {
                copy_lanes(tensor.data + static_cast<uint64_t>(first + r) * type.row_bytes(cols),
                           type.row_bytes(cols), out + r * 4);
            }
        }
        if (type.to_blocks || allow_nonfinite_ || format.is_valid(format, out, cols)) continue;
        std::vector<float> values(static_cast<size_t>(cols));
        for (int64_t r = 0; r < rows; ++r) {  // which row was it?
            Status s = load_values(tensor, type, first + r, values.data());
            if (!s.ok()) return s;
        }
    }
    const uint64_t row_bytes = type.row_bytes(cols);
    const int64_t rows = std::min(end * kTileRows, tensor.rows()) - begin * kTileRows;
    if (rows > 0) {
        file_.release(tensor.data + static_cast<uint64_t>(begin * kTileRows) * row_bytes,
                      static_cast<uint64_t>(rows) * row_bytes);
    }
    return {};
}

Status GgufFile::read_vector(const FileTensor& tensor, float* out) const {
    if (Status s = check_type(tensor); !s.ok()) return s;
    if (Status s = check_vector(tensor); !s.ok()) return s;
    return load_values(tensor, *find_gguf_type(tensor.stored_as), 0, out);
}

Status GgufFile::verify_tensor(const FileTensor& tensor) const {
    if (Status s = check_type(tensor); !s.ok()) return s;
    if (Status s = check_unchanged(); !s.ok()) return s;
    const GgufType& type = *find_gguf_type(tensor.stored_as);
    const int64_t cols = tensor.shape[static_cast<size_t>(tensor.rank - 1)];
    BlockRow blocks;  // of one row, as are the values
    std::vector<float> values;
    if (type.to_blocks) {
        blocks.resize(*find_format(type.format), cols);
    } else {
        values.resize(static_cast<size_t>(cols));
    }
    for (int64_t row = 0; row < tensor.elements() / cols; ++row) {
        Status s = type.to_blocks ? load_blocks(tensor, type, row, &blocks)
                                  : load_values(tensor, type, row, values.data());
        if (!s.ok()) return s;
    }
    return {};
}

}  // namespace

OpenedFile open_gguf(MappedFile file, const std::string& path, const ModelFile::Options& options) {
    auto gguf = std::make_unique<GgufFile>(std::move(file), path, options);
    if (Status s = gguf->parse(); !s.ok()) return s;
    return std::unique_ptr<ModelFile>(std::move(gguf));
}

}  // namespace quern
