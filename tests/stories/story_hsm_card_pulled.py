"""A card that is taken out of its reader while our client works with it, and a PIN that is wrong: no half-written file, a true account of
what there is, and a second run that goes on."""
import json
import os
import re
import subprocess
import tempfile
import time

import practice_hsm
import terminal
from practice_hsm import PIN, Key, hwbak, initialise, insert, pkcs11_tool, pull, references, sc_hsm_tool

STATE = practice_hsm.enter()
FOLDER = tempfile.TemporaryDirectory()
BACKUP = os.path.join(FOLDER.name, "keys")
IDS = ["21", "22", "23", "24"]
SLOWLY = ("--delay", "0.1")


def backed_up():
    return sorted(name for name in os.listdir(BACKUP) if name.endswith(".bin")) if os.path.isdir(BACKUP) else []


def saved():
    """Changes whenever the card keeps something."""
    with os.scandir(STATE) as entries:
        return tuple(sorted((entry.name, entry.inode()) for entry in entries))


def pulled_when(there_is_enough, *arguments):
    """Runs our program, and takes the card out as soon as there is enough: what it answers then."""
    program = subprocess.Popen([terminal.PROGRAM, *arguments, "--json", "--pin-from", "env:PIN"], stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, text=True, env=dict(os.environ, PIN=PIN))
    deadline = time.monotonic() + 100
    while not there_is_enough():
        assert program.poll() is None and time.monotonic() < deadline, "it was not pulled: " + program.communicate()[0]
        time.sleep(0.005)
    pull()
    (answer,) = [json.loads(line) for line in program.communicate(timeout=terminal.patience)[0].splitlines()]
    insert(*SLOWLY)
    assert answer["outcome"] in ("device", "partial"), answer
    assert re.search("the card was taken out|the line to the card broke", answer["message"]), answer
    return answer


def a_wrong_pin_costs_one_try():
    initialise(0)
    for ident in IDS:
        Key(FOLDER.name, ident, "EC:secp256r1")
    (refused,) = hwbak("device", "backup", "--to", BACKUP, "--pin-from", "env:PIN", code=9, PIN="648218")
    assert "2 tries are left" in refused["message"] and backed_up() == [], refused
    status = sc_hsm_tool()
    assert re.search(r"User PIN tries left +: 2\b", status), status


def kept_so_often(times):
    """Says when the card has kept something so often: a login keeps the try that it takes, and gives it back."""
    states = set()

    def enough():
        states.add(saved())
        return len(states) > times

    return enough


def a_backup_is_done_again_where_the_card_was_taken_out():
    pull()
    insert(*SLOWLY)
    manifest = os.path.join(BACKUP, "manifest.json")  # is there before the first key is asked for
    told = pulled_when(lambda: os.path.exists(manifest), "device", "backup", "--to", BACKUP)
    kept = [key["file"] for key in told["facts"]["keys"] if key["status"] == "written"]
    assert sorted(kept) == backed_up() and len(kept) < len(IDS), (told, backed_up())
    for name in kept:
        (whole,) = hwbak("inspect", os.path.join(BACKUP, name))
        assert whole["outcome"] == "ok", whole
    (done,) = hwbak("device", "backup", "--to", BACKUP, "--pin-from", "env:PIN", PIN=PIN)
    keys = {key["key_id"]: key["status"] for key in done["facts"]["keys"]}
    assert sorted(keys) == IDS and set(keys.values()) <= {"present", "written"} and len(backed_up()) == len(IDS), done


def a_restore_goes_on_too():
    for ident in IDS:
        pkcs11_tool("--delete-object", "--type", "privkey", "--id", ident)
    assert references() == {}  # their certificates stay, and are written over with --force
    told = pulled_when(kept_so_often(6), "device", "restore", BACKUP, "--yes", "--force")
    back = [key["key_id"] for key in told["facts"]["keys"] if key["status"] == "restored"]
    assert set(back) <= set(references()) and len(references()) < len(IDS), (told, references())
    (done,) = hwbak("device", "restore", BACKUP, "--pin-from", "env:PIN", "--yes", "--force", PIN=PIN)
    assert sorted(references()) == IDS, done
    status = sc_hsm_tool()
    assert re.search(r"User PIN tries left +: 3\b", status), status


terminal.run([a_wrong_pin_costs_one_try, a_backup_is_done_again_where_the_card_was_taken_out, a_restore_goes_on_too])
