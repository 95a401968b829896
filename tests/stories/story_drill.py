"""drill: what a device would do with a file, as a page and for scripts."""
import json
import os
import subprocess

import terminal
from terminal import PASSWORDS, WORDS, finish, start, vector


def run(*arguments, **environment):
    return subprocess.run([terminal.PROGRAM, "drill", *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          start_new_session=True, env=dict(os.environ, PW=" ".join(WORDS), **environment), timeout=terminal.patience)


def drills(done):
    (line,) = done.stdout.splitlines()
    answer = json.loads(line)
    return answer, {row["target"]: row for row in answer["facts"].get("drill", [])}


def accepted_by_todays_firmware():
    answer, rows = drills(run("--json", "--password-from", "env:PW", vector()))
    assert answer["outcome"] == "ok" and len(rows) >= 3, answer
    row = rows["coldcard@5.6.1"]
    assert row["verify"] == row["restore"] == "accept", row


def a_foreign_archive_is_rejected():
    name = "repacked-7z-lzma2.7z"
    arguments = ("--json", "--target", "coldcard@5.6.1", "--password-from", "env:OTHER", vector(name))
    done = run(*arguments, OTHER=PASSWORDS[name])
    answer, rows = drills(done)
    row = rows["coldcard@5.6.1"]
    assert done.returncode == 0, "a drill is ok when the rehearsal ran"
    assert row["verify"] == row["restore"] == "reject" and row["reason"] and row["message"] and row["next"], row
    assert run("--require-accept", *arguments, OTHER=PASSWORDS[name]).returncode == 8
    assert run("--require-accept", "--password-from", "env:PW", "--target", "coldcard@5.6.1", vector()).returncode == 0, "control"


def versions_and_states():
    answer, rows = drills(run("--json", "--password-from", "env:PW", "--target", "coldcard@2.1.3", "--target", "coldcard@5.6.1", vector()))
    assert list(rows) == ["coldcard@2.1.3", "coldcard@5.6.1"], answer
    _, seeded = drills(run("--json", "--password-from", "env:PW", "--device-state", "seeded", "--target", "coldcard@5.6.1", vector()))
    row = seeded["coldcard@5.6.1"]
    assert row["verify"] == "accept" and row["restore"] == "reject", row
    _, everything = drills(run("--json", "--password-from", "env:PW", "--target", "all", vector()))
    assert len(everything) > 6, list(everything)


def a_target_that_is_none():
    for target in ("coldcard@9.9.9", "trezor", "coldcard@"):
        done = run("--target", target, "--no-password", vector())
        assert done.returncode == 2, (target, done)


def without_a_password():
    answer, rows = drills(run("--json", "--no-password", "--target", "coldcard@5.6.1", vector()))
    row = rows["coldcard@5.6.1"]
    assert row["verify"] == "accept" and row["restore"] != "accept", "what was not proven is not accepted"


def a_page_for_people():
    child = start("drill", "--target", "coldcard@5.6.1", vector())
    child.expect_exact("word 1 of 12: ")
    child.sendline(" ".join(WORDS))
    text, code = finish(child)
    assert code == 0 and "5.6.1" in text and "Restore" in text, text
    assert not any(word in text.split() for word in ("trim", "alarm", "seminar")), "no seed words"


terminal.run([accepted_by_todays_firmware, a_foreign_archive_is_rejected, versions_and_states, a_target_that_is_none, without_a_password,
              a_page_for_people])
