// Facts about the CPU this process runs on.
#pragma once

namespace quern {

/// AVX2 with FMA and F16C, and an operating system that saves the registers.
bool cpu_has_avx2();

/// AVX-VNNI (the 256-bit dot instructions) on top of AVX2.
bool cpu_has_avxvnni();

/// AVX-512 F, BW, DQ, VL and VNNI on top of AVX2.
bool cpu_has_avx512();

/// The bf16 dot product of AVX-512, on top of cpu_has_avx512().
bool cpu_has_avx512_bf16();

/// ARMv8.2 Advanced SIMD with dot products.
bool cpu_has_neon();

/// Matrix products of bytes (FEAT_I8MM) on top of it.
bool cpu_has_neon_i8mm();

/// Bytes of data that a core keeps in its first cache; 0 if that is not known.
long l1_data_bytes();

/// Physical cores among the CPUs this process may use; at least 1.
int physical_cores();

}  // namespace quern
