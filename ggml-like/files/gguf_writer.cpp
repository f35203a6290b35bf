// Writer of GGUF v3; the layout is in gguf.cpp, the blocks are in gguf_types.cpp. A tile of 16 rows
// comes in, 16 rows of blocks go out. Every tensor's data is padded to 32 bytes, the last as well.
#include "tensor/gguf_writer.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <set>
#include <vector>

#include "files/byte_writer.h"
#include "files/gguf_report.h"
#include "files/gguf_types.h"
#include "files/limits.h"
#include "files/metadata_io.h"
#include "files/stored_file.h"
#include "tensor/atomic_file.h"
#include "tensor/block.h"

namespace quern {
namespace {

constexpr uint32_t kGgufVersion = 3;
constexpr uint32_t kQuantizationVersion = 2;  // of ggml's block types
constexpr uint64_t kAlignment = 32;           // the default, which needs no key

uint64_t padding(uint64_t size) { return (kAlignment - size % kAlignment) % kAlignment; }

/// Shape and type, which exist: storage() has been asked.
struct Target {
    FileTensor tensor;
    const GgufType* type = nullptr;
};

std::string writable_formats() {
    std::string text;
    for (const GgufType& t : gguf_types()) {
        if (t.readable()) text += (text.empty() ? "" : ", ") + std::string(t.format);
    }
    return text;
}

Result<Target> target_of(const std::string& path, const GgufSource& source) {
    Target target;
    FileTensor& t = target.tensor;
    t.name = source.name;
    t.rank = source.rank;
    t.shape = source.shape;
    t.format = source.format;
    if (Status s = check_tensor_shape(path, t); !s.ok())
        return Status(Code::kWrongUse, s.message());
    if (t.rank > 2 || (t.rank == 1 && t.format->name != "f32")) {
        return Status(Code::kWrongUse, path + ": " + tensor_text(t.name) + " has rank " +
                                           std::to_string(t.rank) + " and format " +
                                           t.format->name +
                                           ", expected a vector in f32 or a matrix");
    }
    target.type = gguf_type_for(*t.format);
    if (!target.type) {
        return Status(Code::kWrongUse,
                      path + ": " + tensor_text(t.name) + " has format " + t.format->name +
                          ", which no GGUF type holds exactly; those that fit are " +
                          writable_formats() + ", and the same with larger groups");
    }
    if (t.cols() % target.type->block_elements != 0) {
        return Status(Code::kWrongUse,
                      path + ": " + tensor_text(t.name) + " has format " + t.format->name +
                          " and rows of " + std::to_string(t.cols()) + " inputs, GGUF's " +
                          std::string(target.type->name) + " needs a multiple of " +
                          std::to_string(target.type->block_elements) +
                          "; those that fit are f32, f16, bf16");
    }
    t.stored_as = target.type->name;
    t.bytes = static_cast<uint64_t>(t.rows()) * target.type->row_bytes(t.cols());
    return target;
}

/// general.file_type: the type of most weights of the matrices.
uint32_t file_type(const std::vector<Target>& targets) {
    std::map<uint32_t, int64_t> weights;
    for (const Target& t : targets) {
        if (t.tensor.rank == 2) weights[t.type->file_type] += t.tensor.elements();
    }
    const auto most = std::max_element(weights.begin(), weights.end(),
                                       [](auto& a, auto& b) { return a.second < b.second; });
    return most == weights.end() ? 0 : most->first;
}

Metadata metadata_of_file(const Metadata& metadata, const std::vector<Target>& targets) {
    Metadata own = metadata;
    own.remove(kGgufReportKey);
    const auto set_u32 = [&](const char* key, uint64_t value) {
        own.set(key, {MetaType::kU32, MetaType::kU64, value});
    };
    set_u32("general.file_type", file_type(targets));
    set_u32("general.quantization_version", kQuantizationVersion);
    if (own.find("general.alignment")) set_u32("general.alignment", kAlignment);
    return own;
}

class GgufFileWriter final : public GgufWriter {
  public:
    GgufFileWriter(const std::string& path, std::unique_ptr<AtomicFile> file,
                   std::vector<Target> targets)
        : path_(path), file_(std::move(file)), targets_(std::move(targets)) {}

