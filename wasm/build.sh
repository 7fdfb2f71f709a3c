#!/usr/bin/env bash
# Builds the npm package and the page: target/wasm/dist/package and target/wasm/dist/page.html. Needs Rust and Node.js.
#
# If Rust has no standard library for wasm32-unknown-unknown (`rustup target add wasm32-unknown-unknown`), it is built from
# Debian's sources, with Debian's compiler, which are installed as root.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/.."
out=target/wasm dist=target/wasm/dist
target=wasm32-unknown-unknown

# The paths of this machine stay out of the module.
remap="--remap-path-prefix=$PWD=wxsub --remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=cargo"
build() {
  RUSTFLAGS=$remap cargo build --locked --package wxsub-wasm --profile wasm --target $target --target-dir "$out" "$@"
}

build_with_debian() {
  if ! [ -x /usr/bin/rustc ] || ! [ -d /usr/lib/rustlib/src/rust/library ] || ! [ -e /usr/bin/rust-lld ]; then
    apt-get update -qq
    apt-get install -qy --no-install-recommends rustc-web rust-web-src rust-web-llvm lld-22
  fi
  RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1 build -Zbuild-std=std,panic_abort
}

if [ -d "$(rustc --print sysroot)/lib/rustlib/$target" ]; then build; else build_with_debian; fi

rm -rf "$dist"
mkdir -p "$dist"
cp -r wasm/package wasm/page "$dist"
cp wasm/README.md LICENSE-APACHE LICENSE-MIT "$dist/package"
cargo run --quiet --locked --package wxsub-wasm-bindgen -- "$out/$target/wasm/wxsub_wasm.wasm" "$dist/package"

# The page is one script. `wasm-opt -Oz` would make the module 4 % smaller, but the page, which has it compressed, 0.4 %.
npm install --silent --no-audit --no-fund --prefix "$out/node" esbuild@0.28.2
cp wasm/page/make.mjs "$out/node"
node "$out/node/make.mjs" "$dist" "$dist/page.html"
rm -r "$dist/page"
wc -c "$dist/package/module_bg.wasm" "$dist/page.html"
