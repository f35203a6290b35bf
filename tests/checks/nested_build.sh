#!/bin/bash
# Builds the project again in another configuration and runs that build's unit tests: those of the tensors with each
# instruction set forced, those of the models only with the best one.
# nested_build.sh PRESET FOLDER JOBS TARGET TESTS [CMake options...]
#   FOLDER   is reused, so later runs are incremental
#   TARGET   what is built; all for everything
#   TESTS    a regular expression: names of the tests to run
source "$(dirname "$0")/lib.sh"

preset=$1 folder=$2 jobs=$3 target=$4 tests=$5
shift 5
for option in "$@"; do
    [[ $option != -DCMAKE_CXX_COMPILER=* ]] || need "${option#*=}" "${option#*=}"
done
if [ "$preset" = aarch64 ]; then
    need aarch64-linux-gnu-g++ g++-aarch64-linux-gnu
    need qemu-aarch64 qemu-user
fi
cmake --preset "$preset" -B "$folder" --log-level=WARNING -DCMAKE_TARGET_MESSAGES=OFF -DQUERN_BUILD_TESTS=ON "$@"
cmake --build "$folder" -j "$jobs" --target "$target"
ctest --test-dir "$folder" -j "$jobs" -R "$tests" -E '^(tensor$|models-)' --output-on-failure --no-tests=error
