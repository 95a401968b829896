"""Custodians' shares with wrong digits are put right: from a script, on the terminal, stopped and resumed, refused; what was found opens the share
with every other command. The share is one that sc-hsm-tool made, so every candidate costs its ten million rounds."""
import concurrent.futures
import hashlib
import json
import os
import signal
import subprocess
import tempfile
import time

import terminal
from terminal import PROGRAM, alone, answers, finish, screen, start

VECTORS = os.path.join(os.environ["HWBAK_VECTORS"], "pico-hsm")
with open(os.path.join(VECTORS, "vectors.json"), encoding="utf-8") as listing:
    LISTING = json.load(listing)
SHARE = next(one for one in LISTING["dkek_shares"] if "threshold" in one)
FILE = os.path.join(VECTORS, SHARE["file"])
PRIME = SHARE["threshold"]["prime"]
VALUES = {one["id_printed"]: one["value"] for one in SHARE["threshold"]["shares"]}


def quorum(ids="12345", prime=PRIME, **changed):
    """Lines of these custodians; `c2=...`: what stands there for the value of custodian 2."""
    return f"prime={prime}\n" + "".join(f"share={i}:{changed.get('c' + i, VALUES[i])}\n" for i in ids)


def recover(lines, *arguments, file=FILE, **environment):
    done = alone("recover", "--json", "--quorum-from", "env:LINES_TYPED", file, *arguments, LINES_TYPED=lines, **environment)
    found = answers(done)
    assert len(found) == 1, done.stdout + done.stderr
    assert found[0]["exit"] == done.returncode, done
    for secret in (PRIME, *VALUES.values(), SHARE["password_hex"]):
        assert secret not in done.stdout + done.stderr or "--reveal" in arguments, "no secret without --reveal"
    return found[0]


def swapped(value, at):
    digits = value.replace(":", "")
    assert digits[at] != digits[at + 1]
    return digits[:at] + digits[at + 1] + digits[at] + digits[at + 2:]


