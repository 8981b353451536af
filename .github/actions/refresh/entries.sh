# shellcheck shell=bash
# The entries of CHANGES.md that the base does not have, newest first; sourced after repository.sh.

entries() {
  git show "$REMOTE/$BASE:${PREFIX}CHANGES.md" >"$NOTES/before.md" 2>/dev/null || : >"$NOTES/before.md"
  git show "HEAD:${PREFIX}CHANGES.md" >"$NOTES/after.md" 2>/dev/null || : >"$NOTES/after.md"
  awk '
    function close_entry() {
      sub(/\n+$/, "", entry)
      if (entry != "" && !is_base && !(entry in had)) { printf "%s%s\n", gap, entry; gap = "\n" }
      if (entry != "") had[entry] = 1
      entry = ""
    }
    FNR == 1 { close_entry(); is_base = FILENAME == ARGV[1]; inside = 0 }
    /^## / { close_entry(); inside = 1 }
    inside { entry = entry $0 "\n" }
    END { close_entry() }
  ' "$NOTES/before.md" "$NOTES/after.md"
}
