#!/usr/bin/env bash
# Prints what the change log says of a release: `ship/notes.sh v1.2.3`.
set -euo pipefail
cd "$(dirname "$0")/.."
notes=$(awk -v version="${1#v}" '/^## /{ inside = $2 == version; next } inside' CHANGELOG.md)
[ -n "$notes" ] || { echo "ship: CHANGELOG.md says nothing of ${1#v}" >&2 && exit 1; }
printf '%s\n' "$notes"
