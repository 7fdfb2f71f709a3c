#!/usr/bin/env bash
# Makes a venv if there is none, and installs packages into it: `ship/venv.sh FOLDER PACKAGE…`. What comes after FOLDER are
# words of `pip install`. Prints nothing to the standard output.
set -euo pipefail
exec >&2
folder=$1
shift
# Debian has venv in a package of its own. Without that package, venv makes a folder that lacks pip.
[ -x "$folder/bin/pip" ] || python3 -m venv "$folder" || { apt-get install -qy python3-venv && python3 -m venv "$folder"; }
"$folder/bin/pip" install --quiet --disable-pip-version-check "$@"
