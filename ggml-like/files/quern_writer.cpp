// Writer of .quern files (FORMAT.md). The header is written twice: empty at the start, so that a
// broken file is never taken for a whole one, and filled in by finish(). What the reader would
// refuse is refused here first.
#include "tensor/quern_writer.h"

#include <cmath>
#include <cstring>
#include <set>

#include "files/byte_writer.h"
#include "files/limits.h"
#include "files/metadata_io.h"
#include "files/quern_layout.h"
#include "files/stored_file.h"
#include "tensor/atomic_file.h"
#include "tensor/hash.h"

namespace quern {
namespace {

std::span<const uint8_t> as_bytes(const std::string& text) {
    return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

class QuernFileWriter final : public QuernWriter {
  public:
    QuernFileWriter(const std::string& path, std::unique_ptr<AtomicFile> file)
        : path_(path), file_(std::move(file)) {}

    Status start(const ByteWriter& metadata);
    Status begin_tensor(const std::string& name, int rank, const std::array<int64_t, 4>& shape,
                        const Format& format) override;
    Status append(const uint8_t* data, uint64_t bytes) override;
    Status end_tensor(const Provenance& provenance) override;
    Status finish() override;
    uint64_t file_bytes() const override { return header_.file_bytes; }

  private:
    Status misuse(const std::string& detail) const {
        return {Code::kWrongUse, path_ + ": " + detail};
    }
    Status pad();

    std::string path_;
    std::unique_ptr<AtomicFile> file_;
    QuernHeader header_;
    std::string metadata_;  // for the commit checksum
    ByteWriter entries_;
    uint64_t count_ = 0;
    std::set<std::string> names_;
    bool open_ = false;  // between begin_tensor and end_tensor
    FileTensor tensor_;
    uint64_t offset_ = 0;
    uint64_t written_ = 0;
    Xxh64 hash_;
};

Status QuernFileWriter::pad() {
    constexpr uint8_t kZeros[kQuernAlignment] = {};
    return file_->write(kZeros,
                        (kQuernAlignment - file_->size() % kQuernAlignment) % kQuernAlignment);
}

Status QuernFileWriter::start(const ByteWriter& metadata) {
    metadata_ = metadata.bytes();
    const QuernHeader empty;
    if (Status s = file_->write(&empty, sizeof empty); !s.ok()) return s;
    return file_->write(metadata_.data(), metadata_.size());
}

Status QuernFileWriter::begin_tensor(const std::string& name, int rank,
                                     const std::array<int64_t, 4>& shape, const Format& format) {
    if (open_) return misuse(tensor_text(tensor_.name) + " was not ended before the next began");
    tensor_ = {};
    tensor_.name = name;
    tensor_.rank = rank;
    tensor_.shape = shape;
    tensor_.stored_as = format.name;
    if (rank < 1 || rank > 2 || (rank == 1 && format.name != "f32")) {
        return misuse(tensor_text(name) + " has rank " + std::to_string(rank) + " and format " +
                      format.name + ", a .quern file holds vectors in f32 and matrices");
    }
    if (Status s = check_tensor_shape(path_, tensor_); !s.ok()) return misuse(s.message());
    if (count_ == kMaxTensors || !names_.insert(name).second) {
        return misuse(tensor_text(name) + " is there already, or there are more than " +
                      std::to_string(kMaxTensors));
    }
    tensor_.bytes = stored_bytes(format, rank, shape);
    if (Status s = pad(); !s.ok()) return s;
    offset_ = file_->size();
    written_ = 0;
    hash_ = Xxh64();
    open_ = true;
    return {};
}

Status QuernFileWriter::append(const uint8_t* data, uint64_t bytes) {
    if (!open_) return misuse("bytes were appended outside of a tensor");
    if (bytes > tensor_.bytes - written_) {
        return misuse(tensor_text(tensor_.name) + " got more than its " +
                      std::to_string(tensor_.bytes) + " bytes");
    }
    hash_.update(data, bytes);
    written_ += bytes;
    return file_->write(data, bytes);
}

Status QuernFileWriter::end_tensor(const Provenance& provenance) {
    if (!open_) return misuse("a tensor was ended that was not begun");
    if (written_ != tensor_.bytes) {
        return misuse(tensor_text(tensor_.name) + " got " + std::to_string(written_) + " of its " +
                      std::to_string(tensor_.bytes) + " bytes");
    }
    const double error = provenance.relative_error;
    if (error != -1 && !(error >= 0 && std::isfinite(error))) {
        return misuse(tensor_text(tensor_.name) +
                      " has a measured error that is not a number from 0 up, nor -1 for none");
    }
    const std::string* texts[] = {&provenance.source, &provenance.method, &provenance.settings,
                                  &provenance.calibration};
    for (const std::string* text : texts) {
        if (text->size() > kMaxProvenanceBytes) {
            return misuse(tensor_text(tensor_.name) + " has a provenance text of " +
                          std::to_string(text->size()) + " bytes, at most " +
                          std::to_string(kMaxProvenanceBytes) + " are allowed");
        }
    }
    entries_.string(tensor_.name);
    entries_.put(static_cast<uint32_t>(tensor_.rank));
    for (int i = 0; i < tensor_.rank; ++i) entries_.put(tensor_.shape[static_cast<size_t>(i)]);
    entries_.string(tensor_.stored_as);
    entries_.put(offset_);
    entries_.put(tensor_.bytes);
    entries_.put(hash_.digest());
    for (const std::string* text : texts) entries_.string(*text);
    entries_.put(error);
    ++count_;
    open_ = false;
    return {};
}

Status QuernFileWriter::finish() {
    if (open_) return misuse(tensor_text(tensor_.name) + " was not ended before the file");
    if (header_.file_bytes != 0) return misuse("the file was finished already");
    if (Status s = pad(); !s.ok()) return s;
    ByteWriter directory;
    directory.put(count_);
    directory.raw(entries_.bytes());

    std::memcpy(header_.magic.data(), kQuernMagic.data(), header_.magic.size());
    header_.version = kQuernVersion;
    header_.metadata_offset = sizeof(QuernHeader);
    header_.metadata_bytes = metadata_.size();
    header_.directory_offset = file_->size();
    header_.directory_bytes = directory.bytes().size();
    if (Status s = file_->write(directory.bytes().data(), header_.directory_bytes); !s.ok()) {
        return s;
    }
    if (Status s = pad(); !s.ok()) return s;
    header_.file_bytes = file_->size() + sizeof(QuernCommit);

    QuernCommit commit;
    std::memcpy(commit.magic.data(), kCommitMagic.data(), commit.magic.size());
    commit.file_bytes = header_.file_bytes;
    commit.checksum = commit_checksum(header_, as_bytes(metadata_), as_bytes(directory.bytes()));
    if (Status s = file_->write(&commit, sizeof commit); !s.ok()) return s;
    if (Status s = file_->write_at(0, &header_, sizeof header_); !s.ok()) return s;
    return file_->commit();
}

}  // namespace

Result<std::unique_ptr<QuernWriter>> QuernWriter::create(const std::string& path,
                                                         const Metadata& metadata) {
    ByteWriter bytes;
    bytes.put<uint64_t>(metadata.entries().size());
    if (Status s = write_metadata(metadata, path, &bytes); !s.ok()) return s;
    Result<std::unique_ptr<AtomicFile>> file = AtomicFile::create(path);
    if (!file.ok()) return file.status();
    auto writer = std::make_unique<QuernFileWriter>(path, std::move(*file));
    if (Status s = writer->start(bytes); !s.ok()) return s;
    return std::unique_ptr<QuernWriter>(std::move(writer));
}

}  // namespace quern
