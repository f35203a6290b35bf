// The warning of a context that is longer than a model was trained with.
#include "common/context_warning.h"

#include "common/program.h"

namespace quern::cli {

void warn_of_long_context(const std::string& program, int64_t context, int64_t trained) {
    if (context <= trained) return;
    print_message(program, "warning: a context of " + std::to_string(context) +
                               " is more than the " + std::to_string(trained) +
                               " tokens the model was trained with");
}

}  // namespace quern::cli
