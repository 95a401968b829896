#!/bin/sh
# Installs the Debian packages that are missing for a purpose, and nothing when none is.
# Usage: install-deps.sh build|test|interop|fuzz|bench|package
set -eu

build="g++ cmake ninja-build pkg-config libssl-dev libsecp256k1-dev liblzma-dev libboost-json1.81-dev
  libcli11-dev libfmt-dev libzxcvbn-dev libutf8proc-dev libqrcodegen-dev
  libserialport-dev scdoc"
test="libgtest-dev libgmock-dev librapidcheck-dev p7zip-full 7zip openssl python3 python3-mnemonic
  python3-cryptography python3-pexpect bash-completion zsh fish xxd binutils gzip oathtool zbar-tools librsvg2-bin
  pcscd vsmartcard-vpcd opensc iproute2"
purpose=${1:-}
case $purpose in
  build) wanted=$build ;;
  test) wanted="$build $test" ;;
  interop) wanted="$build $test python3-py7zr keepassxc electrum" ;;
  fuzz) wanted="$build clang libclang-rt-14-dev" ;;
  bench) wanted="$build libbenchmark-dev p7zip-full" ;;
  package) wanted="$build dpkg-dev lintian xz-utils man-db file bash-completion" ;;
  *) echo "usage: $0 build|test|interop|fuzz|bench|package" >&2; exit 2 ;;
esac

if ! command -v dpkg-query >/dev/null; then
  echo "install-deps: this is not Debian, so nothing is installed. What Debian 12 calls" $wanted \
    "must be here already." >&2
  exit 0
fi

missing=
for package in $wanted; do
  case $(dpkg-query --show --showformat '${db:Status-Status}' "$package" 2>/dev/null || true) in
    installed*) ;;
    *) missing="$missing $package" ;;
  esac
done
[ -n "$missing" ] || exit 0

root=
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null; then
    echo "install-deps: missing for '$purpose':$missing" >&2
    echo "install-deps: become root and run: apt-get install --no-install-recommends$missing" >&2
    exit 1
  fi
  root=sudo
fi
echo "install-deps: installing for '$purpose':$missing" >&2
# As Debian configures it, pcscd listens on all interfaces for the card of vpcd. Tests bring a line of their own for that, in a
# network of their own; so a vpcd that is installed for them comes without one, and one that was here already stays as it is.
case $missing in
  *vsmartcard-vpcd*)
    [ -e /etc/reader.conf.d/vpcd ] || $root sh -c 'mkdir -p /etc/reader.conf.d &&
      echo "# Left empty for the tests of hwbak: pcscd would listen on all interfaces. See vpcd-config(1)." >/etc/reader.conf.d/vpcd' ;;
esac
install() {
  $root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends -o Dpkg::Options::=--force-confold $missing
}
# The lists of packages may be missing or old; then they are fetched once.
install || { $root apt-get update && install; }
