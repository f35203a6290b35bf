#!/bin/sh
# Checks for the tools that Quern's make targets need and installs what is missing with the system's
# package manager: as root, through sudo when it asks no password, or with brew. Otherwise prints the
# one line to run and fails. Prints nothing when everything is there.
#
#   install-tools.sh          what `make build` needs: a C++20 compiler, CMake 3.20 or later
#   install-tools.sh --model  what models/fetch-model.sh needs: Python with pip
#   install-tools.sh --test   what `make build` and `make test` need: doctest, Ninja, and the tools of tests/checks, of
#                             which none is required: without one its check is reported as skipped.
set -eu

compiler=${CXX:-c++}

# One function per tool: true if it is there.
has_command() { command -v "$1" >/dev/null 2>&1; }
has_compiler() {
    has_command "$compiler" || return 1
    printf '#include <compare>\n#include <concepts>\n#include <span>\nstd::span<const int> s;\n' |
        "$compiler" -std=c++20 -fsyntax-only -x c++ - >/dev/null 2>&1
}
has_cmake() {
    has_command cmake || return 1
    version=$(cmake --version | sed -n '1s/^cmake version //p')
    major=${version%%.*}
    minor=${version#*.}
    minor=${minor%%.*}
    [ "$major" -gt 3 ] || { [ "$major" -eq 3 ] && [ "$minor" -ge 20 ]; }
}
has_pip() { has_command python3 && python3 -m pip --version >/dev/null 2>&1; }
has_doctest() {
    for folder in /usr/include /usr/local/include /opt/homebrew/include; do
        [ -f "$folder/doctest/doctest.h" ] && return 0
    done
    return 1
}
has_make() { has_command make; }
has_ninja() { has_command ninja; }
has_binutils() { has_command nm; }
has_clang() { has_command clang++; }
has_clang_sanitizers() { # their runtime libraries
    echo 'int main() {}' | clang++ -fsanitize=address,undefined -x c++ - -o /dev/null >/dev/null 2>&1
}
has_clang_format() { has_command clang-format; }
has_aarch64() { has_command aarch64-linux-gnu-g++; }
has_shellcheck() { has_command shellcheck; }
has_qemu() { has_command qemu-aarch64; }

# What a package manager calls the package of a tool; empty: it has none.
#         tool         apt-get                dnf                    pacman                apk            brew
packages='
    compiler     g++                    gcc-c++                gcc                   g++            gcc
    cmake        cmake                  cmake                  cmake                 cmake          cmake
    make         make                   make                   make                  make           make
    ninja        ninja-build            ninja-build            ninja                 samurai        ninja
    pip          python3-pip            python3-pip            python-pip            py3-pip        python
    doctest      doctest-dev            doctest-devel          doctest               doctest-dev    doctest
    binutils     binutils               binutils               binutils              binutils       -
    clang        clang                  clang                  clang                 clang          -
    clang_sanitizers libclang-rt-dev    compiler-rt            compiler-rt           compiler-rt    -
    clang_format clang-format           clang-tools-extra      clang                 clang-extra-tools clang-format
    shellcheck   shellcheck             ShellCheck             shellcheck            shellcheck     shellcheck
    aarch64      g++-aarch64-linux-gnu  -                      aarch64-linux-gnu-gcc -              -
    qemu         qemu-user              qemu-user              qemu-user             qemu-aarch64   -
'
find_manager() {
    column=2
    for manager in apt-get dnf pacman apk brew; do
        has_command "$manager" && return 0
        column=$((column + 1))
    done
    manager=''
}
package_of() {
    printf '%s\n' "$packages" | awk -v tool="$1" -v column="$column" \
        '$1 == tool && $column != "-" { print $column }'
}

# make_install_line SUDO PACKAGES...: sets install_line to the command that installs them.
make_install_line() {
    case $manager in
        apt-get) install_line="apt-get update && $1apt-get install -y --no-install-recommends" ;;
        dnf) install_line='dnf install -y' ;;
        pacman) install_line='pacman -Sy --noconfirm --needed' ;;
        apk) install_line='apk add' ;;
        brew) install_line='brew install' ;;
    esac
    prefix=$1
    shift
    install_line="$prefix$install_line $*"
}

describe() {
    for tool in $1; do
        case $tool in
            compiler) printf ' a C++20 compiler,' ;;
            cmake) printf ' CMake 3.20 or later,' ;;
            pip) printf ' Python 3 with pip,' ;;
            *) printf ' %s,' "$tool" ;;
        esac
    done | sed 's/,$//'
}
# Sets absent to those of the tools "$@" that are not there.
missing() {
    absent=''
    for tool in "$@"; do
        "has_$tool" || absent="$absent $tool"
    done
}

# install HOW TOOLS...: installs those of the tools that are absent. HOW: required (fails if one is still
# absent afterwards) or optional (says so and goes on).
install() {
    how=$1
    shift
    missing "$@"
    [ -n "$absent" ] || return 0

    find_manager
    wanted=''
    for tool in $absent; do
        wanted="$wanted $(package_of "$tool")"
    done
    # shellcheck disable=SC2086 # a list of package names
    set -- $wanted
    install_line=''
    if [ -n "$manager" ] && [ $# -gt 0 ]; then
        sudo=''
        [ "$(id -u)" -eq 0 ] || [ "$manager" = brew ] || sudo='sudo '
        make_install_line "$sudo" "$@"
        if [ -z "$sudo" ] || sudo -n true 2>/dev/null; then
            echo "Installing:$wanted" >&2
            # Quiet unless it fails; the exit code is judged by looking again for the tools.
            log=$(DEBIAN_FRONTEND=noninteractive sh -c "$install_line" 2>&1 </dev/null) || printf '%s\n' "$log" >&2
        fi
        # shellcheck disable=SC2086
        missing $absent
        [ -n "$absent" ] || return 0
    fi
    if [ "$how" = optional ]; then
        echo "Not found:$absent. Their checks will be reported as skipped.${install_line:+ To install: $install_line}" >&2
        return 0
    fi
    echo "Quern needs what is not here:$(describe "$absent")." >&2
    if [ -n "$install_line" ]; then
        echo "Run this, then try again:" >&2
        echo "    $install_line" >&2
    else
        echo "No known package manager is here either: install it by hand, then try again." >&2
    fi
    exit 1
}

case ${1-} in
    '') install required compiler cmake make ;;
    --model) install required pip ;;
    --test)
        install required compiler cmake make doctest ninja
        install optional binutils clang clang_format shellcheck aarch64 qemu
        install optional clang_sanitizers
        ;;
    *)
        echo "install-tools.sh: unknown option '$1'; it takes --model, --test or nothing" >&2
        exit 2
        ;;
esac
