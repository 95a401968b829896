#!/bin/sh
# The control of run_seeds.cpp: the target with a bug must fail and leave its input; without mutations it passes.
# Usage: check_control.sh PROGRAM
set -eu
program=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
printf 'seed for the control' > seed

"$program" 0 seed
if "$program" 2000 seed 2>/dev/null; then
  echo "the planted bug was not found" >&2
  exit 1
fi
[ "$(wc -c < "crash-$(basename "$program")")" -lt 4 ]
mkdir empty
if "$program" 0 empty 2>/dev/null; then
  echo "a folder without seeds must not pass" >&2
  exit 1
fi
echo "the planted bug was found"
