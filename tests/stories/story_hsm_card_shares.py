"""DKEK shares of sc-hsm-tool, one under a password and one split among custodians: they open here, and sc-hsm-tool loads them into
a device that has the same KCV then. Devices with the other numbers of shares."""
import os
import re
import tempfile

import practice_hsm
import terminal
from practice_hsm import (PIN, Quorum, attempt, domain, hwbak, import_by_custodians, initialise, NO_KCV, sc_hsm_tool, tool,
                          wrap)

STATE = practice_hsm.enter()
PASSWORD = "pferd 42 läuft"


def a_share_under_a_password_and_one_of_custodians():
    with tempfile.TemporaryDirectory() as folder:
        plain, split = os.path.join(folder, "a.pbe"), os.path.join(folder, "b.pbe")
        initialise(2)
        assert domain() == (2, 2, NO_KCV)
        sc_hsm_tool("--create-dkek-share", plain, "--password", "env:PW", PW=PASSWORD)
        shown = sc_hsm_tool("--create-dkek-share", split, "--pwd-shares-threshold", "3", "--pwd-shares-total", "5", typed="\n" * 11)
        quorum = Quorum(shown)
        assert list(quorum.values) == list("12345"), shown
        lines = quorum.write(os.path.join(folder, "custodians.txt"), "5", "2", "4")
        (ours,) = hwbak("dkek", "check", "--share", plain + "=env:PW", "--share", f"{split}=quorum:{lines}", PW=PASSWORD)
        kcv = ours["facts"]["kcv"]

        told = sc_hsm_tool("--import-dkek-share", plain, "--password", "env:PW", PW=PASSWORD)
        assert "1 share(s) still missing" in told, told
        assert domain() == (2, 1, NO_KCV)
        told = import_by_custodians(split, quorum, "1", "3", "5")
        assert "DKEK share imported" in told and NO_KCV in told, told
        assert domain() == (2, 0, kcv)
        status = sc_hsm_tool()
        assert re.search(r"Version +: 6\.6", status) and re.search(r"DKEK shares +: 2", status), status
        assert re.search(r"SO-PIN tries left +: 15", status) and re.search(r"User PIN tries left +: 3", status), status


def no_shares_and_none_at_all():
    with tempfile.TemporaryDirectory() as folder:
        initialise(0)
        total, missing, own = domain()
        assert total == 1 and missing == 0 and own != NO_KCV, "a DKEK that it drew itself is counted as one share, so a client cannot tell it"
        tool("pkcs11-tool", "--login", "--pin", PIN, "--keypairgen", "--key-type", "EC:secp256r1", "--label", "own", "--id", "07")
        backup = wrap(1, os.path.join(folder, "own.bin"))
        (inspected,) = hwbak("inspect", backup)
        assert inspected["facts"]["kcv"] == own and inspected["facts"]["label"] == "own", inspected
        sc_hsm_tool("--unwrap-key", backup, "--key-reference", "2", "--pin", PIN)

        initialise(0)
        assert domain()[2] not in (own, NO_KCV), "a DKEK of its own again, and another one"
        code, text = attempt("sc-hsm-tool", "--unwrap-key", backup, "--key-reference", "2", "--pin", PIN)
        assert code != 0 and "Card command failed" in text, text

        initialise()
        code, text = attempt("sc-hsm-tool", "--wrap-key", os.path.join(folder, "no.bin"), "--key-reference", "1", "--pin", PIN)
        assert code != 0 and "File not found" in text, text
        tool("pkcs11-tool", "--login", "--pin", PIN, "--keypairgen", "--key-type", "EC:secp256r1", "--label", "kept", "--id", "08")
        code, text = attempt("sc-hsm-tool", "--wrap-key", os.path.join(folder, "no.bin"), "--key-reference", "1", "--pin", PIN)
        assert code != 0 and "Data object not found" in text, text


terminal.run([a_share_under_a_password_and_one_of_custodians, no_shares_and_none_at_all])
