// Memory or a file without a name.
#include "calibration/activation_store.h"

#include <stdlib.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "tensor/positioned_io.h"

namespace quern {

Result<std::unique_ptr<ActivationStore>> ActivationStore::create(int64_t samples, int64_t floats,
                                                                 const std::string& folder) {
    std::unique_ptr<ActivationStore> store(new ActivationStore);
    store->floats_ = floats;
    if (folder.empty()) {
        store->memory_.resize(static_cast<size_t>(samples * floats));
        return store;
    }
    store->folder_ = folder;
    std::string name = folder + "/quern-activations-XXXXXX";
    store->descriptor_ = ::mkstemp(name.data());
    if (store->descriptor_ < 0) {
        return Status(Code::kFailed, folder + ": a file for activations cannot be made there (" +
                                         std::strerror(errno) + "); allow more --max-memory");
    }
    ::unlink(name.c_str());
    return store;
}

ActivationStore::~ActivationStore() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

Status ActivationStore::transfer(int64_t sample, char* data, bool writing) const {
    const auto bytes = static_cast<size_t>(floats_) * sizeof(float);
    const uint64_t offset = bytes * static_cast<uint64_t>(sample);
    if (writing ? write_at(descriptor_, data, bytes, offset)
                : read_at(descriptor_, data, bytes, offset)) {
        return {};
    }
    const bool full = errno == ENOSPC || errno == EDQUOT || errno == EFBIG;
    return {full ? Code::kOutOfSpace : Code::kFailed,
            folder_ + ": the file of activations cannot be " + (writing ? "written" : "read") +
                " (" + std::strerror(errno) + "); free some space or allow more --max-memory"};
}

Status ActivationStore::read(int64_t sample, float* out) const {
    if (descriptor_ >= 0) return transfer(sample, reinterpret_cast<char*>(out), false);
    std::memcpy(out, memory_.data() + sample * floats_,
                static_cast<size_t>(floats_) * sizeof(float));
    return {};
}

Status ActivationStore::write(int64_t sample, const float* in) {
    if (descriptor_ >= 0) {
        return transfer(sample, const_cast<char*>(reinterpret_cast<const char*>(in)), true);
    }
    std::memcpy(memory_.data() + sample * floats_, in,
                static_cast<size_t>(floats_) * sizeof(float));
    return {};
}

}  // namespace quern
