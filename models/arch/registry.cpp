// The registry of architectures, by general.architecture.
#include "arch/architecture.h"
#include "tensor/quoted.h"

namespace quern {
namespace {

struct Entry {
    const char* name;
    ArchitectureFactory create;
};

constexpr Entry kArchitectures[] = {
    {"llama", create_llama},
};

}  // namespace

Result<ArchitectureFactory> find_architecture(const std::string& name) {
    std::string known;
    for (const Entry& entry : kArchitectures) {
        if (name == entry.name) return entry.create;
        known += (known.empty() ? "" : ", ") + std::string(entry.name);
    }
    return Status(Code::kBadFile, "general.architecture is " + in_quotes(name) +
                                      ", which is not supported; supported: " + known);
}

}  // namespace quern