    Status start(const ByteWriter& metadata, uint64_t entries);
    Status write_report();
    Status begin_tensor(const std::string& name, int rank, const std::array<int64_t, 4>& shape,
                        const Format& format) override;
    Status append(const uint8_t* data, uint64_t bytes) override;
    Status end_tensor(const Provenance& provenance) override;
    Status finish() override;
    uint64_t file_bytes() const override { return finished_ ? file_->size() : 0; }

  private:
    Status misuse(const std::string& detail) const {
        return {Code::kWrongUse, path_ + ": " + detail};
    }
    Status pad() {
        constexpr uint8_t kZeros[kAlignment] = {};
        return file_->write(kZeros, padding(file_->size()));
    }
    const uint8_t* stored_row(const uint8_t* tile, int64_t row);

    std::string path_;
    std::unique_ptr<AtomicFile> file_;
    std::vector<Target> targets_;
    size_t current_ = 0;  // in targets_
    bool open_ = false;   // between begin_tensor and end_tensor
    bool finished_ = false;
    int64_t rows_ = 0;  // of the current tensor that are written
    BlockRow blocks_;
    std::vector<uint8_t> row_;
    std::string report_;
    uint64_t report_offset_ = 0;  ///< of the room that is kept for it
};

Status GgufFileWriter::start(const ByteWriter& metadata, uint64_t entries) {
    ByteWriter header;
    header.raw("GGUF");
    header.put(kGgufVersion);
    header.put<uint64_t>(targets_.size());
    header.put(entries + 1);
    header.raw(metadata.bytes());
    header.string(kGgufReportKey);
    header.put(static_cast<uint32_t>(MetaType::kString));
    const std::string room(gguf_report_room(targets_.size()), ' ');
    header.string(room);
    report_offset_ = header.bytes().size() - room.size();
    uint64_t offset = 0;
    for (const Target& target : targets_) {
        const FileTensor& t = target.tensor;
        header.string(t.name);
        header.put(static_cast<uint32_t>(t.rank));
        for (int i = t.rank; i-- > 0;) header.put(t.shape[static_cast<size_t>(i)]);
        header.put(target.type->id);
        header.put(offset);
        offset += t.bytes + padding(t.bytes);
    }
    if (Status s = file_->write(header.bytes().data(), header.bytes().size()); !s.ok()) return s;
    return pad();
}

Status GgufFileWriter::begin_tensor(const std::string& name, int rank,
                                    const std::array<int64_t, 4>& shape, const Format& format) {
    if (open_ || current_ == targets_.size()) {
        return misuse(tensor_text(name) + " was begun before another's end, or after the last");
    }
    const FileTensor& t = targets_[current_].tensor;
    if (name != t.name || rank != t.rank || shape != t.shape || format.name != t.format->name) {
        return misuse(tensor_text(name) + " was begun, expected " + tensor_text(t.name) +
                      " in the shape and format that were announced");
    }
    rows_ = 0;
    open_ = true;
    return {};
}

/// Row `row` of a tile as GGUF stores it.
const uint8_t* GgufFileWriter::stored_row(const uint8_t* tile, int64_t row) {
    const Target& target = targets_[current_];
    const Format& format = *target.tensor.format;
    const int64_t cols = target.tensor.cols();
    uint64_t bytes = target.type->row_bytes(cols);
    row_.resize(bytes);
    if (target.type->from_blocks) {
        unpack_row(format, tile, row, cols, &blocks_);
        target.type->from_blocks(blocks_, format.group_size(cols), cols, row_.data());
        return row_.data();
    }
    // Plain numbers: the row's lane of every 64-byte cell holds the next four bytes.
    uint8_t* out = row_.data();
    const uint8_t* lane = tile + row * 4;
    for (; bytes >= 4; bytes -= 4, out += 4, lane += 64) std::memcpy(out, lane, 4);
    std::memcpy(out, lane, bytes);
    return row_.data();
}

Status GgufFileWriter::append(const uint8_t* data, uint64_t bytes) {
    if (!open_) return misuse("bytes were appended outside of a tensor");
    const Target& target = targets_[current_];
    const FileTensor& t = target.tensor;
    const bool matrix = t.rank == 2;
    const uint64_t unit = matrix ? t.format->tile_bytes(*t.format, t.cols()) : t.bytes;
    const int64_t unit_rows = matrix ? kTileRows : 1;
    if (bytes % unit != 0) {
        return misuse(tensor_text(t.name) + " got " + std::to_string(bytes) +
                      " bytes, expected a multiple of " + std::to_string(unit));
    }
    for (; bytes > 0; bytes -= unit, data += unit) {
        if (rows_ == t.rows()) return misuse(tensor_text(t.name) + " got more than its rows");
        const int64_t rows = std::min(unit_rows, t.rows() - rows_);
        for (int64_t r = 0; r < rows; ++r) {
            const uint8_t* row = matrix ? stored_row(data, r) : data;
            if (Status s = file_->write(row, target.type->row_bytes(t.cols())); !s.ok()) return s;
        }
        rows_ += rows;
    }
    return {};
}

Status GgufFileWriter::end_tensor(const Provenance& provenance) {
    if (!open_) return misuse("a tensor was ended that was not begun");
    const FileTensor& t = targets_[current_].tensor;
    if (rows_ != t.rows()) {
        return misuse(tensor_text(t.name) + " got " + std::to_string(rows_) + " of its " +
                      std::to_string(t.rows()) + " rows");
    }
    if (!provenance.method.empty()) report_ += gguf_report_line(t.name, provenance);
    open_ = false;
    ++current_;
    return pad();
}

Status GgufFileWriter::finish() {
    if (finished_) return misuse("the file was finished already");
    if (current_ != targets_.size()) {
        return misuse(tensor_text(targets_[current_].tensor.name) + " was announced, not written");
    }
    Status status = write_report();
    if (status.ok()) status = file_->commit();
    finished_ = status.ok();
    return status;
}

/// Lines of more tensors than the longest string holds are left out.
Status GgufFileWriter::write_report() {
    const size_t room = gguf_report_room(targets_.size());
    if (report_.size() > room) report_.resize(report_.rfind('\n', room - 1) + 1);
    return file_->write_at(report_offset_, report_.data(), report_.size());
}

}  // namespace

Result<GgufStorage> GgufWriter::storage(const std::string& path, const GgufSource& tensor) {
    auto target = target_of(path, tensor);
    if (!target.ok()) return target.status();
    return GgufStorage{target->type->name, target->tensor.bytes};
}

Result<std::unique_ptr<GgufWriter>> GgufWriter::create(const std::string& path,
                                                       const Metadata& metadata,
                                                       std::span<const GgufSource> tensors) {
    std::vector<Target> targets;
    std::set<std::string> names;
    for (const GgufSource& tensor : tensors) {
        auto target = target_of(path, tensor);
        if (!target.ok()) return target.status();
        if (targets.size() == kMaxTensors || !names.insert(tensor.name).second) {
            return Status(Code::kWrongUse, path + ": " + tensor_text(tensor.name) +
                                               " is there already, or there are more than " +
                                               std::to_string(kMaxTensors));
        }
        targets.push_back(std::move(*target));
    }
    const Metadata own = metadata_of_file(metadata, targets);
    ByteWriter bytes;
    if (Status s = write_metadata(own, path, &bytes); !s.ok()) return s;
    Result<std::unique_ptr<AtomicFile>> file = AtomicFile::create(path);
    if (!file.ok()) return file.status();
    auto writer = std::make_unique<GgufFileWriter>(path, std::move(*file), std::move(targets));
    if (Status s = writer->start(bytes, own.entries().size()); !s.ok()) return s;
    return std::unique_ptr<GgufWriter>(std::move(writer));
}

}  // namespace quern
