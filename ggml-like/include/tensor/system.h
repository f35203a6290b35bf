// What machine this is and which kernels run: instruction sets, cores. See also QUERN_ISA and
// QUERN_THREADS.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "tensor/status.h"

namespace quern {

struct Kernels;  // kernels/kernels.h

/// Names of the instruction sets this build has and this CPU can run, best first: "avx2", "scalar".
std::span<const std::string_view> available_isas();

/// Forces an instruction set for all work that starts afterwards; an empty name means the best one.
/// Fails if it is unknown or this CPU lacks it, naming those available. Overrides QUERN_ISA.
/// Thread-safe.
Status force_isa(std::string_view name);

/// The one in use. Resolved at first use from QUERN_ISA, else the best. A QUERN_ISA that cannot be
/// used is reported by check_environment() and otherwise ignored.
std::string_view active_isa();
const Kernels& active_kernels();
/// active_kernels() have a dot product of bf16, twice as fast as one of f32.
bool has_bf16_products();

/// Fails if QUERN_ISA or QUERN_THREADS hold something that cannot be used. Programs call it first.
Status check_environment();

/// QUERN_THREADS, else the number of physical cores this process may use.
int default_threads();

/// How many threads an option asks for: default_threads() for 0; kWrongUse outside of 0 to 1024.
Result<int> check_threads(int threads);

/// One line: "Quern 0.1.0, avx2 (available: avx2 scalar), 2 cores, 24.0 GiB, Linux x86_64".
std::string system_line();

std::string_view version();

}  // namespace quern
