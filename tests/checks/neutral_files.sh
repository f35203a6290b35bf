#!/bin/bash
# No file of the project names a folder of somebody's machine or the host of a package registry.
source "$(dirname "$0")/lib.sh"

folders='(^|[^[:alnum:]_.$}-])/(work|root|tmp|home)/'
hosts='py[p]i\.|python[h]osted|debian\.or[g]|registry\.np[m]|crates\.i[o]|proxy\.golan[g]'
found=$(project_files | grep -v '^tests/checks/neutral_files\.sh$' | tr '\n' '\0' |
    xargs -0 grep -InE "$folders|$hosts" || true)
[ -z "$found" ] || { printf '%s\n' "$found"; fail "take these out"; }
