#!/bin/sh
# Makes manual pages out of scdoc sources: those that hwbak-docgen writes, and hand-written ones. NAME.SECTION.scd
# becomes FOLDER/manSECTION/NAME.SECTION.gz; without a section it is 1.
# Usage: make-man.sh SCDOC FOLDER DOCGEN|'' [SOURCE.scd...]
set -eu
scdoc=$1
folder=$2
docgen=$3
shift 3

rm -rf "$folder"
sources=$(mktemp -d)
trap 'rm -rf "$sources"' EXIT
[ -z "$docgen" ] || "$docgen" man "$sources"
[ $# -eq 0 ] || cp "$@" "$sources"
for source in "$sources"/*.scd; do
  page=$(basename "$source" .scd)
  case $page in
    *.[1-8]) ;;
    *) page=$page.1 ;;
  esac
  mkdir -p "$folder/man${page##*.}"
  "$scdoc" < "$source" > "$sources/$page"
  gzip -9n < "$sources/$page" > "$folder/man${page##*.}/$page.gz"
done
