#!/usr/bin/env bash
# Runs the action and the pre-commit hook as their runners do, with the wheel in OUT: `ship/runners.sh OUT`.
#
# The action runs step by step in a folder of its own. pre-commit, from PyPI, clones this tree as a hook's repository.
set -euo pipefail
out=$(realpath "$1")
cd "$(dirname "$0")/.."
root=$PWD
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
tools=$root/target/ship-tools/runners
ship/venv.sh "$tools" pre-commit==4.7.0
export PATH=$tools/bin:$PATH PIP_FIND_LINKS=$out WXSUB_LANG=en

fail() { echo "ship: $*" >&2 && exit 1; }

# A repository with a fixture that is fine and one that is broken.
mkdir -p "$place/repo/fixtures"
cp examples/payloads/popup.xml "$place/repo/fixtures/fine.xml"
cp examples/payloads/broken.xml "$place/repo/fixtures"
git -C "$place/repo" init --quiet
git -C "$place/repo" add .

# Runs all steps of action.yml with `paths`, as a runner does: each script by bash, until one fails.
act() { # name of the run, paths
  mkdir -p "$place/$1"
  env -u GITHUB_STEP_SUMMARY -C "$place/repo" GITHUB_ACTIONS=true GITHUB_ACTION_PATH="$root" RUNNER_TEMP="$place/$1" \
    WXSUB_PATHS="$2" WXSUB_ARGS='' "$tools/bin/python" - "$root/action.yml" <<'PYTHON'
import subprocess
import sys

import yaml

for step in yaml.safe_load(open(sys.argv[1]))["runs"]["steps"]:
    run = subprocess.run([step["shell"], "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]])
    if run.returncode != 0:
        sys.exit(run.returncode)
PYTHON
}

act wheel fixtures/fine.xml || fail "the action fails on a fixture that is fine"
if printed=$(act wheel fixtures); then fail "the action passes a fixture that is broken"; fi
[[ $printed == "::error file=fixtures/broken.xml,line=11,"* ]] || fail "the action prints: $printed"

# Without a wheel the action builds. A stand-in for cargo notes how it is called.
mkdir "$place/bin"
# shellcheck disable=SC2016
printf '#!/bin/sh\necho "$@" > "%s/called"\n' "$place" > "$place/bin/cargo"
chmod +x "$place/bin/cargo"
PIP_FIND_LINKS='' PIP_NO_INDEX=1 PATH=$place/bin:$PATH act built fixtures/fine.xml > "$place/log" 2>&1 || true
[ "$(cat "$place/called")" = "install --quiet --locked --force --path $root --root $place/built/wxsub" ] ||
  fail "without a wheel the action does not build: $(cat "$place/log")"

export PRE_COMMIT_HOME=$place/pre-commit
hook() { # fixture
  (cd "$place/repo" && pre-commit try-repo "$root" wxsub-check --files "$1")
}
hook fixtures/fine.xml > "$place/log" 2>&1 || fail "the hook fails on a fixture that is fine: $(cat "$place/log")"
if hook fixtures/broken.xml > "$place/log" 2>&1; then fail "the hook passes a fixture that is broken"; fi
grep -q '^fixtures/broken.xml:11:14: error\[malformed-xml\]' "$place/log" || fail "the hook prints: $(cat "$place/log")"
echo "the action and the hook install the wheel, and find what is broken"
