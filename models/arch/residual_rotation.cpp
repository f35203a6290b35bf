// Reading and finding of the key.
#include "arch/residual_rotation.h"

namespace quern {

std::string residual_rotation_key(const std::string& architecture) {
    return architecture + ".residual_rotation";
}

Result<std::optional<Rotation>> read_residual_rotation(const Metadata& metadata,
                                                       const std::string& architecture,
                                                       int64_t n_embd) {
    const std::string key = residual_rotation_key(architecture);
    if (metadata.find(key) == nullptr) return std::optional<Rotation>();
    const Result<int64_t> seed = metadata.get_int(key, 1, kMaxRotationSeed);
    if (!seed.ok()) return seed.status();
    Result<Rotation> rotation = Rotation::create(n_embd, static_cast<uint32_t>(seed.value()));
    if (!rotation.ok()) return Status(Code::kBadFile, key + ": " + rotation.status().message());
    return std::optional<Rotation>(std::move(*rotation));
}

std::string find_residual_rotation(const Metadata& metadata) {
    const Result<std::string> name = metadata.get_string("general.architecture");
    const std::string key = name.ok() ? residual_rotation_key(name.value()) : "";
    return metadata.find(key) != nullptr ? key : "";
}

}  // namespace quern
