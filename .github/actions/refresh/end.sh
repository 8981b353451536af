#!/usr/bin/env bash
# Ends as the refresh did, now that all it made is published. What stayed unanswered ends red as well: a warning on a
# job that passed is read by nobody, and the next night that answers it is green again by itself.
. "$(dirname "${BASH_SOURCE[0]}")/repository.sh"

code=$(cat "$NOTES/code")
[ "$code" = 0 ] || tell_error "conspectus refresh ended with exit code $code: $(cat "$NOTES/why")"
exit "$code"
