#!/usr/bin/env bash
# Builds all packages, installs and runs each, and reports: `ship/build.sh [OUT]`. OUT is target/ship if not given.
#
# Needs Rust, Python, Node.js with npm, and root where a Debian package is missing. Nothing is published.
set -euo pipefail
out=$(realpath -m "${1:-$(dirname "$0")/../target/ship}")
cd "$(dirname "$0")/.."

{ command -v umoci && command -v qemu-aarch64-static && [ -e /usr/lib/wine/wine64 ]; } > /dev/null ||
  apt-get install -qy umoci qemu-user-static wine64
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
for platform in linux-x86_64 linux-aarch64 windows-x86_64 macos-x86_64 macos-aarch64; do
  program=$(ship/compile.sh "$platform")
  ship/pack.sh "$program" "$platform" "$out"
  ship/try.sh "$out" "$platform" "$reference" >> "$report"
done

# For Node and browsers. What it says is compared with the reference.
WXSUB=$(realpath "$reference") wasm/test.sh --node
module=$(realpath target/wasm/use/wxsub-wasm-*.tgz)
cp "$module" "$out"
size=$(stat -c %s "$module" | numfmt --to=si --format=%.1f)
echo "| \`${module##*/}\` | ${size}B | a folder, by npm | | equal |" >> "$report"

sbom=$PWD/target/ship-tools/sbom
[ -e "$sbom/bin/cargo-cyclonedx" ] || cargo install --quiet --locked --root "$sbom" cargo-cyclonedx@0.5.9
"$sbom/bin/cargo-cyclonedx" cyclonedx --quiet --format json --target x86_64-unknown-linux-musl --override-filename wxsub.cdx
mv wxsub.cdx.json "$out"
# The tool writes one for each member of the workspace.
find ffi wasm -name wxsub.cdx.json -delete

(cd "$out" && sha256sum -- *.tar.gz *.zip *.whl *.tgz *.deb *.tar *.json > SHA256SUMS && sha256sum --quiet --check SHA256SUMS)
cat "$report"
