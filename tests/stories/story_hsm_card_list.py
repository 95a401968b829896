"""`hwbak device list` over real PC/SC: an HSM that sc-hsm-tool and pkcs11-tool made ready, a PIN at the terminal, a reader that another
program holds, and no card daemon."""
import os
import tempfile
import time

import pexpect

import practice_hsm
import terminal
from practice_hsm import PIN, hwbak, initialise, pkcs11_tool, sc_hsm_tool
from terminal import echoes, finish, start

STATE = practice_hsm.enter()
HSM = os.path.join(os.environ["HWBAK_VECTORS"], "pico-hsm")
KCV = "2952B3021B693783"


def the_reader(answer):
    (reader,) = [reader for reader in answer["facts"]["readers"] if reader["token"] == "hsm"]
    return reader


def make_ready():
    initialise(1)
    sc_hsm_tool("--import-dkek-share", os.path.join(HSM, "dkek-a1.pbe"), "--password", "env:PW", PW="correct horse 42")


def what_the_tools_made_is_listed():
    (blank,) = hwbak("device", "list")
    assert the_reader(blank)["serial"] is None and "init-plan" in blank["facts"]["next"], blank
    make_ready()
    sc_hsm_tool("--unwrap-key", os.path.join(HSM, "p256.bin"), "--key-reference", "10", "--pin", PIN)
    pkcs11_tool("--keypairgen", "--key-type", "rsa:2048", "--id", "07", "--label", "My RSA")
    (closed,) = hwbak("device", "list")
    reader = the_reader(closed)
    assert reader["domains"] == [{"number": 0, "shares": 1, "shares_missing": 0, "kcv": None, "kcv_note": "not-logged-in"}], reader
    assert (reader["firmware"], reader["pin_tries"], reader["so_pin_tries"], reader["logged_in"]) == ("6.6", 3, 15, False), reader
    (opened,) = hwbak("device", "list", "--pin-from", "env:PIN", PIN=PIN)
    reader = the_reader(opened)
    assert reader["domains"][0]["kcv"] == KCV and reader["logged_in"], reader
    keys = [(key["reference"], key["key_id"], key["label"], key["key_type"], key["key_size"], key["curve"], key["exportable"]) for key in reader["keys"]]
    assert keys == [(1, "07", "My RSA", "rsa", 2048, None, True), (10, "01", "p256", "ec", 256, "secp256r1", True)], keys


def a_wrong_pin_costs_one_try_and_no_more():
    (refused,) = hwbak("device", "list", "--pin-from", "env:PIN", code=9, PIN="111111")
    assert refused["outcome"] == "device" and "2 tries are left" in refused["message"], refused
    assert the_reader(refused)["pin_tries"] == 2, refused
    (short,) = hwbak("device", "list", "--pin-from", "env:PIN", code=6, PIN="1111")
    assert "nothing was sent" in short["message"], short
    assert the_reader(hwbak("device", "list")[0])["pin_tries"] == 2


def the_terminal_says_how_many_tries_are_left_before_it_asks():
    child = start("device", "list", "--reader", "00 00", "--pin-from", "tty")
    child.expect_exact("2 tries are left. hwbak sends what you type once, and never again.")
    child.expect_exact("(not shown): ")
    assert not echoes(child)
    child.sendline(PIN)
    text, code = finish(child)
    assert code == 0 and "KCV " + KCV in text and "2 tries were left before" in text and PIN not in text, text


def another_program_holds_the_card():
    with tempfile.NamedTemporaryFile() as share:
        with open(os.path.join(HSM, "dkek-a1.pbe"), "rb") as source:
            share.write(source.read())
        share.flush()
        other = pexpect.spawn("sc-hsm-tool", ["--import-dkek-share", share.name], encoding="utf-8", timeout=terminal.patience)
        other.expect_exact("Enter password to decrypt DKEK share")
        (busy,) = hwbak("device", "list", "--reader", "00 00", code=9)
        assert "another program uses the card" in busy["message"], busy
        other.close(force=True)
    deadline = time.monotonic() + 10
    while the_reader_is_busy():
        assert time.monotonic() < deadline, "the card is not given back"


def the_reader_is_busy():
    return terminal.alone("device", "list", "--reader", "00 00").returncode != 0


def no_such_reader_and_no_card_daemon():
    (none,) = hwbak("device", "list", "--reader", "00 01", code=9)
    assert "there is no card in it" in none["message"], none
    (unknown,) = hwbak("device", "list", "--reader", "Nitrokey", code=9)
    assert "Virtual PCD" in unknown["message"], unknown
    (silent,) = hwbak("device", "list", "--reader", "00 00", code=9, PCSCLITE_CSOCK_NAME="/run/nobody.comm")
    assert "pcscd" in silent["message"] and "systemctl start pcscd" in silent["facts"]["next"], silent


terminal.run([
    what_the_tools_made_is_listed,
    a_wrong_pin_costs_one_try_and_no_more,
    the_terminal_says_how_many_tries_are_left_before_it_asks,
    another_program_holds_the_card,
    no_such_reader_and_no_card_daemon,
])
