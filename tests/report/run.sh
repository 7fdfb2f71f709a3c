#!/usr/bin/env bash
# Makes pages and looks at them in Chromium. Takes the program; installs what it needs as root on Debian, and Node's
# package below target/. Pages, pictures and prints are kept in target/report.
set -euo pipefail
program=$(realpath "${1:-target/release/wxsub}")
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/../.."

if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
  echo "== node and npm are missing: pages were NOT looked at"
  exit 0
fi
if ! [ -x /usr/bin/chromium ] && ! command -v apt-get >/dev/null; then
  echo "== chromium is missing: pages were NOT looked at"
  exit 0
fi
if ! [ -x /usr/bin/chromium ] || ! [ -d /usr/share/fonts/opentype/noto ]; then
  apt-get update -qq
  apt-get install -qy --no-install-recommends chromium fonts-noto-cjk
fi
npm install --silent --no-audit --no-fund --prefix target/report/node playwright-core@1.64.1

captures=target/report/captures pages=target/report/pages
rm -rf "$captures" "$pages"
mkdir -p "$pages"
python3 "$here/captures.py" "$captures"
for lang in en zh; do
  for name in busy day single empty; do
    "$program" report --quiet --exit-zero --lang "$lang" --tz Asia/Shanghai \
      -o "$pages/$name.$lang.html" "$captures/$name.log" 2>/dev/null
  done
  "$program" report --quiet --exit-zero --lang "$lang" --title '</title><script>alert(3)</script>' \
    -o "$pages/hostile.$lang.html" "$captures/\"><script>alert(2)<.log" 2>/dev/null
done
node "$here/check.js" "$PWD/target/report/node/node_modules/playwright-core" "$PWD/$pages"
