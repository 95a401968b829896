#!/bin/sh
# Shows what hwbak does with the backups in examples/, and fails when a step ends otherwise than it should.
# Usage: demo.sh PROGRAM
set -eu
PATH=$(cd "$(dirname "$1")" && pwd):$PATH
cd "$(dirname "$0")/.."
folder=$(mktemp -d -t hwbak-demo.XXXX)
trap 'rm -rf "$folder"' EXIT

steps=0
# run EXIT COMMAND...: prints the command, then its output; any other exit code ends the demo.
run() {
  expected=$1
  shift
  printf '\n$ %s\n' "$*"
  code=0
  "$@" || code=$?
  if [ "$code" -ne "$expected" ]; then
    echo "demo: this should have ended with $expected, not $code" >&2
    exit 1
  fi
  [ "$code" -eq 0 ] || echo "(exit code $code)"
  steps=$((steps + 1))
}
say() { printf '\n# %s\n' "$*"; }

mk4=examples/coldcard-mk4.7z
mk4_password=file:examples/coldcard-mk4.password

say "What can anybody learn from a backup, without its password?"
run 0 hwbak inspect "$mk4"

say "Are these backups good? With the password the answer reaches to the seed words."
for name in mk4 mk3-duress; do
  run 0 hwbak verify --password-from "file:examples/coldcard-$name.password" "examples/coldcard-$name.7z"
done

say "This one opens as well, but its multisig wallet and its Seed Vault belong to somebody else."
run 0 hwbak verify --password-from file:examples/coldcard-q1-testnet.password examples/coldcard-q1-testnet.7z

say "The same for scripts: one line of JSON."
run 0 hwbak verify --json --password-from "$mk4_password" "$mk4"

say "What is inside? Secrets stay masked until --reveal is given."
run 0 hwbak open --password-from file:examples/coldcard-mk3-duress.password examples/coldcard-mk3-duress.7z

say "A wrong password is told from damage."
run 3 hwbak verify --password-from file:examples/coldcard-mk3-duress.password "$mk4"

say "One block of this copy went bad. The password is right, and most is still there: salvage it."
damaged=$folder/damaged.7z
cp "$mk4" "$damaged"
printf 'sixteen bad byte' | dd of="$damaged" bs=1 seek=992 conv=notrunc status=none
run 4 hwbak verify --password-from "$mk4_password" "$damaged"
run 4 hwbak open --salvage --password-from "$mk4_password" --output "$folder/salvaged.txt" "$damaged"

say "Would a device take it? A rehearsal of Verify and Restore, for today's firmware and for an old one."
run 0 hwbak drill --target coldcard@5.6.1 --target coldcard@3.0.4 --password-from "$mk4_password" "$mk4"

say "A backup made from a decrypted text, three copies on each of two cards. The password comes from a file here; at a"
say "terminal twelve fresh words are drawn, shown once, and asked for in a quiz."
run 0 hwbak open --raw --password-from "$mk4_password" --output "$folder/backup.txt" "$mk4"
mkdir "$folder/card1" "$folder/card2"
run 0 hwbak create coldcard --text "$folder/backup.txt" --new-password-from "$mk4_password" --to "$folder/card1" --to "$folder/card2"
run 0 hwbak verify --require meaning --password-from "$mk4_password" "$folder/card2/backup-3.7z"

badge=examples/cdc-badge.cdcbak
badge_password=file:examples/cdc-badge.password
say "Another device: the backup of a CDC Badge. Is it good, and what is in it?"
run 0 hwbak verify --password-from "$badge_password" "$badge"
run 0 hwbak open --password-from "$badge_password" "$badge"
say "What would a badge import, onto what it holds already, and what do its counts not tell?"
run 0 hwbak drill --onto "$badge" --password-from "$badge_password" "$badge"

share=examples/pico-hsm-share.pbe
dkek=$share=file:examples/pico-hsm-share.password
say "Another device: keys that a Pico HSM wrapped under its DKEK, and the share of that DKEK. Are they good, without the device?"
run 0 hwbak verify --share "$dkek" examples/pico-hsm-p256.bin examples/pico-hsm-rsa2048.bin
run 0 hwbak open --share "$dkek" examples/pico-hsm-p256.bin
say "Would a device take this one back? The firmware refuses its own backup, and says only 6400."
run 0 hwbak drill --share "$dkek" examples/pico-hsm-x25519.bin

say "The main job, in one word: is this backup good, what is it, what next?"
run 0 hwbak "$mk4" --password-from "$mk4_password"

printf '\ndemo: %s steps ended as they should: inspected, verified, opened, salvaged, rehearsed, made and judged real backup files\n' "$steps"
