#!/bin/bash
# Object files of kernels/<isa>/ define no weak symbols. A weak one is an inline function that the linker may take
# for the whole program, and a CPU without that instruction set would then crash.
# weak_symbols.sh BUILD_FOLDER (of an optimized build)
source "$(dirname "$0")/lib.sh"

need nm binutils
objects=$(find "$1/ggml-like" -path '*/kernels/*/*.o' ! -path '*/kernels/scalar/*')
[ -n "$objects" ] || skip "this build has no kernels but the scalar ones"
failed=0
for object in $objects; do
    weak=$(nm --demangle --defined-only "$object" | grep -E '^[0-9a-f]* [VWuvw] ' || true)
    [ -z "$weak" ] || { printf '%s defines:\n%s\n' "${object#"$1"/}" "$weak"; failed=1; }
done
[ "$failed" = 0 ] || fail "make these functions local to the file (anonymous namespace) or do without them"
