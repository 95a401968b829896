"""DKEK shares made here: sc-hsm-tool loads them into a device, and it has the KCV that was told here."""
import os
import tempfile

import practice_hsm
import terminal
from practice_hsm import Quorum, domain, hwbak, import_by_custodians, initialise, sc_hsm_tool

STATE = practice_hsm.enter()
PASSWORD = "pferd 42 läuft weit"


def one_under_a_password():
    with tempfile.TemporaryDirectory() as folder:
        share = os.path.join(folder, "one.pbe")
        (made,) = hwbak("create", "dkek-share", "--write-share", share + "=env:PW", PW=PASSWORD)
        initialise(1)
        sc_hsm_tool("--import-dkek-share", share, "--password", "env:PW", PW=PASSWORD)
        assert domain() == (1, 0, made["facts"]["kcv"]), made


def one_of_custodians_whose_ids_have_two_digits():
    with tempfile.TemporaryDirectory() as folder:
        share, sheets = os.path.join(folder, "one.pbe"), os.path.join(folder, "sheets")
        (made,) = hwbak("create", "dkek-share", "--output", share, "--quorum", "2/11", "--sheets", sheets)
        parts = [open(os.path.join(sheets, f"one.pbe.custodian-{ident}.txt"), encoding="utf-8").read() for ident in ("10", "11")]
        assert "type A for 10" in parts[0] and "type B for 11" in parts[1], parts
        initialise(1)
        import_by_custodians(share, Quorum("".join(parts)), "10", "11")
        assert domain() == (1, 0, made["facts"]["kcv"]), made


terminal.run([one_under_a_password, one_of_custodians_whose_ids_have_two_digits])
