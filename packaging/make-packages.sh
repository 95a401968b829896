#!/bin/sh
# Makes a Debian package of one build and a static tarball of another, and the checksums of both.
# The same commit gives the same bytes: names are sorted, owners are root, times are those of the commit.
# Usage: make-packages.sh BUILD STATIC_BUILD DIST
set -eu
build=$(readlink -f "$1")
static_build=$(readlink -f "$2")
dist=$3
cd "$(dirname "$0")/.."
umask 022
export LC_ALL=C
: "${SOURCE_DATE_EPOCH:=$(git log -1 --format=%ct 2>/dev/null || dpkg-parsechangelog -l packaging/debian/changelog -S Timestamp)}"
export SOURCE_DATE_EPOCH

version=$(sed -n 's/^CMAKE_PROJECT_VERSION:STATIC=//p' "$build/CMakeCache.txt")
debian_version=$(dpkg-parsechangelog -l packaging/debian/changelog -S Version)
if [ "${debian_version%-*}" != "$version" ]; then
  echo "make-packages: packaging/debian/changelog speaks of $debian_version, CMakeLists.txt of $version" >&2
  exit 1
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
rm -rf "$dist"
mkdir -p "$dist"
dist=$(readlink -f "$dist")

# Of the libraries in the program, those whose licences want to be with it (Boost's and fmt's do not ask for it).
third_party() {
  mkdir -p "$1"
  for package in libssl-dev libsecp256k1-dev liblzma-dev libzxcvbn-dev libutf8proc-dev libqrcodegen-dev libserialport-dev libcli11-dev libc6-dev; do
    cp "/usr/share/doc/$package/copyright" "$1/$package.txt"
  done
  cp /usr/share/common-licenses/Apache-2.0 /usr/share/common-licenses/LGPL-2.1 \
    /usr/share/common-licenses/LGPL-3 /usr/share/common-licenses/GPL-3 "$1"
}

debian_package() {
  root=$folder/root
  doc=$root/usr/share/doc/hwbak
  DESTDIR=$root cmake --install "$build" --prefix /usr --component program --strip > /dev/null
  # Where Debian wants them.
  if [ -d "$root/usr/share/zsh" ]; then
    mv "$root/usr/share/zsh/site-functions" "$root/usr/share/zsh/vendor-completions"
  fi
  rm -f "$doc/LICENSE"
  mkdir -p "$doc"
  cp packaging/debian/copyright "$doc/copyright"
  third_party "$doc/third-party"
  gzip -9n < packaging/debian/changelog > "$doc/changelog.Debian.gz"
  [ ! -f "$doc/CHANGELOG.md" ] || { gzip -9n < "$doc/CHANGELOG.md" > "$doc/changelog.gz"; rm "$doc/CHANGELOG.md"; }
  install -D -m 644 packaging/debian/lintian-overrides "$root/usr/share/lintian/overrides/hwbak"

  mkdir -p "$folder/debian" "$root/DEBIAN"
  : > "$folder/debian/control"  # dpkg-shlibdeps looks for it
  depends=$(cd "$folder" && dpkg-shlibdeps -O root/usr/bin/hwbak 2>/dev/null | sed -n 's/^shlibs:Depends=//p')
  architecture=$(dpkg --print-architecture)
  size=$(du -k -s --apparent-size "$root/usr" | cut -f1)
  sed -e "s/@VERSION@/$debian_version/" -e "s/@ARCHITECTURE@/$architecture/" -e "s/@SIZE@/$size/" \
    -e "s/@DEPENDS@/$depends/" packaging/debian/control.in > "$root/DEBIAN/control"
  (cd "$root" && find usr -type f -print0 | sort -z | xargs -0 md5sum) > "$root/DEBIAN/md5sums"
  dpkg-deb --root-owner-group --build "$root" "$dist/hwbak_${debian_version}_$architecture.deb" > /dev/null
}

static_tarball() {
  name=hwbak-$version-linux-$(uname -m)-static
  cmake --install "$static_build" --prefix "$folder/$name" --component program --strip > /dev/null
  cp LICENSE README.md "$folder/$name"
  third_party "$folder/$name/share/doc/hwbak/third-party"
  chmod -R u=rwX,go=rX "$folder/$name"
  tar --directory "$folder" --create --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner \
    --format=gnu "$name" | gzip -9n > "$dist/$name.tar.gz"
}

debian_package
static_tarball
(cd "$dist" && sha256sum -- * > "$folder/sums" && mv "$folder/sums" SHA256SUMS)
echo "made in $dist:"
cat "$dist/SHA256SUMS"
