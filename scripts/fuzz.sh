#!/bin/sh
# Runs every libFuzzer target of a build for a while. What it finds new stays in FOLDER/corpus/, what
# crashes in FOLDER/crashes/.
# Usage: fuzz.sh FOLDER SECONDS
set -eu
folder=$1
seconds=$2
seeds=$(dirname "$0")/../fuzz/seeds

ran=0
for target in "$folder"/fuzz_*; do
  [ -f "$target" ] && [ -x "$target" ] || continue
  name=$(basename "$target")
  mkdir -p "$folder/corpus/$name" "$folder/crashes/$name"
  seed=${name#fuzz_}
  [ -d "$seeds/$seed" ] || seed=${seed%%_*}  # of its family, as in fuzz/CMakeLists.txt
  echo "== $name: $seconds s"
  "$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 -print_final_stats=1 -verbosity=0 \
    -artifact_prefix="$folder/crashes/$name/" "$folder/corpus/$name" "$seeds/$seed"
  ran=$((ran + 1))
done
[ "$ran" -gt 0 ] || { echo "fuzz: no targets in $folder" >&2; exit 1; }
echo "fuzz: $ran targets, $seconds s each, no crash"
