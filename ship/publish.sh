#!/usr/bin/env bash
# Publishes to a registry: `ship/publish.sh crates.io` from the work tree, `ship/publish.sh npm FOLDER` the packages in
# FOLDER. With WXSUB_DRY_RUN set, does everything but publish. Outside GitHub Actions, npm asks for `npm login` first and
# gets no provenance.
set -euo pipefail
dry=()
[ -z "${WXSUB_DRY_RUN:-}" ] || dry=(--dry-run)
provenance=()
[ -z "${GITHUB_ACTIONS:-}" ] || [ -n "${WXSUB_DRY_RUN:-}" ] || provenance=(--provenance)

# The package with the name of the program comes last: it asks for the others.
npm_packages() { # folder
  find "$1" -name 'wxsub-[a-z]*.tgz' | sort
  find "$1" -name 'wxsub-[0-9]*.tgz'
}

case $1 in
  crates.io) cargo publish --locked "${dry[@]}" ;;
  npm)
    # npm exchanges the identity of a workflow for a token from 11.5.1 on, and from Node.js 22.14 on.
    npm_packages "$2" | while read -r package; do
      npx --yes --package node@22.14.0 --package npm@11.5.1 npm publish --access public "${provenance[@]}" "${dry[@]}" "$(realpath "$package")" < /dev/null
    done
    ;;
  *) echo "ship: $1 is published in another way" >&2 && exit 2 ;;
esac
