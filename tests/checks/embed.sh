#!/bin/bash
# A C program outside of the tree finds the installed package, links the shared and the static library, and runs.
# As a part of another project only the libraries are built. The shared library exports the C API and nothing else.
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

# The tree inside of another project: the libraries alone, which need no doctest. Configuring shows it.
mkdir -p "$work/parent"
cat >"$work/parent/CMakeLists.txt" <<EOF
cmake_minimum_required(VERSION 3.20)
project(parent LANGUAGES C CXX)
add_subdirectory("$root" quern)
if(NOT TARGET quern::quern OR TARGET quern-chat OR TARGET test-tensor)
  message(FATAL_ERROR "expected the libraries and nothing else")
endif()
EOF
cmake -S "$work/parent" -B "$work/parent/build" --log-level=WARNING -DCMAKE_DISABLE_FIND_PACKAGE_doctest=ON --no-warn-unused-cli

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
    [[ $status = 3 && $message == *absent.quern* ]] ||
        fail "$program with an absent model: exit code $status, message '$message'; expected 3 and the file's name"
done
[ -f "$model" ] || { echo "no model at $model: only the error path was run"; exit 0; }
for program in embed embed-static; do
    "$work/build/$program" "$model" "What is the capital of France?" >"$work/$program.txt"
    [ -s "$work/$program.txt" ] || fail "$program gave no answer"
done
alone=$("$work/build/batch" "$model" "The capital of France")
together=$("$work/build/batch" "$model" "The capital of France" "One, two,")
[[ $together = "$alone"?* ]] || fail "a text in a batch is '$together', alone it is '$alone'"
cmp "$work/embed.txt" "$work/embed-static.txt" || fail "the static and the shared library answer differently"
