#!/usr/bin/env bash
# Fails if a tag is not the version of the manifest: `ship/tag.sh v1.2.3`.
set -euo pipefail
cd "$(dirname "$0")/.."
version=$(sed -n '0,/^version = /s/^version = "\(.*\)"$/\1/p' Cargo.toml)
[ "$1" = "v$version" ] || { echo "ship: the tag is $1, and Cargo.toml says $version" >&2 && exit 1; }
