#!/usr/bin/env bash
# Builds all packages, installs and runs each, and reports: `ship/build.sh [OUT]`. OUT is target/ship if not given.
#
# Needs Rust, Python with venv, Node.js with npm, and root where a Debian package is missing. Nothing is published.
set -euo pipefail
out=$(realpath -m "${1:-$(dirname "$0")/../target/ship}")
cd "$(dirname "$0")/.."

{ command -v umoci && command -v qemu-aarch64-static; } > /dev/null || apt-get install -qy umoci qemu-user-static
rm -rf "$out"
mkdir -p "$out"

# What a user gets who builds from source.
cargo build --locked --profile dist --bin wxsub
reference=${CARGO_TARGET_DIR:-target}/dist/wxsub

report=$out/REPORT.md
{
  echo "| package | size | installed in | start | output |"
  echo "| --- | --: | --- | --: | --- |"
} > "$report"
for arch in x86_64 aarch64; do
  program=$(ship/compile.sh "$arch")
  ship/pack.sh "$program" "$arch" "$out"
  ship/try.sh "$out" "$arch" "$reference" >> "$report"
done

sbom=$PWD/target/ship-tools/sbom
[ -e "$sbom/bin/cargo-cyclonedx" ] || cargo install --quiet --locked --root "$sbom" cargo-cyclonedx@0.5.9
"$sbom/bin/cargo-cyclonedx" cyclonedx --quiet --format json --target x86_64-unknown-linux-musl --override-filename wxsub.cdx
mv wxsub.cdx.json "$out"

(cd "$out" && sha256sum -- *.tar.gz *.whl *.tgz *.deb *.tar *.json > SHA256SUMS && sha256sum --quiet --check SHA256SUMS)
cat "$report"
