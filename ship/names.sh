# Sourced by the scripts of this folder: what each registry calls a platform, and how a program for it runs here.
# shellcheck shell=bash disable=SC2034

os=${platform:?} arch=${platform##*-}
os=${os%-*} exe='' kinds=(archive wheel npm) runner=()
case $platform in
  linux-x86_64) target=x86_64-unknown-linux-musl debian=amd64 node=linux-x64 ;;
  linux-aarch64) target=aarch64-unknown-linux-musl debian=arm64 node=linux-arm64 ;;
  windows-x86_64) target=x86_64-pc-windows-gnu exe=.exe python=win_amd64 node=win32-x64 runner=(/usr/lib/wine/wine64) ;;
  macos-x86_64) target=x86_64-apple-darwin python=macosx_11_0_x86_64 node=darwin-x64 ;;
  macos-aarch64) target=aarch64-apple-darwin python=macosx_11_0_arm64 node=darwin-arm64 ;;
  *) echo "ship: no packages are made for $platform" >&2 && exit 2 ;;
esac
if [ "$os" = linux ]; then
  kinds+=(deb image)
  # A static program needs no C library, so it runs with glibc and with musl.
  python=manylinux2014_$arch.manylinux_2_17_$arch.musllinux_1_1_$arch
  [ "$arch" = "$(uname -m)" ] || runner=("qemu-$arch-static")
fi
