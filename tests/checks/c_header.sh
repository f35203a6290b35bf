#!/bin/bash
# quern.h compiles alone as C11 and as C++11 without a warning.    c_header.sh COMPILER (gcc or clang)
source "$(dirname "$0")/lib.sh"

compiler=$1
need "$compiler" "$compiler"
header=models/include/models/quern.h
"$compiler" -x c -std=c11 -Wall -Wextra -pedantic -Werror -fsyntax-only - <<<"#include \"$header\"" ||
    fail "$header is not clean C11"
"$compiler" -x c++ -std=c++11 -Wall -Wextra -pedantic -Werror -fsyntax-only - <<<"#include \"$header\"" ||
    fail "$header is not clean C++11"
