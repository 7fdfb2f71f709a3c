#!/usr/bin/env bash
# Installs packages, each into an empty place, and runs them: `ship/try.sh OUT PLATFORM REFERENCE [KIND…]`.
#
# What each prints must be what REFERENCE prints, a program that was built from source. Programs for another processor run
# in Debian's qemu-user, those for Windows in its wine. Those for macOS are installed only. Nothing is taken from a
# registry. Prints a row of the report for each package.
set -euo pipefail

# A chroot and the database of dpkg ask for root, be it one that a user is in a namespace of their own.
[ "$(id -u)" = 0 ] || exec unshare --map-root-user "$0" "$@"

out=$(realpath "$1") platform=$2 reference=$(realpath "$3")
shift 3
cd "$(dirname "$0")/.."
. ship/names.sh
[ $# -gt 0 ] || set -- "${kinds[@]}"
is_own=''
[ "$platform" != "linux-$(uname -m)" ] || is_own=yes
version=$("$reference" --version)
version=${version#wxsub }
place=$(mktemp -d)
export WINEPREFIX=$place/wine WINEDEBUG=-all
finish() {
  [ ! -e "$WINEPREFIX" ] || /usr/lib/wine/wineserver64 --kill || true
  rm -r "$place"
}
trap finish EXIT
if [ "$os" = windows ]; then
  "${runner[@]}" wineboot --init 2> /dev/null
  library=$WINEPREFIX/drive_c/windows/system32/bcryptprimitives.dll
  [ -e "$library" ] || x86_64-w64-mingw32-gcc -shared -o "$library" ship/wine/prng.c -ladvapi32
fi

# The functions named like kinds install one. They set:
package='' # its file
where=''   # the place, in words
installed=() # how to run it

archive() {
  local folder=$place/archive/wxsub-$version-$platform file files
  where='a folder'
  if [ "$os" = windows ]; then
    package=${folder##*/}.zip files=(completions/wxsub.ps1)
    python3 -m zipfile --extract "$out/$package" "$place/archive"
  else
    package=${folder##*/}.tar.gz files=(completions/wxsub.bash completions/_wxsub completions/wxsub.fish man/wxsub-convert.1)
    tar -C "$place/archive" -xf "$out/$package"
  fi
  for file in "${files[@]}" LICENSE-MIT; do
    [ -s "$folder/$file" ] || { echo "ship: $package has no $file" >&2 && return 1; }
  done
  installed=("${runner[@]}" "$folder/wxsub$exe")
}

wheel() {
  package=wxsub-$version-py3-none-$python.whl
  if [ -n "$is_own" ]; then
    where='a venv'
    ship/venv.sh "$place/wheel" --no-index --find-links "$out" "wxsub==$version"
  else
    where='a folder, by pip'
    python3 -m pip install --quiet --no-index --find-links "$out" --target "$place/wheel" \
      --only-binary :all: --platform "${python%%.*}" "wxsub==$version" 2> "$place/pip.log" || { cat "$place/pip.log" >&2 && return 1; }
  fi
  installed=("${runner[@]}" "$place/wheel/bin/wxsub$exe")
}

npm() {
  package=wxsub-$node-$version.tgz where='an npm prefix'
  local foreign=()
  # npm refuses a package for another machine that it is told by name.
  [ -n "$is_own" ] || foreign=(--force)
  command npm install --loglevel error --global --offline --cache "$place/npm-cache" --prefix "$place/npm" "${foreign[@]}" \
    "$out/wxsub-$version.tgz" "$out/$package" > /dev/null
  installed=("$place/npm/bin/wxsub")
  [ -n "$is_own" ] || installed=("${runner[@]}" "$place/npm/lib/node_modules/@wxsub/$node/wxsub$exe")
}

deb() {
  package=wxsub_${version}_$debian.deb where='a root of dpkg'
  mkdir -p "$place"/deb/var/lib/dpkg/{info,updates}
  touch "$place/deb/var/lib/dpkg/status"
  dpkg --root="$place/deb" --force-architecture --force-script-chrootless --install "$out/$package" > "$place/dpkg.log" 2>&1 ||
    { cat "$place/dpkg.log" >&2 && return 1; }
  local share=$place/deb/usr/share file
  for file in bash-completion/completions/wxsub man/man1/wxsub-convert.1.gz doc/wxsub/copyright; do
    [ -s "$share/$file" ] || { echo "ship: $package has no $file" >&2 && return 1; }
  done
  installed=("${runner[@]}" "$place/deb/usr/bin/wxsub")
}

# The root holds the program, an empty /tmp and nothing else: no C library.
image() {
  package=wxsub-$version-linux-$debian.oci.tar where='a chroot'
  mkdir "$place/layout"
  tar -C "$place/layout" -xf "$out/$package"
  umoci unpack --image "$place/layout:$version" "$place/image/bundle"
  local root=$place/image/bundle/rootfs
  cp -r examples "$root"
  [ -z "${runner[*]}" ] || cp "$(command -v "${runner[0]}")" "$root"
  installed=(chroot "$root" "${runner[@]/#/\/}" /usr/bin/wxsub)
}

# Runs the first jobs of the README, one with a finding, and prints what they print and their status.
jobs_of() { # program…
  local job
  for job in "convert --event sent examples/logs/nginx.log" "check examples/payloads" "convert --to xml examples/payloads"; do
    # shellcheck disable=SC2086
    env -i PATH="$PATH" WINEPREFIX="$WINEPREFIX" WINEDEBUG="$WINEDEBUG" WXSUB_LANG=en "$@" $job 2>&1 || echo "status $?"
  done
}

# Paths of Windows as they are elsewhere.
with_slashes() {
  if [ "$os" = windows ]; then sed 's#examples/payloads\\#examples/payloads/#g'; else cat; fi
}

# How long a start takes, of 20.
start_time() { # program…
  local before=${EPOCHREALTIME/./}
  for _ in {1..20}; do "$@" --version > /dev/null; done
  awk -v all=$((${EPOCHREALTIME/./} - before)) 'BEGIN { printf "%.1f ms", all / 20000 }'
}

# A signal to what npm installed ends the program: the substitution would wait for one that is left behind.
ends_by_signal() { # program…
  # shellcheck disable=SC2016
  timeout 30 bash -c 'shown=$("$@" parse < <(sleep 40) & sleep 1; kill -TERM $!; wait $! || echo $?); [ "$shown" = 143 ]' - "$@"
}

jobs_of "$reference" > "$place/expected"
grep -q '^{"event"' "$place/expected" && grep -q '^status 1$' "$place/expected"
for kind in "$@"; do
  mkdir "$place/$kind"
  "$kind"
  size=$(stat -c %s "$out/$package" | numfmt --to=si --format=%.1f)
  if [ "$os" = macos ]; then
    echo "| \`$package\` | ${size}B | $where | | not run |"
    continue
  fi
  jobs_of "${installed[@]}" | with_slashes > "$place/printed"
  cmp "$place/expected" "$place/printed" || { echo "ship: $package prints something else" >&2 && exit 1; }
  if [ "$kind-$is_own" = npm-yes ]; then
    ends_by_signal "${installed[@]}" || { echo "ship: a signal does not end $package" >&2 && exit 1; }
  fi
  echo "| \`$package\` | ${size}B | $where | $(start_time "${installed[@]}") | equal |"
done
