// Where a graph's time goes: time, bytes and operations per kind of op, summed over runs. Filled by
// Graph::run(), which then makes every op a stage of its own, so a profiled run is a little slower.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace quern {

/// What an op must move and compute at least.
struct Cost {
    double bytes = 0;       ///< weights, cache and values read and written
    double operations = 0;  ///< multiplications and additions of matrix products and attention
};

class Profile {
  public:
    struct Entry {
        std::string name;  ///< "matmul q4z_g128", "attention"
        int64_t calls = 0;
        double seconds = 0;
        Cost cost;
    };
    void add(const std::string& name, double seconds, const Cost& cost);
    /// In the order of first use.
    const std::vector<Entry>& entries() const { return entries_; }

  private:
    std::vector<Entry> entries_;
};

}  // namespace quern
