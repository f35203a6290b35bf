// Reader of .quern files (FORMAT.md). Opening checks the commit record, its checksum over header,
// metadata and directory, and the whole structure, but touches no tensor data; verify_tensor()
// checks that. Matrices are used in place.
#include <cmath>
#include <cstring>

#include "files/byte_reader.h"
#include "files/limits.h"
#include "files/metadata_io.h"
#include "files/quern_layout.h"
#include "files/readers.h"
#include "files/stored_file.h"
#include "tensor/hash.h"

namespace quern {
namespace {

constexpr uint64_t kMinTensorEntryBytes = 8 + 1 + 4 + 8 + 8 + 1 + 3 * 8 + 4 * 8 + 8;

class QuernFile final : public StoredFile {
  public:
    QuernFile(MappedFile file, const std::string& path, const Options& options)
        : StoredFile(std::move(file), path, options) {}

    Status parse();

    bool is_tiled() const override { return true; }
    Status pack_tiles(const FileTensor& tensor, int64_t begin, int64_t end,
                      uint8_t* out) const override;
    Status read_vector(const FileTensor& tensor, float* out) const override;
    Status verify_tensor(const FileTensor& tensor) const override;

  private:
    std::span<const uint8_t> section(uint64_t offset, uint64_t bytes) const {
        return file_.bytes().subspan(offset, bytes);
    }
    Status check_version(const QuernHeader& header);
    Status check_sections(const QuernHeader& header) const;
    Status check_commit(const QuernHeader& header) const;
    Status read_directory(const QuernHeader& header, uint64_t data_begin);
    Status read_entry(ByteReader& in, uint64_t index, uint64_t* offset);
    Status check_tiles_valid(const FileTensor& tensor, int64_t first_tile, int64_t tiles,
                             const uint8_t* data) const;
};

uint64_t aligned(uint64_t value) { return (value + kQuernAlignment - 1) & ~(kQuernAlignment - 1); }

Status QuernFile::check_version(const QuernHeader& header) {
    if (header.version != kQuernVersion) {
        const char* advice = header.version < kQuernVersion
                                 ? "; make it again from the original model, with quern-quantize"
                                 : "; use a program that is as new as the file";
        return bad_file(path_, "is a .quern file of version " + std::to_string(header.version) +
                                   ", expected version " + std::to_string(kQuernVersion) + advice);
    }
    if (header.flags != 0 || header.reserved != 0) {
        return bad_file(path_, "uses unknown features (flags " + hex(header.flags, 8) +
                                   "), expected none; use a program that is as new as the file");
    }
    kind_ = ".quern v" + std::to_string(header.version);
    return {};
}

/// header | metadata | data | directory | commit record, each 64-byte aligned, nothing beyond.
Status QuernFile::check_sections(const QuernHeader& h) const {
    const uint64_t commit = file_bytes_ - sizeof(QuernCommit);
    const bool metadata_fits =
        h.metadata_offset == sizeof(QuernHeader) && h.metadata_bytes <= commit - h.metadata_offset;
    const bool directory_fits = metadata_fits && h.directory_offset % kQuernAlignment == 0 &&
                                h.directory_offset >= h.metadata_offset + h.metadata_bytes &&
                                h.directory_offset <= commit &&
                                h.directory_bytes <= commit - h.directory_offset;
    if (directory_fits && aligned(h.directory_offset + h.directory_bytes) == commit) return {};
    return bad_file(
        path_, "the header places metadata at " + std::to_string(h.metadata_offset) + " (" +
                   std::to_string(h.metadata_bytes) + " bytes) and the directory at " +
                   std::to_string(h.directory_offset) + " (" + std::to_string(h.directory_bytes) +
                   " bytes), which does not fit " + "a file of " + std::to_string(file_bytes_) +
                   " bytes; the file is damaged");
}

Status QuernFile::check_commit(const QuernHeader& header) const {
    QuernCommit commit;
    std::memcpy(&commit, section(file_bytes_ - sizeof commit, sizeof commit).data(), sizeof commit);
    const bool complete =
        std::string_view(commit.magic.data(), commit.magic.size()) == kCommitMagic &&
        commit.file_bytes == file_bytes_ && header.file_bytes == file_bytes_;
    if (!complete) {
        return bad_file(path_, "was not completely written: its end holds no commit record for " +
                                   std::to_string(file_bytes_) + " bytes; fetch or write it again");
    }
    if (Status s = check_sections(header); !s.ok()) return s;
    const uint64_t found =
        commit_checksum(header, section(header.metadata_offset, header.metadata_bytes),
                        section(header.directory_offset, header.directory_bytes));
    if (found == commit.checksum) return {};
    return bad_file(path_, "the checksum of header, metadata and directory is " + hex(found, 16) +
                               ", expected " + hex(commit.checksum, 16) +
                               "; the file is damaged, fetch or write it again");
}

Status QuernFile::parse() {
    QuernHeader header;
    if (file_bytes_ < sizeof header + sizeof(QuernCommit)) {
        return bad_file(path_, "was not completely written: it has " + std::to_string(file_bytes_) +
                                   " bytes, less than any .quern file; fetch or write it again");
    }
    std::memcpy(&header, file_.bytes().data(), sizeof header);
    if (Status s = check_version(header); !s.ok()) return s;
    if (Status s = check_commit(header); !s.ok()) return s;

    ByteReader in(path_, section(header.metadata_offset, header.metadata_bytes),
                  header.metadata_offset);
    const auto count = in.get<uint64_t>();
    if (!in.ok()) return in.error("the metadata");
    if (Status s = read_metadata(in, count, &metadata_); !s.ok()) return s;
    if (in.remaining() != 0) {
        return bad_file(path_, "the metadata has " + std::to_string(in.remaining()) +
                                   " bytes behind its last entry; the file is damaged");
    }
    return read_directory(header, aligned(header.metadata_offset + header.metadata_bytes));
}

Status QuernFile::read_directory(const QuernHeader& header, uint64_t data_begin) {
    ByteReader in(path_, section(header.directory_offset, header.directory_bytes),
                  header.directory_offset);
    const auto count = in.get<uint64_t>();
    if (!in.ok()) return in.error("the directory");
    if (count > kMaxTensors || count > in.remaining() / kMinTensorEntryBytes) {
        return bad_file(path_, "the directory claims " + std::to_string(count) + " tensors, but " +
                                   std::to_string(in.remaining()) + " bytes are left and at most " +
                                   std::to_string(kMaxTensors) +
                                   " tensors are allowed; the file is damaged");
    }
    std::vector<uint64_t> offsets(static_cast<size_t>(count));
    tensors_.reserve(offsets.size());
    for (uint64_t i = 0; i < count; ++i) {
        if (Status s = read_entry(in, i, &offsets[i]); !s.ok()) return s;
    }
    if (in.remaining() != 0) {
        return bad_file(path_, "the directory has " + std::to_string(in.remaining()) +
                                   " bytes behind its last entry; the file is damaged");
    }
    return place_tensors(offsets, kQuernAlignment, data_begin, header.directory_offset);
}

Status QuernFile::read_entry(ByteReader& in, uint64_t index, uint64_t* offset) {
    FileTensor t;
    t.name = in.string(kMaxNameBytes);
    const auto rank = in.get<uint32_t>();
    const std::string number = "directory entry " + std::to_string(index);
    if (!in.ok()) return in.error(number);
    if (rank < 1 || rank > 2) {
        return tensor_error(
            t, "has " + std::to_string(rank) + " dimensions, expected 1 or 2; the file is damaged");
    }
    t.rank = static_cast<int>(rank);
    for (uint32_t i = 0; i < rank; ++i) t.shape[i] = std::bit_cast<int64_t>(in.get<uint64_t>());
    t.stored_as = in.string(kMaxNameBytes);
    *offset = in.get<uint64_t>();
    t.bytes = in.get<uint64_t>();
    t.checksum = in.get<uint64_t>();
    for (std::string* text : {&t.provenance.source, &t.provenance.method, &t.provenance.settings,
                              &t.provenance.calibration}) {
        *text = in.string(kMaxProvenanceBytes);
    }
    t.provenance.relative_error = in.get<double>();
    if (!in.ok()) return in.error(number);
    if (Status s = check_tensor_shape(path_, t); !s.ok()) return s;

    t.format = find_format(t.stored_as);
    if (!t.format || t.format->name != t.stored_as) {
        return tensor_error(t, "has the unknown format " + in_quotes(t.stored_as) +
                                   "; use a program that is as new as the file");
    }
    if (t.rank == 1 && t.stored_as != "f32") {
        return tensor_error(
            t, "is a vector in format " + t.stored_as + ", expected f32; the file is damaged");
    }
    const uint64_t expected = stored_bytes(*t.format, t.rank, t.shape);
    if (t.bytes != expected) {
        return tensor_error(t, "has " + std::to_string(t.bytes) + " bytes, expected " +
                                   std::to_string(expected) + "; the file is damaged");
    }
    const double error = t.provenance.relative_error;
    if (error != -1 && !(error >= 0 && std::isfinite(error))) {
        return tensor_error(t,
                            "its measured error is not a number from 0 up, nor -1 for none; "
                            "the file is damaged");
    }
    tensors_.push_back(std::move(t));
    return {};
}

Status QuernFile::check_tiles_valid(const FileTensor& tensor, int64_t first_tile, int64_t tiles,
                                    const uint8_t* data) const {
    if (allow_nonfinite_) return {};
    const Format& f = *tensor.format;
    const uint64_t tile_bytes = f.tile_bytes(f, tensor.cols());
    for (int64_t tile = 0; tile < tiles; ++tile, data += tile_bytes) {
        if (f.is_valid(f, data, tensor.cols())) continue;
        return tensor_error(tensor, "rows from " + std::to_string((first_tile + tile) * kTileRows) +
                                        " have a scale or value that is not finite, or a zero "
                                        "point that is no code; the file is damaged or "
                                        "was made from a broken model, fetch or make it again");
    }
    return {};
}

Status QuernFile::pack_tiles(const FileTensor& tensor, int64_t begin, int64_t end,
                             uint8_t* out) const {
    if (Status s = check_tiles(tensor, begin, end); !s.ok() || begin == end) return s;
    const uint64_t tile_bytes = tensor.format->tile_bytes(*tensor.format, tensor.cols());
    std::memcpy(out, tensor.data + static_cast<uint64_t>(begin) * tile_bytes,
                static_cast<uint64_t>(end - begin) * tile_bytes);
    return check_tiles_valid(tensor, begin, end - begin, out);
}

Status QuernFile::read_vector(const FileTensor& tensor, float* out) const {
    if (Status s = check_vector(tensor); !s.ok()) return s;
    std::memcpy(out, tensor.data, tensor.bytes);
    return check_values_finite(tensor, 0, out, tensor.cols());
}

Status QuernFile::verify_tensor(const FileTensor& tensor) const {
    if (Status s = check_unchanged(); !s.ok()) return s;
    const uint64_t found = xxh64(tensor.data, tensor.bytes);
    if (found != tensor.checksum) {
        return tensor_error(tensor, "its checksum is " + hex(found, 16) + ", expected " +
                                        hex(tensor.checksum, 16) +
                                        "; the file is damaged, fetch or write it again");
    }
    if (tensor.rank == 1) {
        return check_values_finite(tensor, 0, reinterpret_cast<const float*>(tensor.data),
                                   tensor.cols());
    }
    const int64_t tiles = n_tiles(tensor.rows());
    return check_tiles_valid(tensor, 0, tiles, tensor.data);
}

}  // namespace

OpenedFile open_quern(MappedFile file, const std::string& path, const ModelFile::Options& options) {
    auto quern = std::make_unique<QuernFile>(std::move(file), path, options);
    if (Status s = quern->parse(); !s.ok()) return s;
    return std::unique_ptr<ModelFile>(std::move(quern));
}

}  // namespace quern
