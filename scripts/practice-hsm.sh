#!/bin/sh
# Runs a command beside a practice HSM in a virtual reader: pcscd with vpcd, the card, and the command have a network, a
# /run and processes of their own, since vpcd listens on all interfaces and takes whoever comes first for the card. USB
# devices are out of sight in there, so that no command meant for the practice HSM reaches a real one.
# Usage: practice-hsm.sh STATE [COMMAND [ARGUMENT...]]     without a command: a shell
# HWBAK names the program (default: hwbak). In COMMAND, kill $PRACTICE_HSM_CARD takes the card out of the reader.
# Debian packages: pcscd vsmartcard-vpcd opensc iproute2
set -eu

[ $# -ge 1 ] || { sed -n '2,7s/^# //p' "$0" >&2; exit 2; }
fail() { echo "practice-hsm: $1" >&2; exit 1; }
export PATH="$PATH:/usr/sbin:/sbin" # where users do not have pcscd and ip
own_run='mount -t tmpfs none /run && ip link set lo up'

if [ -z "${PRACTICE_HSM_INSIDE:-}" ]; then
  for program in pcscd ip opensc-tool; do
    command -v $program >/dev/null || fail "$program is missing; Debian: apt-get install pcscd vsmartcard-vpcd opensc iproute2"
  done
  # When the first process in there ends, however that comes, the kernel ends all others.
  enter='unshare -Urnmpf --kill-child'
  if ! $enter sh -c "$own_run" 2>/dev/null; then
    enter='unshare -nmpf --kill-child'
    if [ "$(id -u)" -ne 0 ]; then
      sudo=sudo
      [ -t 0 ] || sudo='sudo -n' # nobody is there to type a password
      enter="$sudo $enter"
    fi
    $enter sh -c "$own_run" ||
      fail "neither you nor root may make namespaces here (unshare -Urnmpf); a container needs --privileged for it"
  fi
  exec $enter env PRACTICE_HSM_INSIDE=yes HWBAK="${HWBAK:-hwbak}" PATH="$PATH" "$0" "$@"
fi
unset PRACTICE_HSM_INSIDE
state=$1
shift
[ $# -gt 0 ] || set -- "${SHELL:-/bin/sh}"
trap 'exit 130' INT
trap 'exit 143' TERM

sh -c "$own_run"
[ ! -d /dev/bus/usb ] || mount -t tmpfs none /dev/bus/usb
mount -t proc none /proc 2>/dev/null || true # not allowed in some containers, where the other one does
mkdir -p /run/pcscd /run/lock
cat >/run/reader.conf <<'CONF'
FRIENDLYNAME "Virtual PCD"
DEVICENAME   /dev/null:0x8C7B
LIBPATH      /usr/lib/pcsc/drivers/serial/libifdvpcd.so
CHANNELID    0x8C7B
CONF
pcscd --foreground --config /run/reader.conf >/run/pcscd.log 2>&1 &
tries=0
until grep -qs ':8C7B .* 0A ' /proc/net/tcp /proc/net/tcp6; do
  tries=$((tries + 1))
  [ $tries -le 100 ] || { cat /run/pcscd.log >&2; fail "vpcd does not listen"; }
  sleep 0.1
done
"$HWBAK" practice pico-hsm --state "$state" &
export PRACTICE_HSM_CARD=$!
tries=0
until opensc-tool --list-readers 2>/dev/null | grep -q Yes; do
  tries=$((tries + 1))
  [ $tries -le 300 ] && kill -0 $PRACTICE_HSM_CARD 2>/dev/null || fail "no card came into the reader"
  sleep 0.1
done
status=0
"$@" || status=$?
exit $status
