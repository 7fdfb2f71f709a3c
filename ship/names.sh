# Sourced by the scripts of this folder: what each registry calls a machine, and how a program for it runs here.
# shellcheck shell=bash disable=SC2034

case ${arch:?} in
  x86_64) debian=amd64 node=x64 ;;
  aarch64) debian=arm64 node=arm64 ;;
  *) echo "ship: no packages are made for $arch" >&2 && exit 2 ;;
esac

runner=()
[ "$arch" = "$(uname -m)" ] || runner=("qemu-$arch-static")
