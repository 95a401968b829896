"""New DKEK shares: each custodian's part alone on the screen and gone afterwards, and giving up. Every derivation is a real one of some
seconds."""
import os
import re
import tempfile

import terminal
from terminal import alone, answers, finish, screen, start


def part(child, number):
    """One custodian's two screens; gives prime, ID and value, which are still shown."""
    child.expect_exact(f"Custodian {number} of 3")
    child.expect_exact("when you are alone.")
    seen = child.before + child.after
    assert "Share value" not in seen, seen
    child.send("\r")
    child.expect(r"Prime       : ([0-9a-f:]+)\r*\n")
    prime = child.match.group(1)
    child.expect(r"Share ID    : (\d+)\r*\n")
    ident = child.match.group(1)
    child.expect(r"Share value : ([0-9a-f:]+)\r*\n")
    value = child.match.group(1)
    child.expect_exact("[x] X")
    return prime, ident, value


def each_custodian_sees_one_part_and_it_is_gone():
    with tempfile.TemporaryDirectory() as folder:
        share = os.path.join(folder, "one.pbe")
        child = start("create", "dkek-share", "--output", share, "--quorum", "2/3")
        record = open(os.path.join(folder, "record"), "w+", encoding="utf-8", newline="")
        child.logfile_read = record
        parts = []
        for number in (1, 2, 3):
            parts.append(part(child, number))
            assert not os.path.exists(share), "written before everybody has a part"
            child.send("\r")
        text, code = finish(child)
        assert code == 0 and "read back and opened again" in text, text
        record.seek(0)
        everything = record.read()
        left = screen(everything)
        for _, _, value in parts:
            assert value not in left, "it is left to see"
            assert value in everything, "control: it was shown"
        assert len({prime for prime, _, _ in parts}) == 1 and [ident for _, ident, _ in parts] == ["1", "2", "3"]
        lines = os.path.join(folder, "two.txt")
        with open(lines, "w", encoding="ascii") as out:
            out.write("".join(f"prime={prime}\nshare={ident}:{value}\n" for prime, ident, value in parts[1:]))
        kcv = re.search(r"KCV ([0-9A-F]{16})", text).group(1)
        checked = alone("dkek", "check", "--json", "--share", f"{share}=quorum:{lines}")
        assert checked.returncode == 0 and answers(checked)[0]["facts"]["kcv"] == kcv, checked


def giving_up_writes_nothing():
    with tempfile.TemporaryDirectory() as folder:
        share = os.path.join(folder, "one.pbe")
        child = start("create", "dkek-share", "--output", share, "--quorum", "2/3")
        _, _, value = part(child, 1)
        child.send("x")
        text, code = finish(child)
        assert code == 6 and "nothing was written" in text, text
        assert value not in text and os.listdir(folder) == []


def a_new_password_is_typed_twice():
    with tempfile.TemporaryDirectory() as folder:
        share = os.path.join(folder, "one.pbe")
        child = start("create", "dkek-share", "--write-share", share)
        for prompt in ("New password of ", "The same again: "):
            child.expect_exact(prompt)
            child.sendline("an unusual horse 44 gallops")
        text, code = finish(child)
        assert code == 0 and os.path.getsize(share) == 64, text
        assert "unusual" not in text, "it was shown"


def without_a_terminal_the_parts_would_be_lost():
    with tempfile.TemporaryDirectory() as folder:
        refused = alone("create", "dkek-share", "--json", "--output", os.path.join(folder, "one.pbe"), "--quorum", "2/3")
        assert refused.returncode == 6 and os.listdir(folder) == [], refused
        assert "--quorums" in answers(refused)[0]["facts"]["next"], refused


terminal.run([
    each_custodian_sees_one_part_and_it_is_gone,
    giving_up_writes_nothing,
    a_new_password_is_typed_twice,
    without_a_terminal_the_parts_would_be_lost,
])
