"""The terminal is put back on every way out of a question."""
import os
import signal
import subprocess
import tempfile
import time

import pexpect
import terminal
from terminal import WORDS, echoes, finish, start, vector


def shell():
    """A shell on the terminal, so that the terminal's state can be looked at after hwbak is gone."""
    child = pexpect.spawn("/bin/bash", ["--norc", "--noprofile", "-i"], timeout=terminal.patience, encoding="utf-8", echo=False,
                          env=dict(os.environ, TERM="xterm", PS1="ready> ", HISTFILE=""), dimensions=(40, 100))
    child.expect_exact("ready> ")
    child.sendline("stty echo")
    child.expect_exact("ready> ")
    return child


def ask(child):
    child.sendline(f"'{terminal.PROGRAM}' verify '{vector()}'")
    child.expect_exact("word 1 of 12: ")
    assert not echoes(child), "control: the question does turn the echo off"


def settled(child):
    """The shell edits its own lines; a command it runs sees the terminal as hwbak left it."""
    child.sendline("stty -a | tr ';' '\\n' | tr '\\n' ' '; echo state-end")
    child.expect(r"speed.*state-end")
    state = child.after
    return " echo " in state and " icanon " in state and " isig " in state and "-echo " not in state


def control_c():
    child = shell()
    ask(child)
    child.send("maz\x03")
    child.expect_exact("ready> ")
    child.sendline("echo code=$?")
    child.expect(r"code=(\d+)\s")
    assert child.match.group(1) == "130", child.match.group(1)
    child.expect_exact("ready> ")
    assert settled(child)
    child.close(force=True)


def killed_by(number, expected):
    child = start("verify", vector())
    child.expect_exact("word 1 of 12: ")
    assert not echoes(child)
    child.kill(number)
    child.expect(pexpect.EOF)
    child.close()
    found = child.exitstatus if child.exitstatus is not None else -child.signalstatus
    assert found == expected, found


def signals():
    killed_by(signal.SIGINT, 130)
    killed_by(signal.SIGTERM, -signal.SIGTERM)
    killed_by(signal.SIGHUP, -signal.SIGHUP)


def terminated_by_another_shell():
    child = shell()
    ask(child)
    pid = subprocess.check_output(["ps", "-o", "pid=", "--ppid", str(child.pid)], text=True).split()[0]
    os.kill(int(pid), signal.SIGTERM)
    child.expect_exact("ready> ")
    assert settled(child)
    child.close(force=True)


def suspended_and_resumed():
    child = shell()
    ask(child)
    child.send("\x1a")
    child.expect_exact("Stopped")
    child.expect_exact("ready> ")
    assert settled(child)
    child.expect_exact("ready> ")
    child.sendline("fg")
    child.expect_exact("word 1 of 12: ")
    time.sleep(0.2)
    assert not echoes(child), "the question goes on unseen"
    child.sendline(" ".join(WORDS))
    child.expect_exact("content: proven")
    child.expect_exact("ready> ")
    assert settled(child)
    child.close(force=True)


def rekey(folder):
    path = os.path.join(folder, "new.7z")
    return path, start("rekey", "--password-from", "env:OLD", "--output", path, vector(), OLD=" ".join(WORDS))


def new_words_are_confirmed():
    with tempfile.TemporaryDirectory() as folder:
        path, child = rekey(folder)
        password = terminal.learn(child)
        text, code = finish(child)
        assert code == 0, text
        with open(os.path.join(folder, "pw"), "w", encoding="utf-8") as file:
            file.write(password)
        done = subprocess.run([terminal.PROGRAM, "verify", "--require", "meaning", "--password-from", f"file:{folder}/pw", path],
                              capture_output=True, text=True)
        assert done.returncode == 0, done.stdout


def new_words_given_up():
    for key, expected in (("\x03", 130), ("x", 6), ("\x04", 6)):
        with tempfile.TemporaryDirectory() as folder:
            _, child = rekey(folder)
            terminal.new_words(child)
            child.send(key)
            text, code = finish(child)
            assert code == expected, (key, code, text)
            assert os.listdir(folder) == []


def colours():
    child = start("verify", "--no-password", vector())
    text, _ = finish(child)
    assert "\x1b[" in text, "control: colours on a terminal"
    child = start("verify", "--no-password", vector(), NO_COLOR="1")
    text, _ = finish(child)
    assert "\x1b[" not in text, text


def raw_stays_off_the_terminal():
    child = start("open", "--raw", "--password-from", "env:OLD", vector(), OLD=" ".join(WORDS))
    text, code = finish(child)
    assert code == 6, text
    assert "--reveal" in text and "mnemonic" not in text, text


terminal.run([control_c, signals, terminated_by_another_shell, suspended_and_resumed, new_words_are_confirmed,
              new_words_given_up, colours, raw_stays_off_the_terminal])
