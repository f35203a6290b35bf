#!/bin/bash
# Shell scripts pass shellcheck.
source "$(dirname "$0")/lib.sh"

need shellcheck shellcheck
project_files | grep -E '\.sh$|^\.ci/run$' | tr '\n' '\0' | xargs -0 shellcheck -x -P tests/checks
