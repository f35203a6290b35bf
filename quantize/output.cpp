// .quern stores the tiles as they are made; GGUF has types of its own.
#include "output.h"

#include <sys/statvfs.h>

#include <string_view>
#include <vector>

#include "arch/residual_rotation.h"
#include "tensor/atomic_file.h"
#include "tensor/gguf_writer.h"
#include "tensor/quern_writer.h"

namespace quern {
namespace {

constexpr std::string_view kGgufEnding = ".gguf";

GgufSource gguf_source(const PlannedTensor& p) {
    return {p.tensor->name, p.tensor->rank, p.tensor->shape, p.format};
}

/// What to do about it is known here.
Status explain_refusal(const Status& status, const PlannedTensor& p) {
    return {status.code(), status.message() +
                               "; choose one with --format, or for this tensor with "
                               "--tensor '^" +
                               p.tensor->name + "$=F', or write a .quern file"};
}

}  // namespace

bool is_gguf_name(const std::string& out) {
    return out.size() > kGgufEnding.size() &&
           out.compare(out.size() - kGgufEnding.size(), kGgufEnding.size(), kGgufEnding) == 0;
}

Status check_writable(const std::string& out) { return AtomicFile::create(out).status(); }

Status check_space(const std::string& out, uint64_t bytes, uint64_t partial) {
    struct statvfs disk {};
    if (::statvfs(folder_of(out).c_str(), &disk) != 0) return {};
    const uint64_t free = static_cast<uint64_t>(disk.f_bavail) * disk.f_frsize;
    if (disk.f_blocks == 0 || free >= bytes) return {};
    const auto megabytes = [](uint64_t n) { return std::to_string((n + 999'999) / 1'000'000); };
    return {Code::kOutOfSpace, out + ": needs " + megabytes(bytes) + " MB" +
                                   (partial > 0 ? ", " + megabytes(partial) + " of them for " +
                                                      out + ".partial until it is complete"
                                                : "") +
                                   ", but its folder has " + std::to_string(free / 1'000'000) +
                                   " MB of free space; free some or choose another folder"};
}

Status plan_output(const std::string& out, Plan* plan) {
    const std::string rotated = find_residual_rotation(plan->metadata);
    if (is_gguf_name(out) && !rotated.empty()) {
        return {Code::kWrongUse, out + ": a rotated model (key '" + rotated +
                                     "') has no place in a GGUF file, whose readers would not "
                                     "rotate its embeddings; write a .quern file"};
    }
    plan->bytes = 0;
    for (PlannedTensor& p : plan->tensors) {
        p.stored_as = p.format->name;
        p.stored_bytes = p.bytes();
        if (is_gguf_name(out)) {
            auto storage = GgufWriter::storage(out, gguf_source(p));
            if (!storage.ok()) return explain_refusal(storage.status(), p);
            p.stored_as = storage->type;
            p.stored_bytes = storage->bytes;
        }
        plan->bytes += p.stored_bytes;
    }
    return {};
}

Result<std::unique_ptr<ModelWriter>> create_output(const std::string& out, const Plan& plan) {
    if (!is_gguf_name(out)) {
        auto writer = QuernWriter::create(out, plan.metadata);
        if (!writer.ok()) return writer.status();
        return std::unique_ptr<ModelWriter>(std::move(*writer));
    }
    std::vector<GgufSource> tensors;
    for (const PlannedTensor& p : plan.tensors) tensors.push_back(gguf_source(p));
    auto writer = GgufWriter::create(out, plan.metadata, tensors);
    if (!writer.ok()) return writer.status();
    return std::unique_ptr<ModelWriter>(std::move(*writer));
}

}  // namespace quern
