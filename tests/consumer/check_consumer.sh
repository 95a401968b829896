#!/bin/sh
# Installs a build, moves the copy, and builds project/ against it by find_package and by pkg-config.
# Usage: check_consumer.sh BUILD COMPILER BACKUP
set -eu
build=$1
compiler=$2
backup=$3
project=$(dirname "$(readlink -f "$0")")/project
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

cmake --install "$build" --prefix "$folder/first" > /dev/null
mv "$folder/first" "$folder/prefix"  # nothing in it may depend on where it was installed to
prefix=$folder/prefix

check() {
  said=$("$1" "$backup")
  [ "$said" = "coldcard-7z ok" ] || { echo "$2: said '$said'" >&2; exit 1; }
  echo "$2: $said"
}

CXX=$compiler cmake -S "$project" -B "$folder/build" -DCMAKE_PREFIX_PATH="$prefix" > "$folder/log" ||
  { cat "$folder/log" >&2; exit 1; }
cmake --build "$folder/build" > "$folder/log" || { cat "$folder/log" >&2; exit 1; }
check "$folder/build/consumer" find_package

PKG_CONFIG_PATH=$(dirname "$(find "$prefix" -name hwbak.pc)")
export PKG_CONFIG_PATH
# shellcheck disable=SC2046
"$compiler" -std=c++20 "$project/consumer.cpp" -o "$folder/by_pc" $(pkg-config --cflags --libs hwbak)
check "$folder/by_pc" pkg-config
"$compiler" -std=c++20 "$project/consumer.cpp" -o "$folder/by_pc_static" $(pkg-config --static --cflags --libs hwbak) -static
check "$folder/by_pc_static" "pkg-config --static"
