#!/usr/bin/env bash
# Compiles a static program: `ship/compile.sh x86_64|aarch64`. Prints the path of the program.
#
# The linker, the C compiler and the C library are Zig's, from PyPI. Rust's target is rustup's if it is installed
# (`rustup target add x86_64-unknown-linux-musl`). Else Debian's rustc-web compiles the standard library, too.
set -euo pipefail
cd "$(dirname "$0")/.."

target=$1-unknown-linux-musl
build=${CARGO_TARGET_DIR:-target}
tools=$PWD/target/ship-tools
ship/venv.sh "$tools" cargo-zigbuild==0.24.1 ziglang==0.17.1
export PATH=$tools/bin:$PATH CARGO_PROFILE_DIST_STRIP=symbols
# The paths of this machine stay out of the program.
export RUSTFLAGS="--remap-path-prefix=$PWD=wxsub --remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=cargo"

cargo=cargo options=()
if [ ! -d "$(rustc --print sysroot)/lib/rustlib/$target" ]; then
  [ -e /usr/lib/rustlib/src/rust/library ] || apt-get install -qy rustc-web rust-web-src cargo-web >&2
  cargo=/usr/bin/cargo options=("-Zbuild-std=std,panic_unwind")
  export RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1 RUSTFLAGS="$RUSTFLAGS -Clink-self-contained=no"
fi
"$cargo" zigbuild --locked --profile dist --bin wxsub --target "$target" "${options[@]}" >&2
echo "$build/$target/dist/wxsub"
