#!/bin/bash
# Every C and C++ file is formatted as .clang-format says, by version 14 (others differ in details).
# format.sh --fix formats instead of checking.
source "$(dirname "$0")/lib.sh"

formatter=$(command -v clang-format-14 || command -v clang-format) || skip "clang-format is not installed"
"$formatter" --version | grep -q 'version 14\.' ||
    skip "the style is that of clang-format 14, here is: $("$formatter" --version)"

files() { project_files | grep -E '\.(cpp|h|c)$' | tr '\n' '\0'; }
if [ "${1-}" = --fix ]; then
    files | xargs -0 "$formatter" -i
else
    found=$(files | xargs -0 "$formatter" --dry-run -Werror 2>&1) || {
        grep ': error:' <<<"$found"
        fail "run: make format"
    }
fi
