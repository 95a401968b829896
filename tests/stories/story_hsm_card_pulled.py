"""A card that is taken out of its reader while our client works with it, and a PIN that is wrong: no half-written file, a clear account
of what there is, and a second run that goes on."""
import json
import os
import subprocess
import tempfile
import time

import practice_hsm
import terminal
from practice_hsm import PIN, Dkek, Key, hwbak, initialise, insert, pull, references, tool

practice_hsm.enter()
FOLDER = tempfile.TemporaryDirectory()
BACKUP = os.path.join(FOLDER.name, "keys")
IDS = ["21", "22", "23", "24"]
DELAY = ("--delay", "0.02")


def work(*arguments, seconds):
    """Starts our program, and takes the card out after so many seconds. What it answers, or None when it was ready before."""
    program = subprocess.Popen([terminal.PROGRAM, *arguments, "--json", "--pin-from", "env:PIN"], stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, text=True, env=dict(os.environ, PIN=PIN, PW=Dkek.password))
    try:
        program.wait(seconds)
    except subprocess.TimeoutExpired:
        pass
    pull()
    (answer,) = [json.loads(line) for line in program.communicate(timeout=100)[0].splitlines()]
    insert(*DELAY)
    print("   ", answer["exit"], answer["message"])
    return answer


def a_wrong_pin_costs_one_try():
    Dkek.load()
    for ident in IDS:
        Key(FOLDER.name, ident, "EC:secp256r1")
    (refused,) = hwbak("device", "backup", "--to", BACKUP, "--pin-from", "env:PIN", code=9, PIN="648218")
    assert "2 tries are left" in refused["message"], refused
    assert tool("pkcs15-tool", "--dump").count("Tries left     : 2") == 1
    assert not os.path.exists(BACKUP) or os.listdir(BACKUP) == []


def a_backup_goes_on_where_the_card_was_taken_out():
    pull()
    insert(*DELAY)
    torn = 0
    for seconds in (0.3, 0.6, 0.9, 1.2):
        answer = work("device", "backup", "--to", BACKUP, seconds=seconds)
        torn += answer["exit"] != 0
        for name in os.listdir(BACKUP) if os.path.exists(BACKUP) else []:
            if name.endswith(".bin"):
                (whole,) = hwbak("inspect", os.path.join(BACKUP, name))
                assert whole["facts"]["kcv"] == Dkek.kcv, whole
        if os.path.exists(BACKUP): print(os.listdir(BACKUP))
    assert torn >= 2, "control: it was taken out in the middle"
    (done,) = hwbak("device", "backup", "--to", BACKUP, "--pin-from", "env:PIN", PIN=PIN)
    assert sorted(key["key_id"] for key in done["facts"]["keys"]) == IDS, done


terminal.run([a_wrong_pin_costs_one_try, a_backup_goes_on_where_the_card_was_taken_out])
