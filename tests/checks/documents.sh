#!/bin/bash
# The documents stay true: every path in backticks is that of a file or folder, or the end of one, and every make target
# that they name is in the Makefile. No figure of README.md is still marked as missing (GAP).
source "$(dirname "$0")/lib.sh"

failed=0
names=$(project_files | sed 's#.*#/&/#')
for document in README.md CONTRIBUTING.md ARCHITECTURE.md; do
    [ -f "$document" ] || fail "$document is missing"
    # Words in backticks. A path is one with a slash or a known ending; placeholders, options and what a build makes are
    # none.
    words=$(awk -F '`' '/^```/ { code = !code; next } !code { for (i = 2; i < NF; i += 2) print $i }' "$document")
    while read -r path; do
        grep -qF "/${path%/}/" <<<"$names" ||
            { echo "$document names $path, which does not exist"; failed=1; }
    done < <(grep -E '/|\.(cpp|h|md|sh|json|txt)$' <<<"$words" | grep -vE '[ <>*{}$=:]|^-|^build|\.quern$')
    while read -r target; do
        grep -qE "^$target:" Makefile || { echo "$document names make $target, which does not exist"; failed=1; }
    done < <(sed -nE 's/^make ([a-z-]+).*/\1/p' <<<"$words" | sort -u)
done
! grep -n GAP README.md || { echo "README.md has a figure that is not filled in"; failed=1; }
[ "$failed" = 0 ] || fail "correct the document or the tree"
