"""A practice HSM killed in the middle of its work: what is on the disk loads, and is the old state or the new one, whole."""
import json
import os
import random
import shutil
import signal
import subprocess
import tempfile
import time

import terminal
from reader import LOG_IN, PIN, Reader, extended, initialisation, with_data

HSM = os.path.join(os.environ["HWBAK_VECTORS"], "pico-hsm")
with open(os.path.join(HSM, "vectors.json"), encoding="utf-8") as listing:
    DKEK = next(one["dkek_hex"] for one in json.load(listing)["dkeks"] if one["name"] == "A")
NEW_PIN = "313233343536"
P256 = ("060a04007f00070202020203" "8120ffffffff00000001000000000000000000000000ffffffffffffffffffffffff"
        "83205ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b")
GENERATE = with_data("00460500", "5f290100" "42055554434130" + "7f4950" + P256 + "5f200141")


def blob(name):
    """The first element of the SEQUENCE."""
    parsed = subprocess.run(["openssl", "asn1parse", "-inform", "DER", "-in", os.path.join(HSM, name)], capture_output=True, text=True, check=True).stdout
    first = next(line for line in parsed.splitlines() if "OCTET STRING" in line)
    with open(os.path.join(HSM, name), "rb") as file:
        data = file.read()
    offset = int(first.split(":")[0]) + int(first.split("hl=")[1].split()[0])
    return data[offset:offset + int(first.split(" l=")[1].split()[0])]


def log_in(card):
    """With the old PIN or the new one: which."""
    if card.send("00200081") != "6a88" and card.send(LOG_IN) == "9000":
        return "old"
    assert card.send("0020008106" + NEW_PIN) == "9000", "no PIN opens it"
    return "new"


def holds(card):
    """What the device holds, with every key at work."""
    keys = card.good("80580000000000")
    for reference in [keys[i + 2:i + 4] for i in range(0, len(keys), 4) if keys[i:i + 2] == "cc" and keys[i + 2:i + 4] != "00"]:
        if card.send("8068" + reference + "7303616263")[-4:] != "9000":
            card.good("8078" + reference + "1010" + "00" * 16)
        if card.send("8052000000") != "010000000000000000009000":
            card.good("8072" + reference + "92000000")
    file = card.send("00b1cd01" "04" "54020000" "00")
    return keys, card.good("8052000000"), file


# Each with what it needs before it, beyond a key under reference 01 and a file.
WORK = {
    "generate": ([], GENERATE),
    "generate AES": ([], "004805b200"),
    "import a share": ([initialisation()], "8052000020" + DKEK),
    "unwrap": ([], extended("80740593", blob("p256.bin"))),
    "unwrap from its buffer": ([extended("00d72f10", bytes.fromhex("54020000" "5349") + blob("aes128.bin"))], "80740593"),
    "initialise": ([], initialisation(NEW_PIN)),
    "update": ([], "00d7cd01" "0a" "54020000" "5304" "6e657721"),
    "delete": ([], "00e4020002cc01"),
    "change the PIN": ([], with_data("00240081", PIN + NEW_PIN)),
}


def watch(folder, wanted):
    """Until a temporary file is there (or is there no more), or nothing happens."""
    end, seen = time.monotonic() + 1, False
    while time.monotonic() < end:
        there = any(entry.name != "hsm.state" for entry in os.scandir(folder))
        if there and wanted == "appears" or seen and not there:
            return
        seen = seen or there


def killed(card, folder, command, moment):
    card.ask(command)
    if moment in ("appears", "vanishes"):
        watch(folder, moment)
    else:
        time.sleep(moment)
    card.card.send_signal(signal.SIGKILL)
    card.card.wait(20)


def seen_after(folder, commands=()):
    """The state of the device after these, opened again."""
    if commands:
        with Reader(folder) as card:
            log_in(card)
            for one in commands:
                card.good(one)
    with Reader(folder) as card:
        return log_in(card), *holds(card)


def a_kill_at_any_moment():
    chance = random.Random(7)
    counted = {"old": 0, "new": 0}
    with tempfile.TemporaryDirectory() as place:
        first = os.path.join(place, "first")
        with Reader(first) as card:
            for command in (initialisation(), "8052000020" + DKEK, GENERATE.replace("00460500", "00460100"), "00d7cd01" "0a" "54020000" "5304" "6f6c6421"):
                card.good(command)

        def fresh(called):
            return shutil.copytree(first, os.path.join(place, called))

        untouched = seen_after(fresh("untouched"))
        for name, (prepare, command) in WORK.items():
            old = seen_after(fresh(name + " old"), prepare) if prepare else untouched
            new = seen_after(fresh(name + " new"), [*prepare, command])
            assert old != new, "control: it changes something: " + name
            for moment in ("appears", "vanishes", chance.uniform(0, 0.03)):
                folder = fresh(f"{name} {moment}")
                with Reader(folder) as card:
                    log_in(card)
                    for one in prepare:
                        card.good(one)
                    killed(card, folder, command, moment)
                found = seen_after(folder)
                assert found in (old, new), (name, moment, found, old, new)
                counted["old" if found == old else "new"] += 1
    assert counted["old"] >= 5 and counted["new"] >= 5, f"control: kills before and after: {counted}"


def a_wrong_pin_that_is_cut_off_costs_a_try():
    with tempfile.TemporaryDirectory() as place:
        state = os.path.join(place, "state")
        with Reader(state) as card:
            card.good(initialisation())
        for left in ("63c2", "63c1", "6983"):
            with Reader(state) as card:
                killed(card, state, "0020008106" + NEW_PIN, "vanishes")
            with Reader(state) as card:
                assert card.send("00200081") == left, "the try is taken before the PIN is looked at"


def the_quirks_take_the_card_out_of_the_reader():
    with tempfile.TemporaryDirectory() as place:
        state = os.path.join(place, "state")
        with Reader(state, "--quirks") as card:
            card.good(initialisation())
            card.ask("00d72f0308540200005302" "6869")
            try:
                raise AssertionError("it answered " + card.answer())
            except (EOFError, ConnectionResetError):
                pass
            said = card.card.communicate(timeout=terminal.patience)
            assert card.card.returncode == 9 and "--label" in said[0] + said[1], said
        with Reader(state, "--quirks", "--delay", "0.3") as card:
            begun = time.monotonic()
            card.good(LOG_IN)
            assert time.monotonic() - begun >= 0.3, "--delay"


terminal.run([a_kill_at_any_moment, a_wrong_pin_that_is_cut_off_costs_a_try, the_quirks_take_the_card_out_of_the_reader])
