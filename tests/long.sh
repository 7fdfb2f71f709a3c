#!/usr/bin/env bash
# The long runs whose figures stand in docs/testing.md.
#
#   tests/long.sh                     names the runs
#   tests/long.sh torn fuzz           makes two of them, one after the other
#   CASES=20000 tests/long.sh torn    with another number of cases
#   SECONDS_EACH=60 tests/long.sh fuzz
#
# A run ends with status 0 if nothing was lost, invented or different.
set -euo pipefail
cd "$(dirname "$0")/.."

# Runs a test of drawn cases, optimised: CASES of them, or as many as the second argument says.
drawn() {
  local test=$1 cases=${CASES:-$2}
  printf '\n== %s, %s cases\n' "$test" "$cases"
  PROPTEST_CASES=$cases cargo test --locked --release --test suite -- "$test::" --nocapture
}

# Messages that are cut off, in every way of logging, at every byte.
torn() { drawn torn 500000; }
# What a user typed, in messages that programs print in all notations.
imitation() { drawn imitation 1000000; }
# Captures that are damaged and cut into reads, on several threads.
reads() { drawn reads 100000; }
# Drawn callbacks in every form, and payloads that are buried in logs.
properties() { drawn properties 100000; drawn buried 20000; }
# Ten million captures in which users typed callbacks.
decoys() { CASES=${CASES:-10000000} imitation; }
# Every kind of input at two lengths, a megabyte and four: takes ten minutes.
linear() { WXSUB_LINEAR_BYTES=1048576 cargo test --locked --release --test suite -- --include-ignored time_is_linear; }

# Each fuzz target for SECONDS_EACH seconds, from the corpus of the repository.
fuzz() {
  command -v cargo-fuzz >/dev/null || cargo install --locked cargo-fuzz
  local target
  for target in $(cd fuzz && cargo fuzz list); do
    printf '\n== fuzz %s, %s s\n' "$target" "${SECONDS_EACH:-3600}"
    mkdir -p "fuzz/corpus/$target"
    # The project has only safe code, and without a sanitizer each target runs several times as often.
    RUSTC_BOOTSTRAP=1 cargo fuzz run -s none "$target" "fuzz/corpus/$target" examples/payloads examples/logs -- \
      -max_total_time="${SECONDS_EACH:-3600}" -print_final_stats=1 -timeout=10
  done
}

# Lines and branches that the tests reach.
coverage() {
  command -v cargo-llvm-cov >/dev/null || cargo install --locked cargo-llvm-cov
  PROPTEST_RNG_SEED=1 cargo llvm-cov --locked --summary-only
}

# Changes the code of some rooms and counts the changes that no test notices.
mutants() {
  command -v cargo-mutants >/dev/null || cargo install --locked cargo-mutants
  local rooms=(event syntax scan seal gate) files=()
  for room in "${rooms[@]}"; do files+=(--file "src/$room/**"); done
  PROPTEST_RNG_SEED=1 cargo mutants --baseline skip --timeout 600 "${files[@]}" ${SHARD:+--shard "$SHARD"}
}

runs="torn imitation decoys reads properties linear fuzz coverage mutants"
if [ $# -eq 0 ]; then
  echo "runs: $runs"
  exit
fi
for run in "$@"; do
  case " $runs " in
    *" $run "*) "$run" ;;
    *) echo "no run is called $run; there are: $runs" >&2; exit 2 ;;
  esac
done
