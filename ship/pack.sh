#!/usr/bin/env bash
# Packs a program that is compiled: `ship/pack.sh PROGRAM PLATFORM OUT [archive|wheel|npm|deb|image]…`.
# Without a kind, makes all that the platform has. Equal programs give equal packages if SOURCE_DATE_EPOCH is set.
set -euo pipefail

program=$(realpath "$1") platform=$2 out=$(realpath -m "$3")
shift 3
cd "$(dirname "$0")/.."
. ship/names.sh
[ $# -gt 0 ] || set -- "${kinds[@]}"
export WXSUB_LANG=en SOURCE_DATE_EPOCH="${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}"
# What prints the manual: the program, or for other systems than Linux the build from source.
told=("${runner[@]}" "$program")
[ "$os" = linux ] || told=("$(realpath "${CARGO_TARGET_DIR:-target}/dist/wxsub")")
version=$("${told[@]}" --version)
version=${version#wxsub }
stage=$(mktemp -d)
trap 'rm -r "$stage"' EXIT
umask 022

# Puts into a folder what every package holds beside the program.
documents() { # folder
  mkdir -p "$1"
  cp README.md LICENSE-APACHE LICENSE-MIT "$1"
}

completions() { # shell
  "${told[@]}" completions "$1"
}

archive() {
  local name=wxsub-$version-$platform
  local folder=$stage/$name
  documents "$folder"
  cp README.zh-CN.md CHANGELOG.md "$folder"
  install -m 755 "$program" "$folder/wxsub$exe"
  mkdir "$folder/completions"
  if [ "$os" = windows ]; then
    completions powershell > "$folder/completions/wxsub.ps1"
    find "$folder" -exec touch -d "@$SOURCE_DATE_EPOCH" {} +
    rm -f "$out/$name.zip"
    (cd "$stage" && TZ=UTC python3 -m zipfile --create "$out/$name.zip" "$name")
    return
  fi
  mkdir "$folder/man"
  completions bash > "$folder/completions/wxsub.bash"
  completions zsh > "$folder/completions/_wxsub"
  completions fish > "$folder/completions/wxsub.fish"
  "${told[@]}" man --dir "$folder/man"
  tar --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$SOURCE_DATE_EPOCH" -C "$stage" -c "$name" |
    gzip -9n > "$out/$name.tar.gz"
}

# The tools are PyPA's. Maturin would compile once more.
wheel() {
  local tools=$PWD/target/ship-tools/wheel folder=$stage/wheel
  ship/venv.sh "$tools" hatchling==1.33.0 wheel==0.48.0
  documents "$folder"
  sed "s/@PROGRAM@/wxsub$exe/g" ship/python/pyproject.toml > "$folder/pyproject.toml"
  cp Cargo.toml "$folder"
  install -m 755 "$program" "$folder/wxsub$exe"
  (cd "$folder" && "$tools/bin/hatchling" build --target wheel > /dev/null 2>&1)
  "$tools/bin/wheel" tags --remove --python-tag py3 --abi-tag none --platform-tag "$python" "$folder"/dist/*.whl > /dev/null
  cp "$folder"/dist/*.whl "$out"
}

npm_packages() {
  local folder=$stage/npm
  documents "$folder/main"
  documents "$folder/platform"
  cp ship/npm/package.json ship/npm/wxsub.js "$folder/main"
  cp ship/npm/platform.json "$folder/platform/package.json"
  install -m 755 "$program" "$folder/platform/wxsub$exe"
  # The names of all platforms stand in package.json, so the package is the same whatever was compiled.
  npm --prefix "$folder/main" pkg set "version=$version" \
    "optionalDependencies[@wxsub/"{linux-x64,linux-arm64,win32-x64,darwin-x64,darwin-arm64}"]=$version"
  npm --prefix "$folder/platform" pkg set "version=$version" "name=@wxsub/$node" "os[0]=${node%-*}" "cpu[0]=${node#*-}" \
    "files[0]=wxsub$exe" "files[1]=LICENSE-*"
  npm pack --silent --pack-destination "$out" "$folder/main" "$folder/platform" > /dev/null
}

deb() {
  local folder=$stage/deb
  install -D -m 755 "$program" "$folder/usr/bin/wxsub"
  local share=$folder/usr/share
  mkdir -p "$share/bash-completion/completions" "$share/zsh/vendor-completions" "$share/fish/vendor_completions.d" \
    "$share/man/man1" "$share/doc/wxsub" "$folder/DEBIAN"
  completions bash > "$share/bash-completion/completions/wxsub"
  completions zsh > "$share/zsh/vendor-completions/_wxsub"
  completions fish > "$share/fish/vendor_completions.d/wxsub.fish"
  "${told[@]}" man --dir "$share/man/man1"
  gzip -9n "$share/man/man1"/*
  cp README.md README.zh-CN.md "$share/doc/wxsub"
  cat LICENSE-MIT LICENSE-APACHE > "$share/doc/wxsub/copyright"
  gzip -9n < CHANGELOG.md > "$share/doc/wxsub/changelog.gz"
  cat > "$folder/DEBIAN/control" <<CONTROL
Package: wxsub
Version: $version
Architecture: $debian
Maintainer: The wxsub developers <wxsub@wxsub.invalid>
Section: utils
Priority: optional
Installed-Size: $(du -sk --apparent-size "$folder/usr" | cut -f 1)
Description: reads WeChat subscribe-message callbacks
 Shows, converts, checks and counts callbacks in captures and logs.
CONTROL
  dpkg-deb --build --root-owner-group "$folder" "$out/wxsub_${version}_$debian.deb" > /dev/null
}

# An OCI image with the program alone, and a folder for temporary files.
image() {
  local folder=$stage/image created
  created=$(date -u -d "@$SOURCE_DATE_EPOCH" +%Y-%m-%dT%H:%M:%SZ)
  mkdir "$stage/tmp"
  chmod 1777 "$stage/tmp"
  touch -d "@$SOURCE_DATE_EPOCH" "$stage/tmp"
  install -m 755 "$program" "$stage/wxsub"
  touch -d "@$SOURCE_DATE_EPOCH" "$stage/wxsub"
  umoci init --layout "$folder"
  umoci new --image "$folder:$version"
  umoci insert --image "$folder:$version" --history.created "$created" "$stage/tmp" /tmp
  umoci insert --image "$folder:$version" --history.created "$created" "$stage/wxsub" /usr/bin/wxsub
  umoci config --image "$folder:$version" --history.created "$created" --created "$created" \
    --os linux --architecture "$debian" --config.entrypoint /usr/bin/wxsub
  umoci gc --layout "$folder"
  tar --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$SOURCE_DATE_EPOCH" -C "$folder" \
    -cf "$out/wxsub-$version-linux-$debian.oci.tar" .
}

mkdir -p "$out"
for kind in "$@"; do
  case $kind in
    archive | wheel | deb | image) "$kind" ;;
    npm) npm_packages ;;
    *) echo "ship: no package is called $kind" >&2 && exit 2 ;;
  esac
done
