// The options of the KV cache.
#include "common/cache_options.h"

namespace quern::cli {

std::vector<Option> cache_options(SessionOptions* target) {
    const auto shown = [](const std::string& format) {
        return format.empty() ? "f16; bf16 if the CPU multiplies it and the model rounds inputs"
                              : format;
    };
    return {text("cache-k", "FORMAT", &target->cache_keys,
                 "how keys are cached: f16, bf16, q8 (half the memory, hardly a loss), q4, or any "
                 "format")
                .with_default(shown(target->cache_keys)),
            text("cache-v", "FORMAT", &target->cache_values,
                 "how values are cached: f16, bf16, q8 or q4")
                .with_default(shown(target->cache_values))};
}

}  // namespace quern::cli
