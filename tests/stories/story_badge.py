"""Badge backups at the terminal and in scripts: the passphrase is asked for, a new one twice; sources, lists, limits, drills."""
import json
import os
import subprocess
import tempfile

import terminal
from terminal import echoes, finish, start

BADGE = os.path.join(os.environ["HWBAK_VECTORS"], "cdc-badge")
PASSPHRASE = "iter one"


def badge(name="s10-iters-1.cdcbak"):
    return os.path.join(BADGE, name)


def run(*arguments, **environment):
    return subprocess.run([terminal.PROGRAM, *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True, start_new_session=True,
                          env=dict(os.environ, **environment), timeout=terminal.patience)


def answers(done):
    return [json.loads(line) for line in done.stdout.splitlines()]


def the_passphrase_is_asked_for():
    child = start("verify", badge())
    child.expect_exact("(not shown): ")
    assert not echoes(child)
    child.sendline("iter two")
    child.expect_exact("Try again")
    child.expect_exact("(not shown): ")
    child.sendline(PASSPHRASE)
    text, code = finish(child)
    assert code == 0 and "meaning: proven" in text, text
    assert PASSPHRASE not in text, "it was shown"


def words_are_not_spelt_for_a_badge():
    """Twelve words of the list, spelt freely: for a badge every character counts."""
    words = "Zoo  zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo wrong"
    with tempfile.TemporaryDirectory() as folder:
        new = os.path.join(folder, "new.cdcbak")
        done = run("rekey", badge(), "--output", new, "--password-from", "env:OLD", "--new-password-from", "env:NEW", OLD=PASSPHRASE, NEW=words)
        assert done.returncode == 0, done
        assert run("verify", new, "--password-from", "env:PW", PW=words).returncode == 0
        assert run("verify", new, "--password-from", "env:PW", PW=" ".join(words.lower().split())).returncode == 3


def one_variable_for_the_old_and_the_new_passphrase():
    with tempfile.TemporaryDirectory() as folder:
        new = os.path.join(folder, "new.cdcbak")
        for command in (["rekey", badge()], ["merge", badge(), badge()]):
            done = run(*command, "--output", new, "--force", "--password-from", "env:PW", "--new-password-from", "env:PW", PW=PASSPHRASE)
            assert done.returncode == 0, done
            assert run("verify", new, "--password-from", "env:PW", PW=PASSPHRASE).returncode == 0


def an_empty_passphrase_is_refused_first():
    with tempfile.TemporaryDirectory() as folder:
        broken = os.path.join(folder, "broken")
        with open(broken, "w", encoding="ascii") as file:
            file.write("Q0RDQkFL!!!!")
        for command in ("verify", "open", "drill"):
            assert run(command, broken, "--password-from", "env:PW", PW="").returncode == 6, command
            assert run(command, broken, "--password-from", "env:NOT_SET").returncode in (0, 4), command
        assert run("verify", broken, "--password-from", "env:PW", PW="x").returncode == 4
        child = start("verify", broken)  # nobody is asked
        text, code = finish(child)
        assert code == 4 and "not shown" not in text, text


def a_new_passphrase_is_asked_for_twice():
    with tempfile.TemporaryDirectory() as folder:
        new = os.path.join(folder, "new.cdcbak")
        child = start("rekey", badge(), "--output", new)
        child.expect_exact("(not shown): ")
        child.sendline(PASSPHRASE)
        child.expect_exact("New password (not shown): ")
        assert not echoes(child)
        child.sendline("quite another one")
        child.expect_exact("The same again: ")
        child.sendline("quite another one")
        text, code = finish(child)
        assert code == 0 and "quite another one" not in text, text
        assert run("verify", new, "--password-from", "env:PW", PW="quite another one").returncode == 0
        again = os.path.join(folder, "again.cdcbak")
        child = start("rekey", badge(), "--output", again)
        differing = [("(not shown): ", "one"), ("again: ", "other")]
        for prompt, line in [("(not shown): ", PASSPHRASE), *differing, *differing, *differing]:
            child.expect_exact(prompt)
            child.sendline(line)
        text, code = finish(child)
        assert code == 6 and not os.path.exists(again), text


def inspect_asks_nothing():
    (answer,) = answers(run("inspect", "--json", badge("s02-full.cdcbak")))
    facts = answer["facts"]
    assert answer["format"] == "cdcbak" and facts["kdf_iterations"] == 200000 and facts["payload_size"] == 2670, answer
    assert facts["salt"] == "f7c06b5a6f1db1e18b5d1b9ca201f319" and "sections" not in facts, answer


def contents_for_a_script():
    arguments = ("open", "--json", "--password-from", "env:PW", badge("s02-full.cdcbak"))
    masked = run(*arguments, PW="correct horse battery staple")
    (answer,) = answers(run(*arguments, "--reveal", PW="correct horse battery staple"))
    account, login = answer["facts"]["twofa"][0], answer["facts"]["passwords"][0]
    assert account["secret_hex"] == "ee4aac28e6c1a6651b14b0390fa22713b852fc8f", account
    assert answer["facts"]["system"]["wifi"]["pass"] and '"pass":' not in masked.stdout, masked.stdout
    secrets = [account["secret_hex"], account["secret"], account["otpauth"], login["password"]]
    assert all(secrets) and not any(secret in masked.stdout for secret in secrets), masked.stdout
    (again,) = answers(masked)
    assert again["facts"]["twofa"][0]["name"] == "GitHub" and "code" not in again["facts"]["twofa"][0], again


def raw_is_exact():
    done = subprocess.run([terminal.PROGRAM, "open", "--raw", "--password-from", "env:PW", badge()], stdin=subprocess.DEVNULL, capture_output=True,
                          start_new_session=True, env=dict(os.environ, PW=PASSPHRASE), timeout=terminal.patience)
    assert done.returncode == 0 and json.loads(done.stdout)["modules"]["mod_2fa"]["entries"][0]["name"] == "weak", done


def bytes_of_a_passphrase():
    for passphrase, encoding, code in (("477281e165", "hex", 0), ("4772c3bcc39f65", "hex", 0), ("Grüße", "text", 0), ("Grusse", "text", 3)):
        done = run("verify", "--json", "--password-encoding", encoding, "--password-from", "env:PW", badge("s04-cp437.cdcbak"), PW=passphrase)
        assert done.returncode == code, done
    assert run("verify", "--password-from", "env:PW", badge(), PW="").returncode == 6, "an empty passphrase"


def lists_of_passphrases():
    with tempfile.TemporaryDirectory() as folder:
        listing = os.path.join(folder, "list")
        with open(listing, "w", encoding="utf-8") as out:
            out.write("nothing\niter one\ncorrect horse\n")
        done = run("verify", "--json", "--passwords-from", "file:" + listing, badge(), badge("s01-minimal.cdcbak"), badge("s13-no-system.cdcbak"))
        assert [answer["outcome"] for answer in answers(done)] == ["ok", "ok", "wrong-secret"], done.stdout


def limits():
    arguments = ("verify", "--json", "--password-from", "env:PW", badge("s01-minimal.cdcbak"))
    for rounds, code in (("199999", 6), ("200000", 0), ("24", 6)):
        assert run(*arguments, "--max-kdf-rounds", rounds, PW="correct horse").returncode == code, rounds
    assert run(*arguments, "--max-size", "100", PW="correct horse").returncode == 6


def drills():
    arguments = ("drill", "--json", "--password-from", "env:PW", badge("s06-newer-level.cdcbak"))
    (answer,) = answers(run(*arguments, PW="newer"))
    (row,) = answer["facts"]["drill"]
    assert answer["outcome"] == "ok" and row["target"] == "cdc-badge@0.7" and row["verdict"] == "reject", answer
    assert row["restore"] == dict(ok=False, imported=0, failed=0, modules=0, skipped=0, system=False), row
    assert run(*arguments, "--require-accept", PW="newer").returncode == 8
    (newer,) = answers(run(*arguments, "--host-api-level", "99.99", PW="newer"))
    assert newer["facts"]["drill"][0]["verdict"] == "accept", newer
    assert newer["facts"]["drill"][0]["target"] == "cdc-badge@99.99"
    assert run(*arguments, "--host-api-level", "7", PW="newer").returncode == 2
    onto = run("drill", "--json", "--password-from", "env:PW", "--onto", badge("s02-full.cdcbak"), badge("s02-full.cdcbak"),
               PW="correct horse battery staple")
    (row,) = answers(onto)[0]["facts"]["drill"]
    assert row["stored"]["twofa"] == 6 and row["stored"]["own"] is True, row


def a_glance_and_copies():
    done = run(badge(), "--password-from", "env:PW", PW=PASSPHRASE)
    assert done.returncode == 0 and "1 account" in done.stdout, done.stdout
    with tempfile.TemporaryDirectory() as folder:
        for name in ("one", "two"):
            os.mkdir(os.path.join(folder, name))
            with open(badge(), "rb") as source, open(os.path.join(folder, name, "backup.cdcbak"), "wb") as copy:
                copy.write(source.read())
        (answer,) = answers(run("copies", "--json", "--no-password", os.path.join(folder, "one"), os.path.join(folder, "two")))
        assert [file["format"] for file in answer["facts"]["files"]] == ["cdcbak", "cdcbak"] and not answer["facts"]["lonely"], answer


terminal.run([the_passphrase_is_asked_for, words_are_not_spelt_for_a_badge, one_variable_for_the_old_and_the_new_passphrase,
              an_empty_passphrase_is_refused_first, a_new_passphrase_is_asked_for_twice, inspect_asks_nothing,
              contents_for_a_script, raw_is_exact, bytes_of_a_passphrase, lists_of_passphrases, limits, drills, a_glance_and_copies])
