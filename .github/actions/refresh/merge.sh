# shellcheck shell=bash
# Merging, sourced after repository.sh: what the refresh makes again is settled here, all else is left to a person.

# merge_base: the base into the branch that is checked out.
merge_base() {
  merge "$REMOTE/$BASE" "$BASE" && return
  local path left=() advice
  advice="merge $BASE into $BRANCH by hand (git checkout $BRANCH && git merge $BASE), push it, and run this again"
  while IFS= read -r -d '' path; do
    case "$path" in
      "${PREFIX}survey/survey.md") keep_unless_edited "$path" || left+=("$path") ;;
      "${PREFIX}report.json" | "${PREFIX}taxonomy.patch" | "${PREFIX}survey/"*) keep_ours "$path" ;;
      "$PREFIX"CHANGES.md) keep_entries "$path" || left+=("$path") ;;
      "$PREFIX"papers.jsonl | "$PREFIX"duplicates.jsonl | "$PREFIX"decisions.jsonl | \
        "$PREFIX"cards.jsonl | "$PREFIX"answers.jsonl | "$PREFIX"runs.jsonl) keep_both "$path" || left+=("$path") ;;
      *) left+=("$path") ;;
    esac
  done < <(git diff --name-only --diff-filter=U -z)
  if [ ${#left[@]} -gt 0 ]; then
    git merge --abort
    stop "$BASE and $BRANCH both changed ${left[*]}, and what is to stand is for you to say: $advice"
  fi
  git commit --quiet --no-edit
}

# merge REF NAME: says whether it went through; ends where git could not even begin.
merge() {
  git merge --quiet --no-edit -m "Merge $2 into $BRANCH" "$1" && return
  git rev-parse --quiet --verify MERGE_HEAD >/dev/null ||
    stop "git could not merge $2 into $BRANCH; see its words above"
  return 1
}

# The branch's side of what a refresh writes anew from the rest.
keep_ours() {
  if git rev-parse --quiet --verify ":2:$1" >/dev/null; then
    git checkout --quiet --ours -- "$1"
    git add -- "$1"
  else
    git rm --quiet --cached -- "$1"
    rm -f -- "$1"
  fi
}

# The lines of both sides, also where the review has no .gitattributes; not where one side took the file out.
keep_both() {
  put_sides "$1" || return 1
  git merge-file --union "$NOTES/side2" "$NOTES/side1" "$NOTES/side3"
  cp "$NOTES/side2" "$1"
  git add -- "$1"
}

# put_sides PATH: the two sides of a conflict and what stood before, as side2, side3 and side1 in the notes.
put_sides() {
  local side
  for side in 2 3; do git show ":$side:$1" >"$NOTES/side$side" 2>/dev/null || return 1; done
  git show ":1:$1" >"$NOTES/side1" 2>/dev/null || : >"$NOTES/side1"
}

FOLD=$'\x01'
DAY="^## [0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]( [(][0-9]+[)])?[[:space:]]*($FOLD|\$)"

# The entries of both sides of CHANGES.md. Entries share lines (`**Papers added (3)**`, empty ones), by which git would
# weave them into each other; so each is one line while they are merged.
keep_entries() {
  local side
  put_sides "$1" || return 1
  for side in 1 2 3; do
    fold_entries <"$NOTES/side$side" >"$NOTES/folded"
    mv "$NOTES/folded" "$NOTES/side$side"
  done
  git merge-file --union "$NOTES/side2" "$NOTES/side1" "$NOTES/side3"
  {
    grep -avE "$DAY" "$NOTES/side2" || true
    { grep -aE "$DAY" "$NOTES/side2" || true; } | sort -s -r -t "$FOLD" -k 1.4,1.13
  } | unfold_entries >"$1"
  git add -- "$1"
}

# What is below the heading of a day is on its line, up to the next day.
fold_entries() {
  awk -v day="$DAY" -v fold="$FOLD" '
    $0 ~ day { if (inside) printf "\n"; inside = 1; printf "%s", $0; next }
    inside { printf "%s%s", fold, $0; next }
    { print }
    END { if (inside) printf "\n" }
  ' | sed -E "s/($FOLD"$'\r'"?)+\$//"
}

# And back, an empty line between two. A second entry of a day is numbered, and the upper one is the later one.
unfold_entries() {
  awk -v day="$DAY" -v fold="$FOLD" '
    { line[NR] = $0 }
    END {
      for (n = NR; n > 0; n--) {
        if (line[n] !~ day) continue
        at = index(line[n] fold, fold)
        heading = substr(line[n], 1, at - 1)
        date = substr(heading, 4, 10)
        number = match(heading, /\([0-9]+\)/) ? substr(heading, RSTART + 1, RLENGTH - 2) + 0 : 1
        if ((date, number) in taken) {
          number = highest[date] + 1
          line[n] = "## " date " (" number ")" (heading ~ /\r$/ ? "\r" : "") substr(line[n], at)
        }
        taken[date, number] = 1
        if (number > highest[date]) highest[date] = number
      }
      for (n = 1; n <= NR; n++) {
        text = line[n]
        gsub(fold, "\n", text)
        if (n > 1 && line[n] ~ day && line[n - 1] ~ day) print ""
        print text
      }
    }
  '
}

# What the program writes into survey.md it writes into survey.json too. A commit that changed survey.md alone is a
# person's edit, and to keep our side would lose it.
keep_unless_edited() {
  local commit
  while read -r commit; do
    git diff-tree --no-commit-id --name-only -r "$commit" -- "${PREFIX}survey/survey.json" | grep -q . || return 1
  done < <(git log --no-merges --format=%H "HEAD..$REMOTE/$BASE" -- "$1")
  keep_ours "$1"
}
