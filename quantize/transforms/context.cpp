// What transforms look up and note.
#include "notes.h"
#include "transforms/transforms.h"

namespace quern {

Tap* TransformContext::tap_of(const std::string& matrix) { return find_tap(taps, matrix); }

const Format& TransformContext::format_of(const std::string& tensor) const {
    for (const PlannedTensor& p : plan.tensors) {
        if (p.tensor->name != tensor) continue;
        const bool is_rounded_later = options.later_format && !p.format->is_quantized();
        return is_rounded_later ? *options.later_format : *p.format;
    }
    return *find_format("f32");
}

void TransformContext::note(const std::string& tensor, const std::string& text) {
    add_note(text, &notes[tensor]);
}

}  // namespace quern
