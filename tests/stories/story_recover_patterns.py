"""A passphrase that is remembered in parts is found again: typed on the terminal, from files, stopped and resumed, refused."""
import json
import os
import signal
import subprocess
import tempfile
import time

import terminal
from terminal import PASSWORDS, PROGRAM, VECTORS, alone, answers, finish, start, vector

CUSTOM = "custom-password.7z"
RIGHT = PASSWORDS[CUSTOM]
PATTERN = r'(?i:c)orrect-(House|Horse)! Battery\\Staple "32+" chars\?'
BADGE = os.path.join(VECTORS, "..", "cdc-badge")


def badge(name):
    return os.path.normpath(os.path.join(BADGE, name))


def recover(pattern, file, *arguments):
    done = alone("recover", "--json", "--pattern-from", "env:REMEMBERED", *arguments, file, REMEMBERED=pattern)
    lines = answers(done)
    assert len(lines) == 1 and lines[0]["exit"] == done.returncode, done
    assert "--reveal" in arguments or RIGHT not in done.stdout + done.stderr, "no password without --reveal"
    return lines[0]


def from_a_script():
    line = recover(PATTERN, vector(CUSTOM), "--reveal")
    facts = line["facts"]
    assert line["outcome"] == "ok" and facts["password"] == RIGHT, line
    assert facts["candidates_total"] == 4 and 1 <= facts["position"] == facts["candidates_tried"] <= 4, facts
    assert facts["class"] == "as-written" and facts["shard"] == "1/1" and facts["candidates_per_second_per_core"] >= 1, facts
    assert facts["classes"] == [{"class": "as-written", "candidates": 4}] and "wrong_places" not in facts, facts
    line = recover(PATTERN.replace("orrect", "(?t1:orerct)"), vector(CUSTOM))
    assert line["facts"]["class"] == "one-slip" and "password" not in line["facts"], line


def with_a_list():
    with tempfile.TemporaryDirectory() as folder:
        words, found = os.path.join(folder, "words"), os.path.join(folder, "found")
        with open(words, "wb") as file:
            file.write(b"\xef\xbb\xbftwo\r\n\r\none\r\niter one\r\ntwo\r\n")
        line = recover(r"ITER \w|iter \w", badge("s10-iters-1.cdcbak"), "--wordlist", words, "--output", found)
        assert line["outcome"] == "ok" and line["facts"]["candidates_total"] == 6 and line["facts"]["output"] == found, line
        with open(found, encoding="ascii") as file:
            assert file.read() == "iter one\n"
        assert os.stat(found).st_mode & 0o777 == 0o600
        done = alone("recover", "--json", "--reveal", "--wordlist", words, badge("s10-iters-1.cdcbak"))
        line = answers(done)[0]
        assert line["facts"]["password"] == "iter one" and line["facts"]["candidates_total"] == 3, "the words themselves"
        line = recover("iter one", badge("s10-iters-1.cdcbak"), "--wordlist", words)
        assert line["exit"] == 6 and "\\w" in line["facts"]["next"], line
        line = recover(r"iter \w", badge("s10-iters-1.cdcbak"))
        assert line["exit"] == 6 and "--wordlist" in line["facts"]["next"], line


def words_are_not_for_badges():
    done = alone("recover", "--json", "--password-from", "env:REMEMBERED", badge("s10-iters-1.cdcbak"), REMEMBERED="iter one")
    line = answers(done)[0]
    assert line["outcome"] == "unsupported" and "--pattern-from" in line["facts"]["next"], line


def faults_exhausted_and_refused():
    line = recover("ab\n\nse(cret", vector(CUSTOM))
    assert line["outcome"] == "refused" and "line 3" in line["message"] and "character 3" in line["message"], line
    assert "cret" not in json.dumps(line), "what was written is a secret"
    line = recover(r"nothing like \d{1,2}", vector(CUSTOM))
    assert line["outcome"] == "exhausted" and line["exit"] == 11, line
    assert line["facts"]["candidates_tried"] == line["facts"]["candidates_total"] == 110, line
    line = recover("[a-z]{10}", vector(CUSTOM), "--max-time", "1h")
    assert line["outcome"] == "refused" and "141,167,095,653,376 candidates" in line["message"], line
    assert "--max-time" in line["facts"]["next"] and line["facts"]["candidates_total"] == 26 ** 10, line


def killed_and_resumed():
    with tempfile.TemporaryDirectory() as folder:
        pattern, state = os.path.join(folder, "pattern"), os.path.join(folder, "state")
        with open(pattern, "w", encoding="ascii") as file:
            file.write("Cecret-[1-9]\\d{3}|" + PATTERN)
        command = [PROGRAM, "recover", "--json", "--threads", "1", "--pattern-from", "file:" + pattern, "--state", state, vector(CUSTOM)]
        whole = json.loads(subprocess.run(command[:-3] + command[-1:], capture_output=True, text=True).stdout)
        assert whole["outcome"] == "ok" and whole["facts"]["position"] > 9000, whole
        for how in (signal.SIGINT, signal.SIGKILL, signal.SIGTERM):
            child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
            time.sleep(1)
            child.send_signal(how)
            out, _ = child.communicate()
            if child.returncode == 12:
                assert json.loads(out)["outcome"] == "stopped"
        line = json.loads(subprocess.run(command, capture_output=True, text=True).stdout)
        assert line["outcome"] == "ok" and line["facts"]["position"] == whole["facts"]["position"], (line, whole)
        with open(state, encoding="ascii") as file:
            assert "ecret" not in file.read()
        with open(pattern, "a", encoding="ascii") as file:
            file.write("|more")
        other = json.loads(subprocess.run(command, capture_output=True, text=True).stdout)
        assert other["outcome"] == "refused" and "another search" in other["message"], other


def on_the_terminal():
    child = start("recover", "--pattern-from", "tty", vector(CUSTOM))
    child.expect_exact(f"Pattern for {vector(CUSTOM)}: ")
    child.send(PATTERN + "\r")
    child.expect_exact("as-written: 4 candidates")
    assert "Staple" not in child.before, "what is typed is not shown"
    child.expect_exact(RIGHT)
    child.send("y")
    text, code = finish(child)
    assert code == 0 and "opens the backup in full" in text and RIGHT not in text, text


def a_badge_asks_for_a_pattern():
    child = start("recover", badge("s10-iters-1.cdcbak"))
    child.expect_exact("Pattern for ")
    child.send("iter (one|two)\r")
    child.expect_exact("iter one")
    child.send("y")
    text, code = finish(child)
    assert code == 0, text


def candidates_for_another_program():
    done = alone("recover", "--export-candidates", "--pattern-from", "env:REMEMBERED", vector(CUSTOM), REMEMBERED="a?b?|(?l:a)b?")
    assert sorted(done.stdout.splitlines()) == ["", "4", "4b", "@", "@b", "a", "ab", "b"], done


terminal.run([from_a_script, with_a_list, words_are_not_for_badges, faults_exhausted_and_refused, killed_and_resumed, on_the_terminal,
              a_badge_asks_for_a_pattern, candidates_for_another_program])
