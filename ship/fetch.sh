#!/usr/bin/env bash
# Downloads packages of a release, and fails if the release workflow of this repository did not build them:
# `ship/fetch.sh v1.2.3 '*.whl' FOLDER`. Needs gh, logged in, and GH_REPO, the owner and name of the repository.
set -euo pipefail
gh release download "$1" --pattern "$2" --dir "$3"
for package in "$3"/*; do
  gh attestation verify "$package" --repo "$GH_REPO" --signer-workflow "$GH_REPO/.github/workflows/release.yml"
done
