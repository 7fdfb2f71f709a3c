#!/usr/bin/env bash
# Builds the npm package and the page, and tests both as their users have them: the package in Node and TypeScript, the page
# in Chromium. Installs what it needs as root on Debian, and packages of npm below target/. `--node` leaves Chromium out.
#
# With WXSUB, the path of the program, the package must say what the program says.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/.."
out=$PWD/target/wasm
dist=$out/dist use=$out/use

[ -n "${WXSUB_BUILT:-}" ] || "$here/build.sh"

rm -rf "$use"
mkdir -p "$use"
(cd "$use" && npm pack --silent "$dist/package" >/dev/null)
npm install --silent --no-audit --no-fund --prefix "$use" "$use"/wxsub-*.tgz typescript@7.0.2
cp "$here"/tests/{package.test.mjs,types.ts} "$use"
(cd "$use" && WXSUB_TREE="$here/.." node --test package.test.mjs)
(cd "$use" && npx --no-install tsc --noEmit --strict --module nodenext --target es2022 --types "" types.ts)
node "$here/tests/readme.mjs" "$here/README.md" "$use/example.mjs" "$use/example.out"
(cd "$use" && node example.mjs | diff example.out -)
echo "the package: tests, types and the example of its README pass"

[ "${1:-}" != --node ] || exit 0
if ! [ -x /usr/bin/chromium ] || ! [ -d /usr/share/fonts/opentype/noto ]; then
  apt-get update -qq
  apt-get install -qy --no-install-recommends chromium fonts-noto-cjk
fi
npm install --silent --no-audit --no-fund --prefix "$out/node" playwright-core@1.64.1
rm -rf "$out/captures" "$out/pictures"
mkdir -p "$out/pictures"
python3 tests/report/captures.py "$out/captures"
node "$here/tests/page.js" "$out/node/node_modules/playwright-core" "$dist/page.html" \
  "$out/captures/\"><script>alert(2)<.log" "$out/pictures"
