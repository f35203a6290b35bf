// Whole characters from pieces of text; what is a whole one says scan_utf8().
#include "models/utf8.h"

namespace quern {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

}  // namespace

std::string Utf8Stream::push(std::string_view bytes) {
    pending_.append(bytes);
    const std::string_view text = pending_;
    std::string out;
    size_t done = 0;
    while (done < text.size()) {
        const Utf8Sequence next = scan_utf8(text.substr(done));
        if (next.kind == Utf8Sequence::kUnfinished) break;
        out += next.kind == Utf8Sequence::kCharacter ? text.substr(done, next.bytes) : kReplacement;
        done += next.bytes;
    }
    pending_.erase(0, done);
    return out;
}

std::string Utf8Stream::finish() {
    std::string out(pending_.empty() ? std::string_view() : kReplacement);
    pending_.clear();
    return out;
}

}  // namespace quern
