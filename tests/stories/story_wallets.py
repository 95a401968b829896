"""What leaves a Coldcard backup for other wallets, and what is asked of it: masked, to a terminal or a file alone, and computed once more."""
import json
import os
import re
import stat
import subprocess
import tempfile

import bitcoin
import terminal
from terminal import BACKUP, PASSWORDS, PROGRAM, VECTORS, WORDS, finish, start, vector

with open(os.path.join(VECTORS, "vectors.json"), encoding="utf-8") as listing:
    LISTED = {v["file"]: v for v in json.load(listing)["vectors"]}
MNEMONIC = LISTED[BACKUP]["expect"]["mnemonic"]
ADDRESS = "bc1q6d6w8w7jlv4d9arak93vp2g8sqdxs20tjy2pxw"


def run(*arguments, source=BACKUP):
    """Not on a terminal."""
    environment = dict(os.environ, PW=PASSWORDS[source] or "")
    password = ["--password-from", "env:PW"] if PASSWORDS[source] else []
    done = subprocess.run([PROGRAM, *arguments, *password], env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          start_new_session=True, check=False)
    return done.stdout.decode(), done.stderr.decode(), done.returncode


def check(against, *further, source=BACKUP):
    out, _, code = run("wallet", "check", vector(source), "--json", "--against", against, *further, source=source)
    return json.loads(out), code


def export_facts(source, folder):
    name = os.path.join(folder, "descriptors")
    out, _, code = run("export", vector(source), "--as", "descriptors", "--json", "--output", name, "--force", source=source)
    assert code == 0, out
    with open(name, encoding="utf-8") as file:
        return json.loads(out)["facts"]["export"], file.read().splitlines()


def secrets_go_to_a_terminal_or_a_file_alone():
    out, err, code = run("export", vector(), "--as", "bip39", "--with-secrets")
    assert code == 6 and out == "" and "--output" in err, (out, err, code)
    assert MNEMONIC not in err
    for form in ("bip39", "xprv"):
        out, err, code = run("export", vector(), "--as", form)
        assert code == 6 and out == "" and "--with-secrets" in err, (out, err, code)
    with tempfile.TemporaryDirectory() as folder:
        name = os.path.join(folder, "words")
        out, err, code = run("export", vector(), "--as", "bip39", "--with-secrets", "--output", name)
        assert code == 0 and MNEMONIC not in out + err, (out, err)
        assert stat.S_IMODE(os.stat(name).st_mode) == 0o600
        with open(name, encoding="utf-8") as file:
            assert file.read() == MNEMONIC + "\n", "control: the words are in the file"


def words_are_shown_on_a_terminal():
    child = start("export", vector(), "--as", "bip39", "--with-secrets", "--password-from", "env:PW", PW=PASSWORDS[BACKUP])
    text, code = finish(child)
    assert code == 0 and MNEMONIC in text, text


def watching_needs_no_leave():
    out, _, code = run("export", vector(), "--as", "descriptors")
    assert code == 0 and len(out.splitlines()) == 8 and "prv" not in out, out
    child = start("export", vector(), "--as", "descriptors")
    child.expect_exact("word 1 of 12: ")
    child.sendline(" ".join(WORDS))
    text, code = finish(child)
    assert code == 0 and "wpkh([380c7afd/84h/0h/0h]xpub" in text.replace("\r\n", ""), text


def yes_is_zero_and_no_is_seven():
    told, code = check(ADDRESS)
    assert code == 0 and told["facts"]["match"] and told["facts"]["path"] == "m/84h/0h/0h/0/0", told
    told, code = check("bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu")
    assert code == 7 and told["facts"]["match"] is False and told["facts"]["searched"]["gap"] == 100, told
    assert check("380c7afd")[1] == 0 and check("380c7afe")[1] == 7
    assert check(ADDRESS[:-1] + "q")[1] == 2
    assert run("wallet", "check", vector())[2] == 2
    assert run("wallet", "check", vector(), "--against", ADDRESS, "--gap", "0")[2] == 2


def a_secret_given_is_not_said_again():
    xprv = LISTED[BACKUP]["expect"]["xprv"]
    for secret in (xprv, MNEMONIC, f"wpkh({xprv}/0/*)"):
        for json_too in ([], ["--json"]):
            out, err, code = run("wallet", "check", vector(), "--against", secret, *json_too)
            assert code == 6 and "history" in out + err, (out, err)
            assert secret[:20] not in out + err and secret[-20:] not in out + err


def nothing_secret_in_an_answer():
    out, err, code = run("wallet", "check", vector(), "--against", ADDRESS)
    assert code == 0 and MNEMONIC not in out + err and "prv" not in out + err, out
    assert not any(word in (out + err).split() for word in ("unlock", "seminar", "rent")), out


def every_descriptor_is_computed_once_more():
    """The accounts of every backup from its master key, and the multisig wallets from the keys of their signers."""
    multisig = 0
    for name, one in LISTED.items():
        if one["kind"] == "foreign-7z" or not os.path.exists(vector(name)):
            continue
        with tempfile.TemporaryDirectory() as folder:
            told, lines = export_facts(name, folder)
        testnet = one["expect"]["chain"] != "BTC"
        master = bitcoin.Key(one["expect"]["xprv"])
        assert told["fingerprint"].lower() == master.fingerprint()
        assert lines == [wallet[chain] for wallet in told["wallets"] for chain in ("receive", "change")]
        for wallet in told["wallets"]:
            for change, chain in enumerate(("receive", "change")):
                script, _, given = wallet[chain].partition("#")
                assert given == bitcoin.checksum(script)
                if wallet["kind"] == "account":
                    origin, key = re.search(r"\[(\w+(?:/\d+h)+)\](\w+)/", script).groups()
                    assert origin == master.fingerprint() + wallet["path"][1:]
                    assert wallet["path"] == f"m/{wallet['purpose']}h/{int(testnet)}h/0h"
                    assert bitcoin.Key(key).public() == master.derive(wallet["path"]).public()
                    assert bitcoin.Key(key).chain == master.derive(wallet["path"]).chain
                assert script.endswith(f"/{change}/*" + ")" * script.count("("))
            assert bitcoin.address(wallet["receive"], 0, "tb" if testnet else "bc") == wallet["first_address"]
            multisig += wallet["kind"] == "multisig"
    assert multisig >= 1, "no backup with a multisig wallet was there"


def two_backups_are_compared():
    environment = "\n".join(PASSWORDS[name] for name in (BACKUP, "custom-password.7z"))
    done = subprocess.run([PROGRAM, "diff", vector(), vector("custom-password.7z"), "--json", "--passwords-from", "env:PWS"],
                          env=dict(os.environ, PWS=environment), stdout=subprocess.PIPE, check=False)
    told = json.loads(done.stdout)
    assert done.returncode == 0 and told["facts"]["same_wallet"] is False, told
    assert MNEMONIC not in done.stdout.decode(), "names only"
    assert {"kind": "wallet"}.items() <= told["facts"]["changed"][0].items(), told["facts"]["changed"]


terminal.run([secrets_go_to_a_terminal_or_a_file_alone, words_are_shown_on_a_terminal, watching_needs_no_leave, yes_is_zero_and_no_is_seven,
              a_secret_given_is_not_said_again, nothing_secret_in_an_answer, every_descriptor_is_computed_once_more, two_backups_are_compared])
