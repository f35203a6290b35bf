// Error messages and NULL checks of the C API.
#include "c_api/boundary.h"

namespace quern::c_api {

void write_error(quern_error* error, Code code, std::string_view message) {
    if (error == nullptr) return;
    error->code = static_cast<quern_status>(code);
    size_t n = std::min(message.size(), sizeof error->message - 1);
    // A continuation byte (10xxxxxx) may not be the first that is cut off.
    while (n < message.size() && n > 0 && (message[n] & 0xC0) == 0x80) --n;
    message.copy(error->message, n);
    error->message[n] = 0;
}

Status check_present(std::initializer_list<Argument> arguments) {
    for (const Argument& a : arguments) {
        if (a.pointer == nullptr) return wrong_use(std::string(a.name) + " is NULL");
    }
    return Status();
}

}  // namespace quern::c_api
