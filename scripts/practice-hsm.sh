#!/bin/sh
# Runs a command beside a practice HSM in a virtual reader: pcscd with vpcd, the card, and the command have a network of
# their own, since vpcd listens on all interfaces and takes whoever comes first for the card.
# Usage: practice-hsm.sh STATE [COMMAND [ARGUMENT...]]     without a command: a shell
# HWBAK names the program (default: hwbak); PRACTICE_HSM_OPTIONS are for the card (--quirks, --delay 0.005). Debian packages: pcscd vsmartcard-vpcd opensc iproute2
set -eu

[ $# -ge 1 ] || { sed -n '2,5s/^# //p' "$0" >&2; exit 2; }
hwbak=${HWBAK:-hwbak}
if [ "${PRACTICE_HSM_INSIDE:-}" != yes ]; then
  export PRACTICE_HSM_INSIDE=yes
  if unshare -Urnm true 2>/dev/null; then exec unshare -Urnm "$0" "$@"; fi
  exec sudo --preserve-env=PRACTICE_HSM_INSIDE,PRACTICE_HSM_OPTIONS,HWBAK unshare -nm "$0" "$@"
fi
state=$1
shift
[ $# -gt 0 ] || set -- "${SHELL:-/bin/sh}"

ip link set lo up
mount -t tmpfs none /run
mkdir -p /run/pcscd /run/lock
pcscd=
card=
trap 'kill $card $pcscd 2>/dev/null || true' EXIT
/usr/sbin/pcscd --foreground >/run/pcscd.log 2>&1 &
pcscd=$!
tries=0
until grep -qs ':8C7B .* 0A ' /proc/net/tcp /proc/net/tcp6; do
  tries=$((tries + 1))
  [ $tries -le 100 ] || { cat /run/pcscd.log >&2; echo "practice-hsm: vpcd does not listen" >&2; exit 1; }
  sleep 0.1
done
"$hwbak" practice pico-hsm --state "$state" ${PRACTICE_HSM_OPTIONS:-} &
card=$!
tries=0
until opensc-tool --list-readers 2>/dev/null | grep -q Yes; do
  tries=$((tries + 1))
  [ $tries -le 100 ] && kill -0 $card 2>/dev/null || { echo "practice-hsm: no card came into the reader" >&2; exit 1; }
  sleep 0.1
done
status=0
"$@" || status=$?
exit $status
