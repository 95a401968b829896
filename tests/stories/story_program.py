"""The program without a terminal: exit codes, JSON lines, outputs that must not be overwritten."""
import json
import os
import shutil
import subprocess
import tempfile

import terminal
from terminal import WORDS, vector


def run(*arguments, stdout=subprocess.PIPE, **environment):
    """A session of its own has no controlling terminal, so nothing can be asked."""
    return subprocess.run([terminal.PROGRAM, *arguments], stdin=subprocess.DEVNULL, stdout=stdout, stderr=subprocess.PIPE,
                          start_new_session=True, env=dict(os.environ, PW=" ".join(WORDS), **environment), timeout=terminal.patience)


def lines(done):
    return [json.loads(line) for line in done.stdout.decode().splitlines()]


def json_for_every_subject():
    done = run("verify", "--json", "--no-password", vector(), vector("no-such-file"), vector())
    answers = lines(done)
    assert [a["outcome"] for a in answers] == ["ok", "io", "ok"], answers
    assert done.returncode == 13 and done.stderr == b"", done
    assert all(a["schema"] == "hwbak/1" and a["command"] == "verify" for a in answers)


def an_empty_folder_is_no_success():
    with tempfile.TemporaryDirectory() as folder:
        done = run("verify", "--json", folder)
    assert done.returncode == 5 and lines(done)[0]["outcome"] == "unsupported", done


def several_subjects_get_a_line_each():
    done = run("verify", "--no-password", vector(), vector("no-such-file"), vector())
    first, failed, why, *_, last = done.stdout.decode().splitlines()
    assert first == last == f"OK: {vector()}: structure proven; content, meaning not checked", done
    assert failed.startswith("CANNOT READ OR WRITE: ") and why.startswith("  ") and done.returncode == 13, done


def usage_in_json():
    done = run("--json", "verify")
    (answer,) = lines(done)
    assert done.returncode == 2 and answer["outcome"] == "usage" and answer["facts"]["next"] == "hwbak verify --help", answer


def fail_on_turns_ok_into_findings():
    assert run("verify", "--password-from", "env:PW", vector()).returncode == 0, "control"
    done = run("verify", "--json", "--fail-on", "high", "--password-from", "env:PW", vector())
    assert done.returncode == 8 and lines(done)[0]["outcome"] == "findings"


def no_terminal_asks_nothing():
    done = run("verify", vector())
    assert done.returncode == 0 and b"needs the password" in done.stdout, done
    done = run("rekey", vector(), "--password-from", "env:PW", "--output", "/tmp/never-written.7z")
    assert done.returncode == 6 and b"--new-password-from" in done.stdout, done


def outputs_are_never_overwritten():
    with tempfile.TemporaryDirectory() as folder:
        backup, other = os.path.join(folder, "b.7z"), os.path.join(folder, "other")
        shutil.copy(vector(), backup)
        os.link(backup, other)
        before = open(backup, "rb").read()
        raw = ("open", "--raw", "--password-from", "env:PW", backup, "--output")
        assert run(*raw, other, "--force").returncode == 6, "the input under another name"
        assert open(backup, "rb").read() == before
        text = os.path.join(folder, "text")
        assert run(*raw, text).returncode == 0
        assert open(text, "rb").read().startswith(b"# Coldcard backup file")
        assert os.stat(text).st_mode & 0o777 == 0o600
        assert run(*raw, text).returncode == 6
        assert run(*raw, text, "--force").returncode == 0
        assert sorted(os.listdir(folder)) == ["b.7z", "other", "text"]


def raw_writes_nothing_when_it_fails():
    done = run("open", "--raw", "--password-from", "env:WRONG", vector(), WRONG="zoo")
    assert done.returncode == 3 and done.stdout == b"" and done.stderr != b"", done


def a_full_disk_is_told():
    with open("/dev/full", "wb") as full:
        done = run("inspect", vector(), stdout=full)
    assert done.returncode == 13 and b"No space left" in done.stderr, done


def no_secret_without_reveal():
    command = ("open", "--json", "--password-from", "env:PW", vector())
    seed = b"trim thing monkey alarm unlock seminar"
    assert seed in run(*command, "--reveal").stdout, "control"
    assert seed not in run(*command).stdout


terminal.run([json_for_every_subject, an_empty_folder_is_no_success, several_subjects_get_a_line_each, usage_in_json,
              fail_on_turns_ok_into_findings, no_terminal_asks_nothing,
              outputs_are_never_overwritten, raw_writes_nothing_when_it_fails, a_full_disk_is_told, no_secret_without_reveal])
