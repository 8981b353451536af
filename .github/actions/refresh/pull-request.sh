#!/usr/bin/env bash
# Opens the one pull request, or brings its text up to date: every entry of CHANGES.md that the base does not have.
# From the environment: GH_TOKEN, which gh reads itself, TITLE and OPEN.
. "$(dirname "${BASH_SOURCE[0]}")/repository.sh"
. "$(dirname "${BASH_SOURCE[0]}")/entries.sh"

# list STATE NAME: number and head of the first such pull request of this branch, not of a fork's branch of that name.
list() {
  gh pr list --head "$BRANCH" --base "$BASE" --state "$1" --json number,state,headRefOid,isCrossRepository \
    --jq "map(select((.isCrossRepository | not) and .state == \"$2\")) | .[0] // empty | \"\(.number) \(.headRefOid)\""
}

# GitHub takes no text over 65,536 characters.
text() {
  local code
  code=$(cat "$NOTES/code")
  entries >"$NOTES/entries.md"
  [ -s "$NOTES/entries.md" ] ||
    echo "No paper and no sentence changed; what was asked is in \`runs.jsonl\`." >"$NOTES/entries.md"
  head -c 60000 "$NOTES/entries.md"
  [ "$(wc -c <"$NOTES/entries.md")" -le 60000 ] || printf '\n\n%s\n' "The rest is in \`${PREFIX}CHANGES.md\`."
  if [ "$code" != 0 ]; then
    # In a fixed font, where no word of a server or a paper calls a person or closes an issue.
    printf '\n%s ' "**Not all is done.** \`conspectus refresh\` ended with exit code $code:"
    echo "\`$(tr -d '\`' <"$NOTES/why")\`"
    echo "The next run asks again for what is left."
  fi
  if [ -n "${GITHUB_RUN_ID:-}" ]; then
    printf '\n%s' "The page, \`survey.html\`, is attached to "
    echo "[this run]($GITHUB_SERVER_URL/$GITHUB_REPOSITORY/actions/runs/$GITHUB_RUN_ID)."
  fi
}

committed=$(cat "$NOTES/committed")
if ! git rev-parse --quiet --verify "refs/remotes/$REMOTE/$BRANCH" >/dev/null ||
  git diff --quiet "$REMOTE/$BASE" "$REMOTE/$BRANCH"; then
  echo "nothing on $BRANCH that $BASE does not have; no pull request is needed"
  exit 0
fi

text >"$NOTES/text.md"
if [ "${OPEN:-true}" != true ]; then
  summarise "$(cat "$NOTES/text.md")"
  echo "$BRANCH is pushed; no pull request is wanted"
  exit 0
fi
found=$(list open OPEN)
open=${found%% *}
if [ -z "$open" ] && [ -z "$(entries)" ]; then
  echo "$BRANCH holds no entry of CHANGES.md that $BASE does not have; no pull request is needed yet"
  exit 0
fi
if [ -n "$open" ]; then
  [ "$committed" = false ] || gh pr edit "$open" --title "$TITLE" --body-file "$NOTES/text.md"
  put pull-request "$open"
  echo "pull request #$open is open"
  exit 0
fi

# Somebody closed it and left the branch. That may be a no, so nothing is opened again for what they have seen; what
# came since is news, and its pull request says that there was one before and how to begin anew.
found=$(list closed CLOSED)
closed=${found%% *} head=${found##* }
if [ -n "$closed" ] && git merge-base --is-ancestor "$head" HEAD &&
  ! git merge-base --is-ancestor "$head" "$REMOTE/$BASE"; then
  again="Pull request #$closed was closed without being merged, and its commits are still on \`$BRANCH\`;"
  again+=" delete the branch to begin anew from \`$BASE\`."
  summarise "$again"
  echo "$again"
  [ "$committed" = true ] || exit 0
  printf '\n%s\n' "$again" >>"$NOTES/text.md"
fi
link=$(gh pr create --head "$BRANCH" --base "$BASE" --title "$TITLE" --body-file "$NOTES/text.md") ||
  stop "$BRANCH is pushed, but no pull request could be opened; open it by hand, or allow it under Settings, Actions, \
General: \"Allow GitHub Actions to create and approve pull requests\""
put pull-request "${link##*/}"
summarise "Opened $link"
echo "opened $link"
