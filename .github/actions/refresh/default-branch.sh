#!/usr/bin/env bash
# Prints the name of the remote's default branch; nothing where the remote does not say.
. "$(dirname "${BASH_SOURCE[0]}")/repository.sh"

git_remote ls-remote --symref "$(address)" HEAD | sed -n 's#^ref: refs/heads/\(.*\)\tHEAD$#\1#p'
