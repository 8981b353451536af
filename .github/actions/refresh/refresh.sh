#!/usr/bin/env bash
# Runs `conspectus refresh` under its budget and notes how it ended. It ends well itself whatever the command's exit
# code: what was made is published first, and end.sh gives the code at the very end.
# From the environment: MODEL, MAX_USD, MAX_NEW, OFFLINE, OPTIONS, and the key, which no other step is given.
. "$(dirname "${BASH_SOURCE[0]}")/repository.sh"

command -v conspectus >/dev/null || stop "conspectus is not installed here; install it in a step before this one"
stage # so that git can tell what was fetched from what the refresh makes of it

words=()
[ -z "${MODEL:-}" ] || words+=(--model "$MODEL")
[ -z "${MAX_USD:-}" ] || words+=(--max-usd "$MAX_USD")
[ -z "${MAX_NEW:-}" ] || words+=(--max-new "$MAX_NEW")
[ "${OFFLINE:-false}" = false ] || words+=(--offline)
read -ra more <<<"${OPTIONS:-}"
words+=("${more[@]}")

[ -n "${OPENAI_BASE_URL:-}" ] || unset OPENAI_BASE_URL # an input that is not given comes as an empty text

# What the command prints may hold a paper's words, and GitHub obeys a line of a log that begins with `::`.
if [ "${GITHUB_ACTIONS:-}" = true ]; then
  pause=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
  echo "::stop-commands::$pause"
fi
code=0
conspectus refresh "$REVIEW" "${words[@]}" 2>&1 | tee "$NOTES/log" || code=${PIPESTATUS[0]}
[ -z "${pause:-}" ] || echo "::$pause::"

echo "$code" >"$NOTES/code"
sed -n 's/^conspectus: //p' "$NOTES/log" | tail -n 1 >"$NOTES/why"
[ -s "$NOTES/why" ] || tail -n 1 "$NOTES/log" >"$NOTES/why"
put code "$code"
put cached "$([ -d "${PREFIX}.conspectus/cache" ] && echo true || echo false)"
if git diff --quiet && [ -z "$(new_files | tr -d '\0')" ]; then changed=false; else changed=true; fi
echo "$changed" >"$NOTES/changed"

# The command itself adds to the summary of the job, but not where it stopped.
[ "$code" = 0 ] || summarise "**\`conspectus refresh\` ended with exit code $code:** $(cat "$NOTES/why")"
