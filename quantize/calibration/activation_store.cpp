// Memory or pread/pwrite.
#include "calibration/activation_store.h"

#include <stdlib.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

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
    const auto begin = static_cast<off_t>(bytes) * sample;
    for (size_t done = 0; done < bytes;) {
        const off_t at = begin + static_cast<off_t>(done);
        const ssize_t n = writing ? ::pwrite(descriptor_, data + done, bytes - done, at)
                                  : ::pread(descriptor_, data + done, bytes - done, at);
        if (n < 0 && errno == EINTR) continue;
        if (n == 0) errno = EIO;
        if (n <= 0) {
            const bool full = errno == ENOSPC || errno == EDQUOT || errno == EFBIG;
            return {full ? Code::kOutOfSpace : Code::kFailed,
                    folder_ + ": the file of activations cannot be " +
                        (writing ? "written" : "read") + " (" + std::strerror(errno) +
                        "); free some space or allow more --max-memory"};
        }
        done += static_cast<size_t>(n);
    }
    return {};
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
