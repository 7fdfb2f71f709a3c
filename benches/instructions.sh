#!/usr/bin/env bash
# Instructions per payload for each kind of capture, counted by callgrind: unlike times, the same on a busy machine.
# What a start costs is taken off by counting two sizes. Needs valgrind; counts $WXSUB, or a fresh `dist` build.
set -euo pipefail
cd "$(dirname "$0")/.."

few=500 many=2500
target=${CARGO_TARGET_DIR:-target}
wxsub=${WXSUB:-$target/dist/wxsub}
[ -n "${WXSUB:-}" ] || cargo build --profile dist --locked --quiet

captures() { # how many callbacks
  local folder=$target/bench/corpora-$1
  [ -e "$folder" ] || python3 benches/corpora.py "$folder" "$1"
  echo "$folder"
}

one_thread=()
if "$wxsub" convert --help | grep -q -- --threads; then one_thread=(-j1); fi

count() { # a capture
  valgrind --tool=callgrind --callgrind-out-file=/dev/null \
    "$wxsub" convert --to jsonl --quiet "${one_thread[@]}" "$1" 2>&1 >/dev/null | awk '/Collected/ { print $4 }'
}

few_captures=$(captures $few) many_captures=$(captures $many)
echo "| capture       | instructions a payload | of a byte |"
echo "| ------------- | ---------------------: | --------: |"
for shape in json.jsonl xml.lines xml.pretty mixed.log wrapped.jsonl xml.crlf varied.jsonl odd.jsonl; do
  small=$few_captures/$shape large=$many_captures/$shape
  instructions=$(($(count "$large") - $(count "$small")))
  bytes=$(($(stat -c %s "$large") - $(stat -c %s "$small")))
  awk -v shape="$shape" -v all="$instructions" -v payloads=$((many - few)) -v bytes="$bytes" \
    'BEGIN { printf "| %-13s | %22.0f | %9.1f |\n", shape, all / payloads, all / bytes }'
done
