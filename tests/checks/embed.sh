#!/bin/bash
# A C program outside of the tree finds the installed package, links the shared and the static library, and runs.
# The shared library exports the C API and nothing else.
# embed.sh BUILD_FOLDER MODEL   MODEL: a small model to answer with; if it is absent only the error path runs.
source "$(dirname "$0")/lib.sh"

build=$1 model=$2
work=$build/checks/embed
rm -rf "$work"
mkdir -p "$work"
cmake --install "$build" --prefix "$work/prefix" >/dev/null
cp -r examples/embed "$work/source"
cmake -S "$work/source" -B "$work/build" --log-level=WARNING -DCMAKE_PREFIX_PATH="$work/prefix"
cmake --build "$work/build"

library=$(find "$work/prefix" -name 'libquern.so' -o -name 'libquern.dylib')
if command -v nm >/dev/null && [[ $library == *.so ]]; then
    extra=$(nm -D --defined-only "$library" | grep -v ' quern_' || true)
    [ -z "$extra" ] || fail "$library exports more than the C API: $extra"
    declared=$(grep -oE '\bquern_[a-z_]+\(' models/include/models/quern.h | tr -d '(' | sort -u)
    exported=$(nm -D --defined-only "$library" | grep -oE '\bquern_[a-z_]+$' | sort -u)
    [ "$declared" = "$exported" ] || fail "quern.h and $library differ: $(diff <(echo "$declared") <(echo "$exported"))"
fi

for program in embed embed-static; do
    status=0
    message=$("$work/build/$program" "$work/absent.quern" hello 2>&1) || status=$?
    [[ $status = 1 && $message == *absent.quern* ]] ||
        fail "$program with an absent model: exit code $status, message '$message'; expected 1 and the file's name"
done
[ -f "$model" ] || { echo "no model at $model: only the error path was run"; exit 0; }
for program in embed embed-static; do
    "$work/build/$program" "$model" "What is the capital of France?" >"$work/$program.txt"
    [ -s "$work/$program.txt" ] || fail "$program gave no answer"
done
cmp "$work/embed.txt" "$work/embed-static.txt" || fail "the static and the shared library answer differently"
