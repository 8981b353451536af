#!/usr/bin/env bash
# Fetches sources by the command in FETCH, in the repository's first folder, with neither the key nor a token at hand.
. "$(dirname "${BASH_SOURCE[0]}")/repository.sh"

[ -n "${FETCH:-}" ] || exit 0
bash -euo pipefail -c "$FETCH" ||
  stop "the command that fetches the sources failed; its own words are in the log, and nothing was asked or changed"
