// What this machine can do at most: the roofline (Williams, Waterman and Patterson 2009, "Roofline:
// an insightful visual performance model") of the active instruction set, measured by all workers
// of a pool together. Speeds are worth knowing as a part of it.
//
// Every function takes some tens of milliseconds and returns the best of a few tries; what else
// runs on the machine shows nevertheless, so measure close in time to what is compared.
#pragma once

#include <cstdint>

namespace quern {

class ThreadPool;

/// Operations (multiplications and additions) per second of the integer dot product that products
/// with block formats are built on.
double measure_int8_peak(ThreadPool& pool);
/// Operations per second of the f32 multiply-add, for products with formats that take f32 inputs.
double measure_f32_peak(ThreadPool& pool);
/// Operations per second of the bf16 dot product, for products whose weights take inputs in
/// bf16; 0 if the instruction set has none.
double measure_bf16_peak(ThreadPool& pool);
/// Bytes per second read from `data` (64-byte aligned), over and over. 0 if it is smaller than some
/// kilobytes.
double measure_read_bandwidth(ThreadPool& pool, const uint8_t* data, uint64_t bytes);

}  // namespace quern
