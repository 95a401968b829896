#!/bin/sh
# Tries what `make package` made: checksums, the Debian package (really installed and removed when run by root
# on a machine without hwbak, else unpacked), and the static program on its own.
# Usage: check_packages.sh DIST
set -eu
dist=$(readlink -f "$1")
cd "$(dirname "$0")/../.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
example=examples/coldcard-mk4
fail() { echo "package: $*" >&2; exit 1; }
only() {
  [ $# -eq 1 ] && [ -f "$1" ] || fail "expected one file, found: $*"
  echo "$1"
}
deb=$(only "$dist"/*.deb)
tarball=$(only "$dist"/*.tar.gz)
version=$(sed -nE 's/^project\(hwbak VERSION ([0-9.]+).*/\1/p' CMakeLists.txt)

# try PROGRAM...: it says its version, and proves an example good, with nothing in its environment.
try() {
  env -i "$@" --version | head -n 1 | grep -qF "$version" || fail "$1 --version does not say $version"
  env -i "$@" verify --require meaning --password-from "file:$example.password" "$example.7z" > /dev/null ||
    fail "$1 does not verify $example.7z"
}

(cd "$dist" && sha256sum --strict --quiet --check SHA256SUMS)
[ "$(wc -l < "$dist/SHA256SUMS")" -eq 2 ] || fail "SHA256SUMS is not about both packages"

dpkg-deb --extract "$deb" "$folder/deb"
for file in bin/hwbak share/doc/hwbak/copyright share/doc/hwbak/changelog.Debian.gz; do
  [ -f "$folder/deb/usr/$file" ] || fail "no /usr/$file in $deb"
done
[ "$(dpkg-deb --field "$deb" Package)" = hwbak ] || fail "another package: $deb"
dpkg-deb --field "$deb" Depends | grep -q 'libc6 (>=' || fail "no dependency on libc6"
dpkg-deb --contents "$deb" | awk '$2 != "root/root" { exit 1 }' || fail "files in $deb belong to somebody"
! command -v lintian > /dev/null || lintian --allow-root --fail-on error "$deb" || fail "lintian has errors"
try "$folder/deb/usr/bin/hwbak"
tests/manuals/check_manuals.sh "$folder/deb/usr/share"
if [ "$(id -u)" -eq 0 ] && ! dpkg-query --status hwbak > /dev/null 2>&1; then
  dpkg --install "$deb" > /dev/null
  trap 'dpkg --purge hwbak > /dev/null; rm -rf "$folder"' EXIT
  try /usr/bin/hwbak
  man --where hwbak > /dev/null || fail "man does not find hwbak(1)"
  dpkg --verify hwbak
  dpkg --purge hwbak > /dev/null
  trap 'rm -rf "$folder"' EXIT
  [ ! -e /usr/bin/hwbak ] && [ ! -e /usr/share/doc/hwbak ] || fail "something stayed after the package was removed"
  echo "package: installed and removed"
fi

tar --extract --file "$tarball" --directory "$folder"
static=$(only "$folder"/hwbak-*-static/bin/hwbak)
top=$(dirname "$(dirname "$static")")
for file in LICENSE README.md; do
  [ -f "$top/$file" ] || fail "no $file in $tarball"
done
file "$static" | grep -qE 'static-pie linked|statically linked' || fail "not static: $(file "$static")"
! ldd "$static" 2>/dev/null | grep -q '=>' || fail "the static program needs libraries"
try "$static"
tests/manuals/check_manuals.sh "$top/share"
if [ "$(id -u)" -eq 0 ]; then
  # Nothing but the program itself: no C library, no /proc, no /dev.
  mkdir -p "$folder/bare"
  cp "$static" "$example.7z" "$example.password" "$folder/bare"
  name=${example##*/}
  chroot "$folder/bare" /hwbak verify --require meaning --password-from "file:/$name.password" "/$name.7z" > /dev/null ||
    fail "the static program does not run alone"
fi
echo "package: all is well with $(basename "$deb") and $(basename "$tarball")"
