"""New DKEK shares: each custodian's part alone on the screen and gone afterwards, giving up, and the way of a script from new shares to a
key under another DKEK. Every derivation is a real one of some seconds."""
import json
import os
import re
import shutil
import subprocess
import tempfile

import terminal
from terminal import finish, screen, start

HSM = os.path.join(os.environ["HWBAK_VECTORS"], "pico-hsm")
with open(os.path.join(HSM, "vectors.json"), encoding="utf-8") as listing:
    A1 = json.load(listing)["dkek_shares"][0]
PASSWORD = A1["password_utf8"]


def run(*arguments, **environment):
    return subprocess.run([terminal.PROGRAM, *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True, start_new_session=True,
                          env=dict(os.environ, **environment), timeout=100)


def answers(done):
    return [json.loads(line) for line in done.stdout.splitlines()]


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
        child.timeout = 60
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
        checked = run("dkek", "check", "--json", "--share", f"{share}=quorum:{lines}")
        assert checked.returncode == 0 and answers(checked)[0]["facts"]["kcv"] == kcv, checked


def giving_up_writes_nothing():
    with tempfile.TemporaryDirectory() as folder:
        share = os.path.join(folder, "one.pbe")
        child = start("create", "dkek-share", "--output", share, "--quorum", "2/3")
        child.timeout = 60
        _, _, value = part(child, 1)
        child.send("x")
        text, code = finish(child)
        assert code == 6 and "nothing was written" in text, text
        assert value not in text and os.listdir(folder) == []


def a_new_password_is_typed_twice():
    with tempfile.TemporaryDirectory() as folder:
        share = os.path.join(folder, "one.pbe")
        child = start("create", "dkek-share", "--write-share", share)
        child.timeout = 60
        for prompt in ("New password of ", "The same again: "):
            child.expect_exact(prompt)
            child.sendline("an unusual horse 44 gallops")
        text, code = finish(child)
        assert code == 0 and os.path.getsize(share) == 64, text
        assert "unusual" not in text, "it was shown"


def without_a_terminal_the_parts_would_be_lost():
    with tempfile.TemporaryDirectory() as folder:
        refused = run("create", "dkek-share", "--json", "--output", os.path.join(folder, "one.pbe"), "--quorum", "2/3")
        assert refused.returncode == 6 and os.listdir(folder) == [], refused
        assert "--quorums" in answers(refused)[0]["facts"]["next"], refused


def a_script_from_new_shares_to_a_key_under_another_dkek():
    with tempfile.TemporaryDirectory() as folder:
        def at(name):
            return os.path.join(folder, name)

        made = run("create", "dkek-share", "--json", "--write-share", at("a.pbe") + "=env:NEW", "--write-share", at("b.pbe") + "=quorum:2/3", "--quorums", at("parts"),
                   "--sheets", at("pages"), NEW="a new horse 45 for everyone")
        assert made.returncode == 0, made
        kcv = answers(made)[0]["facts"]["kcv"]
        assert sorted(os.listdir(at("parts"))) == [f"b.pbe.{number}.txt" for number in (1, 2, 3)]
        assert sorted(os.listdir(at("pages"))) == ["a.pbe.svg", "a.pbe.txt"] + [f"b.pbe.custodian-{n}.{kind}" for n in (1, 2, 3) for kind in ("svg", "txt")]
        with open(at("all.txt"), "w", encoding="ascii") as out:
            for name in sorted(os.listdir(at("parts"))):
                with open(os.path.join(at("parts"), name), encoding="ascii") as one:
                    out.write(one.read())
        new = ["--new-share", at("a.pbe") + "=env:NEW", "--new-share", at("b.pbe") + "=quorum:" + at("all.txt")]
        keys = at("keys")
        os.mkdir(keys)
        for name in ("p256.bin", "aes256.bin", "rsa2048.bin"):
            shutil.copy(os.path.join(HSM, name), keys)
        old = ["--share", os.path.join(HSM, "dkek-a1.pbe") + "=env:OLD"]
        moved = run("rekey", "--json", keys, *old, *new, "--to", at("moved"), OLD=PASSWORD, NEW="a new horse 45 for everyone")
        assert moved.returncode == 0 and len(answers(moved)) == 3, moved
        assert {answer["facts"]["kcv"] for answer in answers(moved)} == {kcv}
        shares = [word.replace("--new-share", "--share") for word in new]
        rehearsed = run("dkek", "rehearse", "--json", *shares, NEW="a new horse 45 for everyone")
        assert rehearsed.returncode == 0 and answers(rehearsed)[0]["facts"]["rehearsal"][1]["subsets"] == 3, rehearsed
        out = run("export", "--json", os.path.join(at("moved"), "p256.bin"), *shares, "--as", "pem", "--no-encryption", "--output", at("key.pem"), NEW="a new horse 45 for everyone")
        assert out.returncode == 0, out
        public = subprocess.run(["openssl", "pkey", "-in", at("key.pem"), "-pubout"], capture_output=True, check=True).stdout
        assert public == open(os.path.join(HSM, "p256.pub.pem"), "rb").read()
        back = run("create", "wrapped-key", "--json", *shares, "--key", at("key.pem"), "--label", "back", "--id", "10", "--output", at("back.wky"), NEW="a new horse 45 for everyone")
        assert back.returncode == 0 and answers(back)[0]["facts"]["kcv"] == kcv and answers(back)[0]["facts"]["label"] == "back", back
        both = run("dkek", "check", "--json", *shares, at("moved"), at("back.wky"), NEW="a new horse 45 for everyone")
        assert both.returncode == 0 and [answer["outcome"] for answer in answers(both)] == ["ok"] * 5, both


terminal.run([
    each_custodian_sees_one_part_and_it_is_gone,
    giving_up_writes_nothing,
    a_new_password_is_typed_twice,
    without_a_terminal_the_parts_would_be_lost,
    a_script_from_new_shares_to_a_key_under_another_dkek,
])
