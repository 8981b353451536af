#!/usr/bin/env bash
# Commits what the refresh changed, if it changed anything, and pushes it plainly to the branch.
. "$(dirname "${BASH_SOURCE[0]}")/repository.sh"
. "$(dirname "${BASH_SOURCE[0]}")/merge.sh"

code=$(cat "$NOTES/code")

# first_sentence: of the newest entry, behind its heading and the line that it has where a clock ran backwards.
first_sentence() {
  conspectus log "$REVIEW" --entry |
    awk '/^#/ || !NF || /^The clock said / || told { next } { sub(/[.] .*/, "."); print; told = 1 }'
}

commit() {
  if [ "$code" != 0 ] && [ "$code" != 3 ]; then
    # Half a refresh is nobody's to merge, and its answers are in the cache. What it cost has to stay on record all the
    # same, since usd_per_month counts runs.jsonl.
    git reset --quiet
    [ ! -f "${PREFIX}runs.jsonl" ] || git add -- "${PREFIX}runs.jsonl"
    git diff --cached --quiet || git commit --quiet -m "A refresh that failed: what it asked is in runs.jsonl"
    git reset --quiet --hard
  elif [ "$(cat "$NOTES/changed")" = true ]; then
    stage
    message="A refresh that changed no paper and no sentence: what it asked is in runs.jsonl"
    git diff --cached --quiet -- "${PREFIX}CHANGES.md" || message=$(first_sentence)
    git commit --quiet -m "${message:-A refresh of the review}"
  else
    git reset --quiet # fetched bytes of which nothing came are no news
  fi
}

push() { git_remote push --quiet "$(address)" "HEAD:refs/heads/$BRANCH"; }

# Somebody may have pushed in the meantime. What both changed is not settled here, for the refresh has not read it:
# the next run begins from their commit, and pays for nothing twice.
push_again() {
  echo "the push was refused; fetching $BRANCH and merging it, once"
  fetch_branch "$BRANCH" ||
    stop "the push to $BRANCH was refused, and there is no such branch to fetch: may this token write?"
  merge "$REMOTE/$BRANCH" "what was pushed meanwhile" || {
    git merge --abort
    stop "somebody pushed to $BRANCH meanwhile, and changed what this changed; run it again, nothing is paid for twice"
  }
  push || stop "the push to $BRANCH was refused twice; see git's words above: is the branch protected?"
}

before=$(git rev-parse HEAD)
commit
committed=$([ "$(git rev-parse HEAD)" = "$before" ] && echo false || echo true)

known=("^$REMOTE/$BASE")
if git rev-parse --quiet --verify "refs/remotes/$REMOTE/$BRANCH" >/dev/null; then known+=("^$REMOTE/$BRANCH"); fi
pushed=false
if [ "$committed" = true ] || [ "$code" = 0 ]; then
  # Without a commit of tonight there may be a merge of the base, worth a push where the branch says more than the base.
  if [ -n "$(git rev-list -n 1 HEAD "${known[@]}")" ] && ! git diff --quiet "$REMOTE/$BASE" HEAD; then
    push || push_again
    git update-ref "refs/remotes/$REMOTE/$BRANCH" HEAD
    pushed=true
  fi
fi
echo "$committed" >"$NOTES/committed"
put changed "$committed"
if [ "$committed" = true ]; then
  echo "committed to $BRANCH: $(git log -1 --no-merges --format=%s)"
elif [ "$pushed" = true ]; then
  echo "nothing new; $BRANCH was brought level with $BASE"
else
  echo "nothing to commit"
fi
