# shellcheck shell=bash
# Shared by the checks: they run in the project's root, say why they fail, and end with 77 (which CTest reports as
# skipped) when a tool that they need is not installed.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$root"

skip() {
    echo "SKIPPED: $*"
    exit 77
}
fail() {
    echo "FAILED: $*"
    exit 1
}
need() { # need COMMAND PACKAGE
    command -v "$1" >/dev/null || skip "$1 is not installed (Debian package: $2)"
}
# The project's own files: what git tracks or would track; without git, everything outside build folders and the cache.
project_files() {
    if git rev-parse --is-inside-work-tree >/dev/null 2>&1; then
        git ls-files --cached --others --exclude-standard | while read -r file; do
            [ ! -f "$file" ] || echo "$file"
        done
    else
        find . -path './build*' -prune -o -path ./models/cache -prune -o -path ./.git -prune -o -type f -print |
            sed 's#^\./##'
    fi
}
