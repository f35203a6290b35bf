// Sums of a profile.
#include "tensor/profile.h"

#include <algorithm>

namespace quern {

void Profile::add(const std::string& name, double seconds, const Cost& cost) {
    auto entry = std::find_if(entries_.begin(), entries_.end(),
                              [&](const Entry& e) { return e.name == name; });
    if (entry == entries_.end()) entry = entries_.insert(entry, Entry{name, 0, 0, {}});
    entry->calls += 1;
    entry->seconds += seconds;
    entry->cost.bytes += cost.bytes;
    entry->cost.operations += cost.operations;
}

}  // namespace quern
