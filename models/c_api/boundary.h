// What every function of the C API does at its boundary: errors to codes and messages, checks of
// arguments, structs that carry their size.
#pragma once

#include <algorithm>
#include <cstring>
#include <exception>
#include <initializer_list>
#include <new>
#include <string>
#include <string_view>
#include <utility>

#include "models/quern.h"
#include "tensor/status.h"

namespace quern::c_api {

void write_error(quern_error* error, Code code, std::string_view message);

/// Runs the body of a function: nothing is thrown beyond it. A Status, std::bad_alloc and any other
/// exception become a code and a message.
template <class Body>
quern_status guarded(quern_error* error, const Body& body) noexcept {
    try {
        const Status status = body();
        write_error(error, status.code(), status.message());
        return static_cast<quern_status>(status.code());
    } catch (const std::bad_alloc&) {
        write_error(error, Code::kOutOfSpace, "out of memory");
        return QUERN_OUT_OF_SPACE;
    } catch (const std::exception& e) {
        write_error(error, Code::kFailed, e.what());
    } catch (...) {
        write_error(error, Code::kFailed, "unknown internal error");
    }
    return QUERN_FAILED;
}

inline Status wrong_use(std::string message) { return {Code::kWrongUse, std::move(message)}; }

struct Argument {
    const char* name;
    const void* pointer;
};
/// Names the first argument that is NULL.
Status check_present(std::initializer_list<Argument> arguments);

/// Options as the caller knows them over the defaults. A struct of a newer version is refused: what
/// its unknown fields ask for cannot be done.
template <class Options>
Result<Options> read_options(const Options* given, const Options& defaults, const char* type) {
    if (given == nullptr) return defaults;
    if (given->size < sizeof(size_t) || given->size > sizeof(Options)) {
        return wrong_use(std::string(type) + ".size is " + std::to_string(given->size) +
                         ", expected at most " + std::to_string(sizeof(Options)) + "; call " +
                         type + "_init first");
    }
    Options options = defaults;
    std::memcpy(&options, given, given->size);
    return options;
}

/// Writes as much of `full` as the caller's struct of `size` bytes holds; its size field stays.
template <class Struct>
void write_struct(Struct full, Struct* out) {
    full.size = out->size;
    std::memcpy(out, &full, std::min(out->size, sizeof full));
}

/// The same for defaults into an uninitialized struct.
template <class Struct>
void init_struct(Struct full, Struct* out, size_t size) {
    if (out == nullptr) return;
    full.size = size;
    std::memcpy(out, &full, std::min(size, sizeof full));
}

}  // namespace quern::c_api
