"""The way of a script from new DKEK shares to keys under another DKEK, and out again. Every derivation is a real one of some seconds."""
import json
import os
import shutil
import subprocess
import tempfile

import terminal
from terminal import alone, answers

HSM = os.path.join(os.environ["HWBAK_VECTORS"], "pico-hsm")
with open(os.path.join(HSM, "vectors.json"), encoding="utf-8") as listing:
    PASSWORD = json.load(listing)["dkek_shares"][0]["password_utf8"]


def a_script_from_new_shares_to_a_key_under_another_dkek():
    with tempfile.TemporaryDirectory() as folder:
        def at(name):
            return os.path.join(folder, name)

        made = alone("create", "dkek-share", "--json", "--write-share", at("a.pbe") + "=env:NEW", "--write-share", at("b.pbe") + "=quorum:2/3", "--quorums", at("parts"),
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
        moved = alone("rekey", "--json", keys, *old, *new, "--to", at("moved"), OLD=PASSWORD, NEW="a new horse 45 for everyone")
        assert moved.returncode == 0 and len(answers(moved)) == 3, moved
        assert {answer["facts"]["kcv"] for answer in answers(moved)} == {kcv}
        shares = [word.replace("--new-share", "--share") for word in new]
        rehearsed = alone("dkek", "rehearse", "--json", *shares, NEW="a new horse 45 for everyone")
        assert rehearsed.returncode == 0 and answers(rehearsed)[0]["facts"]["rehearsal"][1]["subsets"] == 3, rehearsed
        out = alone("export", "--json", os.path.join(at("moved"), "p256.bin"), *shares, "--as", "pem", "--no-encryption", "--output", at("key.pem"), NEW="a new horse 45 for everyone")
        assert out.returncode == 0, out
        public = subprocess.run(["openssl", "pkey", "-in", at("key.pem"), "-pubout"], capture_output=True, check=True).stdout
        assert public == open(os.path.join(HSM, "p256.pub.pem"), "rb").read()
        back = alone("create", "wrapped-key", "--json", *shares, "--key", at("key.pem"), "--label", "back", "--id", "10", "--output", at("back.wky"), NEW="a new horse 45 for everyone")
        assert back.returncode == 0 and answers(back)[0]["facts"]["kcv"] == kcv and answers(back)[0]["facts"]["label"] == "back", back
        both = alone("dkek", "check", "--json", *shares, at("moved"), at("back.wky"), NEW="a new horse 45 for everyone")
        assert both.returncode == 0 and [answer["outcome"] for answer in answers(both)] == ["ok"] * 5, both


terminal.run([a_script_from_new_shares_to_a_key_under_another_dkek])