def a_wrong_digit_and_the_lines_that_were_put_right():
    """Five custodians where three are needed: hardly anything but the truth is left."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "right.txt")
        wrong = VALUES["2"].replace("4a", "4b", 1)
        line = recover(quorum(c2=wrong), "--threshold", "3", "--expect-kcv", kcv_of(SHARE), "--output", path, "--reveal")
        facts = line["facts"]
        assert line["outcome"] == "ok" and facts["class"] == "one-digit" and "whole" in line["message"], line
        assert facts["wrong_places"] == [2] and facts["corrections"] == ["share 2, digit 4: you wrote b, it is a"], facts
        assert facts["password"] == SHARE["password_hex"] and facts["quorum"][0] == "prime=" + PRIME, facts
        assert facts["candidates_tried"] <= facts["candidates_total"] <= 4 and facts["other_corrections"] == 0, facts
        assert facts["custodians"] == 5 and facts["quorum_reading"] == "padded" and facts["shard"] == "1/1", facts
        assert line["levels"]["content"] == "pass", line
        with open(path, encoding="ascii") as file:
            assert file.read() == quorum()
        assert os.stat(path).st_mode & 0o777 == 0o600
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            for done in pool.map(lambda command: alone(command, "--json", "--quorum-from", "file:" + path, FILE), ("verify", "open")):
                assert answers(done)[0]["outcome"] == "ok", done
        before = alone("verify", "--json", "--quorum-from", "env:LINES_TYPED", FILE, LINES_TYPED=quorum(c2=wrong))
        assert answers(before)[0]["outcome"] == "wrong-secret" and "recover" in answers(before)[0]["facts"]["next"], before


def every_slip():
    three = VALUES["3"].replace(":", "")
    for of_class, lines in (
            ("one-digit", quorum("1234", c3=three[:5] + three[6:])),
            ("one-digit", quorum("1234", c3=three[:5] + three[5] + three[5:])),
            ("two-digits", quorum("1234", c1=swapped(VALUES["1"], 0), c4="1" + VALUES["4"][1:]))):
        for one in ("as-typed", "one-digit", "two-digits"):
            done = alone("recover", "--export-candidates", "--threshold", "3", "--classes", one, "--quorum-from", "env:LINES_TYPED", FILE, LINES_TYPED=lines)
            assert (SHARE["password_hex"] in done.stdout.splitlines()) == (one == of_class), (one, of_class, done.stderr)


def judged_by_a_kcv():
    own = kcv_of(SHARE)
    other = next(one for one in LISTING["dkek_shares"] if "password_utf8" in one)
    kcv = kcv_of(SHARE, other)
    both = ("--share", os.path.join(VECTORS, other["file"]) + "=env:OTHER_PASSWORD")
    wrong_prime, wrong_digits = quorum("1234", prime=PRIME[:-1] + "d"), quorum("1234", c1=swapped(VALUES["1"], 0))

    def judged(lines, *arguments, password=other["password_utf8"]):
        return recover(lines, "--threshold", "3", *arguments, OTHER_PASSWORD=password)

    def another_kcv():
        line = judged(wrong_prime, "--expect-kcv", "0123456789ABCDEF", "--reveal")
        assert line["outcome"] == "wrong-secret" and line["exit"] == 3, line
        assert "0123456789ABCDEF" in line["message"] and own in line["message"] and line["facts"]["quorum"], line

    # With the other share of the DKEK.
    def both_shares():
        line = judged(quorum("1234", c1=swapped(VALUES["1"], 0), c4="1" + VALUES["4"][1:]), *both)
        assert line["outcome"] == "ok" and kcv in line["message"] and line["facts"]["kcv"] == kcv, line
        assert line["facts"]["class"] == "two-digits" and line["facts"]["wrong_places"] == [1, 4], line

    def both_shares_and_their_kcv():
        line = judged(quorum("1234"), *both, "--expect-kcv", kcv)
        assert line["outcome"] == "ok" and "whole" in line["message"] and line["facts"]["wrong_places"] == [], line

    def both_shares_and_the_kcv_of_one():
        line = judged(wrong_digits, *both, "--expect-kcv", own)
        assert line["outcome"] == "wrong-secret" and line["facts"]["kcv"] == kcv and line["facts"]["wrong_places"] == [1], line

    def the_other_share_does_not_open():
        line = judged(quorum("1234"), *both, password="wrong")
        assert line["outcome"] == "wrong-secret" and "candidates_tried" not in line["facts"], line

    # So few candidates keep one core busy.
    stories = (both_shares, both_shares_and_their_kcv, both_shares_and_the_kcv_of_one, another_kcv, the_other_share_does_not_open)
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(one) for one in stories]:
            done.result()


def kcv_of(*shares):
    dkek = 0
    for share in shares:
        dkek ^= int(share["share_hex"], 16)
    return hashlib.sha256(dkek.to_bytes(32, "big")).hexdigest()[:16].upper()


def nothing_found_and_refused():
    # The custodians mixed up their papers.
    line = recover(quorum("123", c1=VALUES["2"], c2=VALUES["1"]), "--classes", "as-typed")
    assert line["outcome"] == "exhausted" and line["facts"]["candidates_tried"] == line["facts"]["candidates_total"] == 1, line
    line = recover(quorum("1234", c1=VALUES["2"], c2=VALUES["1"]), "--threshold", "3")
    assert line["outcome"] == "refused" and "--threshold is right" in line["facts"]["next"], line
    line = recover(quorum("123"), "--classes", "two-digits", "--max-time", "5s")
    facts = line["facts"]
    assert line["outcome"] == "refused" and line["exit"] == 6, line
    assert facts["candidates_total"] > 100_000 and facts["classes_not_counted"] == ["three-digits"], facts
    assert "--threshold" in facts["next"], facts
    line = recover(quorum("123"), "--classes", "three-digits")
    assert line["outcome"] == "refused" and "counted" in line["message"], line
    for lines, said in (("", ""), ("prime=11\n", "no share"), (quorum("12").replace("prime=", "prime=g"), "no digit"), ("x" * 70_000, "")):
        line = recover(lines)
        assert line["outcome"] == "refused" and said in line["message"], line
    line = recover(quorum(), file=terminal.vector())
    assert line["outcome"] == "unsupported" and "--password-from" in line["facts"]["next"], line
    line = recover(quorum(), file=os.path.join(VECTORS, "aes256.bin"))
    assert line["outcome"] == "unsupported" and "wrapped key" in line["message"], line
    for wrong in (("--quorum-from", "stdin", "--pattern-from", "env:X"), ("--quorum-from", "stdin", "--password-from", "env:X"), ("--threshold", "3"),
                  ("--share", FILE), ("--quorum-from", "stdin", "--threshold", "1")):
        assert alone("recover", *wrong, FILE).returncode == 2, wrong


def candidates_for_another_program():
    lines = quorum("123", c1=swapped(VALUES["1"], 0))
    done = alone("recover", "--export-candidates", "--classes", "as-typed,one-digit", "--quorum-from", "env:LINES_TYPED", FILE, LINES_TYPED=lines)
    found = done.stdout.splitlines()
    assert done.returncode == 0 and SHARE["password_hex"] in found and len(set(found)) == len(found) > 300, done.stderr
    parts = [alone("recover", "--export-candidates", "--classes", "as-typed,one-digit", "--shard", f"{k}/3", "--quorum-from", "env:LINES_TYPED", FILE,
                   LINES_TYPED=lines).stdout.splitlines() for k in (1, 2, 3)]
    assert sorted(line for part in parts for line in part) == sorted(found)


def stopped_and_resumed():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "lines")
        with open(path, "w", encoding="ascii") as out:
            out.write(quorum("123", c3=swapped(VALUES["3"], 0)))
        command = [PROGRAM, "recover", "--json", "--quorum-from", "file:" + path, "--classes", "one-digit", "--state", os.path.join(folder, "state"),
                   "--max-time", "1h", FILE]
        child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        while child.poll() is None and not os.path.exists(os.path.join(folder, "state")):
            time.sleep(0.02)  # then it has begun, and its first candidates take seconds
        child.send_signal(signal.SIGTERM)
        out, _ = child.communicate()
        line = json.loads(out)
        assert line["outcome"] == "stopped" and os.path.exists(os.path.join(folder, "state")), line
        line = json.loads(subprocess.run(command, capture_output=True, text=True).stdout)
        assert line["outcome"] == "ok" and line["facts"]["class"] == "one-digit", line
        with open(os.path.join(folder, "state"), encoding="ascii") as state:
            assert PRIME.replace(":", "") not in state.read()
        with open(path, "w", encoding="ascii") as out:
            out.write(quorum("123", c3=swapped(VALUES["3"], 4)))
        line = json.loads(subprocess.run(command, capture_output=True, text=True).stdout)
        assert line["outcome"] == "refused" and "another search" in line["message"], line


def on_the_terminal():
    """What a custodian typed is gone before the next one comes, also when it cannot be right; the result is on a page that is gone too."""
    child = start("recover", "--quorum-from", "tty", "--threshold", "3", FILE)
    with tempfile.TemporaryFile("w+", encoding="utf-8", newline="") as record:
        child.logfile_read = record
        child.expect_exact("Prime: ")
        child.send("zz\r")
        child.expect_exact("no digit")
        child.expect_exact("Prime: ")
        child.send(PRIME[:-1] + "d\r")
        for ident in "1234":
            child.expect_exact("Share ID: ")
            child.send(ident + "\r")
            child.expect_exact("Share value: ")
            child.send(VALUES[ident] + "\r")
        child.expect_exact("Share ID: ")
        child.send("\r")
        child.expect_exact("4 taken.")
        child.expect_exact("one-digit: ")
        child.expect_exact("put right")
        child.expect_exact("prime=" + PRIME)
        child.expect_exact("prime, digit 16: you wrote d, it is f")
        child.send("y")
        text, code = finish(child)
        assert code == 0 and "of the class one-digit" in text, text
        record.seek(0)
        left = screen(record.read())
        for value in (PRIME, PRIME[:-1] + "d", *VALUES.values()):
            assert value not in left, "it is left to see"


terminal.run([a_wrong_digit_and_the_lines_that_were_put_right, every_slip, judged_by_a_kcv, nothing_found_and_refused, candidates_for_another_program,
              stopped_and_resumed, on_the_terminal])
