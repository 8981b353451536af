#!/usr/bin/env bash
# Takes up the one open branch, with the base merged into it, or begins it anew from the base. Nothing is pushed here.
. "$(dirname "${BASH_SOURCE[0]}")/repository.sh"
. "$(dirname "${BASH_SOURCE[0]}")/merge.sh"

# One function, read whole before it runs: the checkout may replace this very file.
main() {
  [ "$BRANCH" != "$BASE" ] || stop "branch and base are both $BASE; a refresh needs a branch of its own"
  [ -z "$(git status --porcelain --untracked-files=no)" ] ||
    stop "there are changes here that are not committed; commit them, or put them aside with git stash, and try again"
  git ls-files --others --exclude-standard -z | LC_ALL=C sort -z >"$NOTES/untracked"

  local whole=() found
  [ "$(git rev-parse --is-shallow-repository)" = false ] || whole=(--unshallow) # a merge has to know where two parted
  fetch_branch "$BASE" "${whole[@]}" ||
    stop "$BASE could not be fetched from the remote; see git's words above: is that its name, may this token read it?"

  # Without a local branch, so that one of that name with somebody's commits on it stays as it is.
  found=$(git_remote ls-remote --heads "$(address)" "refs/heads/$BRANCH") || stop "the remote does not say its branches"
  if [ -n "$found" ]; then
    fetch_branch "$BRANCH"
    git checkout --quiet --detach "$REMOTE/$BRANCH"
    merge_base
    echo "on with $BRANCH, at $(git rev-parse --short HEAD), which has all of $BASE"
  else
    git update-ref -d "refs/remotes/$REMOTE/$BRANCH"
    git checkout --quiet --detach "$REMOTE/$BASE"
    echo "there is no $BRANCH; it begins at $BASE, $(git rev-parse --short HEAD)"
  fi
}

main
exit
