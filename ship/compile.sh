#!/usr/bin/env bash
# Compiles the program: `ship/compile.sh PLATFORM`, one of those in `names.sh`. Prints the path of the program, which is
# static on Linux.
#
# The linker, the C compiler and the C library are Zig's, from PyPI, and for Windows MinGW's, from Debian. Rust's target is
# rustup's if it is installed (`rustup target add x86_64-unknown-linux-musl`). Else Debian's rustc-web compiles the standard
# library, too.
set -euo pipefail
platform=$1
cd "$(dirname "$0")/.."
. ship/names.sh

build=${CARGO_TARGET_DIR:-target}
tools=$PWD/target/ship-tools
build_with=zigbuild
if [ "$os" = windows ]; then
  command -v x86_64-w64-mingw32-gcc > /dev/null || apt-get install -qy gcc-mingw-w64-x86-64 >&2
  build_with=build
else
  ship/venv.sh "$tools" cargo-zigbuild==0.24.1 ziglang==0.17.1
fi
# Zig would ask for the newest macOS. The names of the wheels say the same.
export PATH=$tools/bin:$PATH CARGO_PROFILE_DIST_STRIP=symbols MACOSX_DEPLOYMENT_TARGET=11.0
# The paths of this machine stay out of the program.
export RUSTFLAGS="--remap-path-prefix=$PWD=wxsub --remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=cargo"

cargo=cargo options=()
if [ ! -d "$(rustc --print sysroot)/lib/rustlib/$target" ]; then
  [ -e /usr/lib/rustlib/src/rust/library ] || apt-get install -qy rustc-web rust-web-src cargo-web >&2
  cargo=/usr/bin/cargo options=("-Zbuild-std=std,panic_unwind")
  export RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1
  [ "$os" = macos ] || RUSTFLAGS+=" -Clink-self-contained=no"
fi
"$cargo" "$build_with" --locked --profile dist --bin wxsub --target "$target" "${options[@]}" >&2
echo "$build/$target/dist/wxsub$exe"
