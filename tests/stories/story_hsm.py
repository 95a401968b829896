"""DKEK shares and wrapped keys of an HSM at the terminal: a password, custodians one after the other, and what a script gets. Every
derivation is a real one of some seconds."""
import json
import os
import subprocess
import tempfile

import terminal
from terminal import echoes, finish, screen, start

HSM = os.path.join(os.environ["HWBAK_VECTORS"], "pico-hsm")
with open(os.path.join(HSM, "vectors.json"), encoding="utf-8") as listing:
    SHARES = {share["name"]: share for share in json.load(listing)["dkek_shares"]}
PASSWORD = SHARES["A1"]["password_utf8"]
THRESHOLD = SHARES["A2"]["threshold"]
VALUES = {share["id_printed"]: share["value"] for share in THRESHOLD["shares"]}
KCV = "2952B3021B693783"


def vector(name):
    return os.path.join(HSM, name)


def run(*arguments, **environment):
    return subprocess.run([terminal.PROGRAM, *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True, start_new_session=True,
                          env=dict(os.environ, **environment), timeout=terminal.patience)


def answers(done):
    return [json.loads(line) for line in done.stdout.splitlines()]


def a_share_s_password_is_asked_for_and_asked_again():
    child = start("verify", vector("p256.bin"), "--share", vector("dkek-a1.pbe"))
    child.expect_exact("custodians' shares): ")
    assert not echoes(child)
    child.sendline("wrong horse")
    child.expect_exact("Try again, or press Ctrl-D.")
    child.expect_exact("custodians' shares): ")
    child.sendline(PASSWORD)
    text, code = finish(child)
    assert code == 0 and "meaning: proven" in text and "EC secp256r1" in text, text
    assert PASSWORD not in text, "it was shown"


def custodians_type_one_after_the_other():
    child = start("open", vector("dkek-a2.pbe"))
    everything = []

    def answer(prompt, line):
        child.expect_exact(prompt)
        everything.append(child.before + child.after)
        child.sendline(line)

    answer("custodians' shares): ", "")
    answer("Prime: ", "ee:b1:38:ca:19:de:9a:5e")
    child.expect_exact("That cannot be: ")
    everything.append(child.before + child.after)
    answer("Prime: ", THRESHOLD["prime"].upper().replace(":", ""))
    for number in ("5", "2", "4"):
        answer("Share ID: ", number)
        answer("Share value: ", VALUES[number])
    answer("Share ID: ", "")
    text, code = finish(child)
    assert code == 0 and "opened by" in text and "3 custodians' shares" in text, text
    left = screen("".join(everything) + text)
    assert "Custodians' shares of " in left
    for value in VALUES.values():
        assert value not in left, "it is left to see"
    assert any(VALUES["2"] in part for part in everything), "control: it was seen while it was typed"


def scripts_name_a_source_for_each_share():
    with tempfile.TemporaryDirectory() as folder:
        quorum = os.path.join(folder, "custodians.txt")
        with open(quorum, "w", encoding="ascii") as out:
            out.write(f"prime={THRESHOLD['prime']}\n" + "".join(f"share={number}:{VALUES[number]}\n" for number in "135"))
        keys = [vector(name) for name in ("aes256.bin", "rsa2048.bin")]
        both = run("verify", "--json", *keys, "--share", vector("dkek-a1.pbe") + "=env:PW", "--share", vector("dkek-a2.pbe") + "=quorum:" + quorum, PW=PASSWORD)
        assert both.returncode == 3, both
        for answer in answers(both):
            assert answer["outcome"] == "wrong-secret" and answer["facts"]["kcv"] == KCV, answer
            assert answer["facts"]["dkek_kcv"] == "84050F370FCDF7BC" and answer["facts"]["fits"] is False
            assert [share["id"] for share in answer["facts"]["shares"]] == [1]
        alone = run("inspect", "--json", vector("dkek-a2.pbe"))
        assert alone.returncode == 0 and answers(alone)[0]["format"] == "dkek-share", alone


def a_new_password_and_a_folder_that_reads_as_a_table():
    with tempfile.TemporaryDirectory() as folder:
        new, password = os.path.join(folder, "new.pbe"), "another horse 43"
        done = run("rekey", vector("dkek-a1.pbe"), "--output", new, "--password-from", "env:OLD", "--new-password-from", "env:NEW", "--json", OLD=PASSWORD, NEW=password)
        assert done.returncode == 0 and os.path.getsize(new) == 64, done
        (answer,) = answers(done)
        assert answer["facts"]["kcv"] == KCV and "still works" in answer["message"], answer
        listed = run("verify", HSM, "--share", new + "=env:PW", PW=password)
        assert listed.returncode == 0, listed
        lines = listed.stdout.splitlines()
        assert any("p521.bin" in line and "EC secp521r1" in line and "KCV " + KCV in line for line in lines), listed.stdout
        assert any("rsa4096.bin" in line and "RSA 4096 bits" in line for line in lines), listed.stdout
        assert password not in listed.stdout + listed.stderr


terminal.run([
    a_share_s_password_is_asked_for_and_asked_again,
    custodians_type_one_after_the_other,
    scripts_name_a_source_for_each_share,
    a_new_password_and_a_folder_that_reads_as_a_table,
])
