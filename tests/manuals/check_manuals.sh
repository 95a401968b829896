#!/bin/sh
# Manual pages render without a warning, and completions answer in their shells. A shell that is not here
# is named, and fails with --all.
# Usage: check_manuals.sh [--all] SHARE   (the folder with man/, bash-completion/, zsh/, fish/)
set -eu
all=no
if [ "$1" = --all ]; then
  all=yes
  shift
fi
share=$1
fail() { echo "manuals: $*" >&2; exit 1; }
have() {
  command -v "$1" > /dev/null && return 0
  [ "$all" = no ] || fail "$1 is not here"
  echo "manuals: $1 is not here, so its completion was not tried"
  return 1
}
expect() { echo "$2" | grep -qx "$3" || fail "$1 does not complete to $3, but to: $2"; }

pages=0
for page in "$share"/man/man[1-8]/*.gz; do
  [ -f "$page" ] || fail "no manual pages in $share"
  said=$(MANWIDTH=80 LC_ALL=C.UTF-8 man --warnings --local-file "$page" 2>&1 >/dev/null)
  [ -z "$said" ] || fail "$page: $said"
  [ "$(MANWIDTH=80 LC_ALL=C.UTF-8 man --local-file "$page" | wc -l)" -gt 10 ] || fail "$page is all but empty"
  pages=$((pages + 1))
done
[ -f "$share/man/man1/hwbak.1.gz" ] || fail "hwbak(1) is not there"

completions=$(bash --norc -c '
  [ ! -f /usr/share/bash-completion/bash_completion ] || . /usr/share/bash-completion/bash_completion
  . "$1"
  function=$(complete -p hwbak | sed -nE "s/.*-F ([^ ]+).*/\1/p")
  COMP_WORDS=(hwbak insp) COMP_CWORD=1 COMP_LINE="hwbak insp" COMP_POINT=10
  "$function" hwbak insp hwbak 2> /dev/null  # compopt complains outside a real completion
  printf "%s\n" "${COMPREPLY[@]}" | sed "s/ *$//"
' bash "$share/bash-completion/completions/hwbak")
expect bash "$completions" inspect

if have zsh; then
  zsh -f -n "$(find "$share/zsh" -name _hwbak)"
  head -n 1 "$(find "$share/zsh" -name _hwbak)" | grep -q '^#compdef hwbak' || fail "zsh would not load _hwbak"
fi
if have fish; then
  completions=$(HOME=/nonexistent fish --no-config -c 'source $argv[1]; complete -C "hwbak insp"' \
    "$share/fish/vendor_completions.d/hwbak.fish" | cut -f1)
  expect fish "$completions" inspect
fi
echo "manuals: $pages pages, and completions answer"
