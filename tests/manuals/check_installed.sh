#!/bin/sh
# Installs the program of a build into a scratch folder and looks at what people read.
# Usage: check_installed.sh BUILD
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cmake --install "$1" --prefix "$folder" --component program > /dev/null
"$(dirname "$0")/check_manuals.sh" --all "$folder/share"
