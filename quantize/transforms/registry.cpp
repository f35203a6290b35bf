// The registry of transforms: adding one is its file and a line here.
#include "transforms/transforms.h"

namespace quern {

std::span<const Transform> transforms() {
    static const Transform kTransforms[] = {awq_transform(),         clip_transform(),
                                            rotate_transform(),      asymmetric_transform(),
                                            smoothquant_transform(), llm_int8_transform()};
    return kTransforms;
}

const Transform* find_transform(std::string_view name) {
    for (const Transform& t : transforms()) {
        if (t.name == name) return &t;
    }
    return nullptr;
}

}  // namespace quern
