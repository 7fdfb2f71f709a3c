#!/usr/bin/env bash
# Builds the C library and runs the examples in each language that is installed. `ffi/test.sh --install` installs the
# languages first, as root on Debian.
set -euo pipefail
cd "$(dirname "$0")/.."
out=target/ffi
mkdir -p "$out"

if [ "${1:-}" = --install ]; then
  apt-get update -qq
  apt-get install -qy --no-install-recommends gcc g++ valgrind php-cli default-jdk-headless libjna-java golang-go
fi

cargo test --locked --quiet --package wxsub-ffi
cargo build --locked --quiet --package wxsub-ffi
folder=$PWD/target/debug
library=$folder/libwxsub_ffi.so archive=$folder/libwxsub_ffi.a
capture=examples/payloads/app.log
# What the archive needs, as `cargo rustc -- --print native-static-libs` says.
system=(-lgcc_s -lutil -lrt -lpthread -lm -ldl -lc)
tried=() missing=()

# Compares what an example prints with the events of the capture.
expect() {
  local name=$1
  shift
  "$@" < "$capture" > "$out/$name.out" 2> "$out/$name.err" || { cat "$out/$name.err"; exit 1; }
  diff - "$out/$name.out" <<'EVENTS'
subscribe_msg_change_event o0LloXjEDNrbUldTysPkh4uS-Haw
subscribe_msg_sent_event oJfCqwk4Usmld18eqDsp_0SYqBdK
EVENTS
  tried+=("$name")
}

if command -v cc >/dev/null; then
  strict=(-Wall -Wextra -Werror -pedantic -Iffi/include)
  cc -std=c99 "${strict[@]}" ffi/examples/decode.c "$archive" "${system[@]}" -o "$out/decode-static"
  cc -std=c99 "${strict[@]}" ffi/examples/decode.c "$library" -Wl,-rpath,"$folder" -o "$out/decode-shared"
  cc -x c++ -std=c++11 "${strict[@]}" -fsyntax-only ffi/include/wxsub.h
  for kind in static shared; do
    "$out/decode-$kind" < "$capture" > "$out/$kind.json"
    grep -q '^{"records":\[{"event":"subscribe_msg_change_event".*"code":"other-event".*}$' "$out/$kind.json"
  done
  tried+=(C)
  if command -v valgrind >/dev/null; then
    for file in examples/payloads/* examples/logs/*; do
      valgrind --quiet --leak-check=full --error-exitcode=9 "$out/decode-static" < "$file" > /dev/null
    done
    tried+=(valgrind)
  else
    missing+=(valgrind)
  fi
else
  missing+=(C)
fi

if command -v php >/dev/null; then
  expect PHP php -d ffi.enable=1 ffi/examples/decode.php "$library"
else
  missing+=(PHP)
fi

jna=/usr/share/java/jna.jar
if command -v java >/dev/null && [ -e "$jna" ]; then
  expect Java java -cp "$jna" ffi/examples/Decode.java "$library"
else
  missing+=(Java)
fi

if command -v go >/dev/null; then
  export CGO_CFLAGS="-I$PWD/ffi/include" CGO_LDFLAGS="-L$folder -lwxsub_ffi -Wl,-rpath,$folder"
  GOFLAGS=-mod=mod GO111MODULE=off go build -o "$out/decode-go" ffi/examples/decode.go
  expect Go "$out/decode-go"
else
  missing+=(Go)
fi

echo "tried: ${tried[*]}; not installed, NOT tried: ${missing[*]:-nothing}"
