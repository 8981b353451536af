# shellcheck shell=bash
# What every step begins with, sourced: where the review lies in its repository, git with its remote, and how to stop.
# From the environment: FOLDER, BRANCH, BASE, and PUSH_TOKEN where the remote asks for one.
set -euo pipefail
export LC_ALL=C.UTF-8

REMOTE=origin
BRANCH=${BRANCH:-conspectus/refresh}

# stop SENTENCE: what happened and what a person has to do, in the log and in the summary of the job.
stop() {
  tell_error "$1"
  summarise "**Stopped:** $1"
  exit 1
}

tell_error() {
  local line=${1//'%'/%25}
  line=${line//$'\r'/%0D}
  line=${line//$'\n'/%0A}
  if [ "${GITHUB_ACTIONS:-}" = true ]; then printf '::error::%s\n' "$line"; else printf 'refresh: %s\n' "$1" >&2; fi
}

summarise() { printf '%s\n\n' "$1" >>"${GITHUB_STEP_SUMMARY:-/dev/null}"; }

# put NAME VALUE: hand it to the steps that follow.
put() { printf '%s=%s\n' "$1" "$2" >>"${GITHUB_OUTPUT:-/dev/null}"; }

[ -d "${FOLDER:=.}" ] ||
  stop "there is no folder $FOLDER here; name the folder of the review, as it is on the base branch"
cd "$FOLDER"
where=$(git rev-parse --show-prefix --show-toplevel --absolute-git-dir) ||
  stop "$FOLDER is not in a git repository; check it out first"
{
  read -r PREFIX # `reviews/sleep/`; nothing where the review is the whole repository
  read -r top
  read -r NOTES
} <<<"$where"
cd "$top"
REVIEW=${PREFIX%/}
REVIEW=${REVIEW:-.}
NOTES=$NOTES/conspectus # what one step leaves for the next, outside of the tree
mkdir -p "$NOTES"

if [ -z "$(git config user.email || true)" ] && [ -z "${GIT_AUTHOR_EMAIL:-}" ]; then
  if [ "${GITHUB_ACTIONS:-}" = true ]; then
    GIT_AUTHOR_NAME='github-actions[bot]' GIT_AUTHOR_EMAIL='41898282+github-actions[bot]@users.noreply.github.com'
  else
    GIT_AUTHOR_NAME='conspectus refresh' GIT_AUTHOR_EMAIL="conspectus@$(uname -n)"
  fi
  GIT_COMMITTER_NAME=$GIT_AUTHOR_NAME GIT_COMMITTER_EMAIL=$GIT_AUTHOR_EMAIL
  export GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL GIT_COMMITTER_NAME GIT_COMMITTER_EMAIL
fi

# The remote's address. With a token of our own, without any name or password that stands in it.
address() {
  if [ -n "${PUSH_TOKEN:-}" ]; then
    git remote get-url "$REMOTE" | sed -E 's#^(https?://)[^/@]*@#\1#'
  else
    echo "$REMOTE"
  fi
}

encoded_token() { printf 'x-access-token:%s' "$PUSH_TOKEN" | base64 | tr -d '\n'; }

# GitHub blots out the token wherever a log would show it; of its encoded form it has to be told.
if [ "${GITHUB_ACTIONS:-}" = true ] && [ -n "${PUSH_TOKEN:-}" ]; then echo "::add-mask::$(encoded_token)"; fi

# git_remote WORDS...: git, with the token in the environment of this one process: in no file, address or list of
# processes. The empty value before it takes out what a checkout may have left in .git/config.
git_remote() (
  if [ -n "${PUSH_TOKEN:-}" ]; then
    n=${GIT_CONFIG_COUNT:-0}
    setting="http.$(address | sed -E 's#^(https?://[^/]+/).*#\1#').extraheader"
    export "GIT_CONFIG_KEY_$n=$setting" "GIT_CONFIG_VALUE_$n="
    export "GIT_CONFIG_KEY_$((n + 1))=$setting" "GIT_CONFIG_VALUE_$((n + 1))=AUTHORIZATION: basic $(encoded_token)"
    export GIT_CONFIG_COUNT=$((n + 2))
  fi
  export GIT_TERMINAL_PROMPT=0
  git "$@"
)

# fetch_branch NAME OPTIONS...: what the remote has of it, as origin/NAME.
fetch_branch() { git_remote fetch --quiet --no-tags "${@:2}" "$(address)" "+refs/heads/$1:refs/remotes/$REMOTE/$1"; }

# Files that came since the branch was taken and that git does not ignore. What lay about before is nobody's to commit.
new_files() {
  git ls-files --others --exclude-standard -z -- "$REVIEW" | LC_ALL=C sort -z |
    LC_ALL=C comm -z -13 "$NOTES/untracked" - | { grep -zvE '(^|/)\.conspectus/' || true; }
}

# Into the index: every tracked file that changed, and the new ones in the folder.
stage() {
  git add --update
  new_files | xargs -0 -r git --literal-pathspecs add --
}
