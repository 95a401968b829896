#!/usr/bin/python3
"""Sessions with a practice badge through real pseudo terminals: by the vendor's way and by `hwbak device`, in every
fault mode."""
import base64
import hashlib
import json
import os
import re
import signal
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

import terminal
import vendor_client

VECTORS = Path(os.environ["HWBAK_VECTORS"], "cdc-badge")
FULL = VECTORS / "s02-full.cdcbak"
FULL_PASSPHRASE = "correct horse battery staple"
PIN = "2468"


def payload(text, passphrase):
    """The JSON in a backup, by Python's own cryptography."""
    data = base64.b64decode(text, validate=True)
    assert data[:7] == b"CDCBAK\x01"
    key = hashlib.pbkdf2_hmac("sha256", passphrase.encode("cp437"), data[11:27], int.from_bytes(data[7:11], "little"), 32)
    return json.loads(AESGCM(key).decrypt(data[27:39], data[39:], data[:39]))


class Badge:
    """A running practice badge; its folder holds its state, its disk, and files of the story."""

    def __init__(self, folder, *options):
        self.folder = Path(folder)
        self.port = str(self.folder / "port")
        self.disk = self.folder / "state" / "plugins"
        self.backup = self.disk / "backup.cdcbak"
        (self.folder / "pin").write_text(PIN)
        self.process = subprocess.Popen(
            [terminal.PROGRAM, "practice", "cdc-badge", "--state", str(self.folder / "state"), "--link", self.port,
             "--pin-from", f"file:{self.folder}/pin", *options], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.path = self.process.stdout.readline().decode().strip()
        assert re.fullmatch(r"/dev/pts/\d+", self.path), self.path

    def stop(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        self.process.wait(10)
        self.process.stdout.close()

    def device(self, verb, *arguments, passphrase=FULL_PASSPHRASE, pin=None):
        """The report and the exit code of `hwbak device`."""
        command = [terminal.PROGRAM, "device", verb, *map(str, arguments), "--port", self.port, "--json"]
        if verb in ("backup", "restore"):
            (self.folder / "passphrase").write_text(passphrase)
            command += ["--password-from", f"file:{self.folder}/passphrase"]
        if verb in ("restore", "delete"):
            command.append("--yes")
        if pin:
            (self.folder / "given").write_text(pin)
            command += ["--pin-from", f"file:{self.folder}/given"]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=terminal.patience, start_new_session=True)
        report = json.loads(done.stdout)
        assert report["exit"] == done.returncode, report
        assert len(passphrase) < 8 or passphrase.encode() not in done.stdout + done.stderr
        return report

    def held(self):
        """What the badge holds, by the vendor's way."""
        return payload(vendor_client.download(self.port, "p q"), "p q")


@contextmanager
def badge(*faults, folder=None, delay=None):
    with tempfile.TemporaryDirectory() as own:
        options = [word for fault in faults for word in ("--fault", fault)] + (["--delay", str(delay)] if delay else [])
        one = Badge(folder or own, *options)
        try:
            yield one
        finally:
            if one.process.poll() is None:
                one.stop()


def expect(report, outcome, exit_code, *words):
    assert (report["outcome"], report["exit"]) == (outcome, exit_code), report
    for word in words:
        assert word in report["message"] + report["facts"].get("next", ""), (word, report)


def the_vendors_way():
    for faults, pin in (((), None), (("no-echo",), None), (("log-noise", "secure-serial"), PIN)):
        with badge(*faults) as one:
            answer = vendor_client.upload(one.port, FULL.read_bytes(), FULL_PASSPHRASE, pin)
            assert answer == "OK: imported=36 failed=0 modules=3 skipped=0 system=1", answer
            got = payload(vendor_client.download(one.port, "p q", pin), "p q")
            want = payload(FULL.read_bytes(), FULL_PASSPHRASE)
            assert dict(got, fw_version=0) == dict(want, fw_version=0)
    with badge() as one:  # a PIN for a build without AUTH: the vendor's script gives up there
        try:
            vendor_client.download(one.port, "p q", PIN)
            assert False
        except vendor_client.Failed as error:
            assert "Unknown command 'AUTH'" in str(error)


def there_and_back():
    for faults in ((), ("no-echo",), ("log-noise",), ("no-version", "no-cut")):
        with badge(*faults, delay=1 if not faults else None) as one:
            report = one.device("restore", FULL)
            expect(report, "ok", 0)
            assert report["facts"]["restored"] == dict(ok=True, imported=36, failed=0, modules=3, skipped=0, system=True)
            assert report["facts"]["as_rehearsed"] is True
            assert report["facts"]["drill"][0]["stored"] == dict(twofa=6, passwords=4, received=2, own=True)
            assert ("badge_level" in report["facts"]) == ("no-version" not in faults)
            copy = one.folder / "copy.cdcbak"
            report = one.device("backup", "--output", copy, passphrase="Gr\u00fc\u00dfe 1")
            expect(report, "ok", 0)
            assert report["facts"]["passphrase_encoding"] == "cp437", report
            assert copy.stat().st_mode & 0o777 == 0o600
            assert len(payload(copy.read_bytes(), "Gr\u00fc\u00dfe 1")["modules"]["mod_2fa"]["entries"]) == 6
            expect(one.device("backup", "--output", copy), "refused", 6, "already")
            expect(one.device("delete"), "ok", 0)
            assert not one.backup.exists()


def the_pin_is_sent_once():
    with badge("secure-serial") as one:
        expect(one.device("list"), "ok", 0)
        expect(one.device("backup", "--output", one.folder / "x"), "device", 9, "--pin-from")
        expect(one.device("backup", "--output", one.folder / "x", pin="1111"), "device", 9, "9 tries are left")
        expect(one.device("delete", pin="1111"), "device", 9, "8 tries are left")
        expect(one.device("delete", pin="12"), "refused", 6, "4 to 8 digits")
        report = one.device("backup", "--output", one.folder / "x", pin=PIN)
        expect(report, "ok", 0)
        assert report["facts"]["logged_in"] is True
        for left in ("9 tries", "8 tries", "locked for 30"):
            expect(one.device("delete", pin="1111"), "device", 9, left)
        expect(one.device("delete", pin=PIN), "device", 9, "locked for")
    for fault, word in (("lockout", "locked for"), ("permanent-lockout", "permanently locked")):
        with badge("secure-serial", fault) as one:
            expect(one.device("delete", pin=PIN), "device", 9, word)


def what_the_badge_refuses():
    with badge("usb-disk", "export-fails") as one:
        expect(one.device("backup", "--output", one.folder / "x"), "device", 9)
        expect(one.device("restore", FULL), "device", 9, "USB disk")
        assert not (one.folder / "x").exists() and not one.backup.exists()
    with badge("import-fails") as one:
        expect(one.device("restore", FULL), "device", 9, "refused to restore")
        assert one.backup.read_bytes() == FULL.read_bytes()
    with badge() as one:  # and what is not even sent
        expect(one.device("restore", VECTORS / "s06-newer-level.cdcbak", passphrase="newer"), "device", 9, "would refuse")
        expect(one.device("restore", FULL, passphrase="wrong"), "wrong-secret", 3)
        utf8 = json.loads((VECTORS / "vectors.json").read_text(encoding="utf-8"))["open"]
        utf8 = next(v["passphrase"] for v in utf8 if v["file"] == "s03-unicode.cdcbak")
        expect(one.device("restore", VECTORS / "s03-unicode.cdcbak", passphrase=utf8), "refused", 6, "CP437")
        expect(one.device("backup", "--output", one.folder / "x", passphrase="\u043f\u0430"), "refused", 6, "characters 1 and 2")
        assert not one.backup.exists() and not one.held()["modules"]


def pulled_cables_leave_everything_whole():
    with badge("disconnect") as one:
        one.backup.write_text("the old backup of the badge")
        expect(one.device("restore", FULL), "io", 13)
        assert one.backup.read_text() == "the old backup of the badge"
        time.sleep(0.5)
        expect(one.device("restore", FULL), "ok", 0)
    with badge("disconnect") as one:
        local = one.folder / "local"
        local.write_text("the old local file")
        expect(one.device("backup", "--force", "--output", local), "io", 13)
        assert local.read_text() == "the old local file"
        time.sleep(0.5)
        expect(one.device("backup", "--force", "--output", local), "ok", 0)
        assert payload(local.read_bytes(), FULL_PASSPHRASE)["modules"] == {}
    with badge("crc-error") as one:
        one.backup.write_text("the old backup of the badge")
        expect(one.device("restore", FULL), "io", 13, "damaged")
        assert one.backup.read_text() == "the old backup of the badge"
        expect(one.device("delete"), "ok", 0)


def large_backups_go_by_usb_disk():
    with badge() as one:
        report = one.device("restore", VECTORS / "s05-large.cdcbak", passphrase="large")
        expect(report, "ok", 0)
        assert report["facts"]["restored"]["imported"] == 553
        report = one.device("backup", "--output", one.folder / "x", passphrase="p q")
        expect(report, "refused", 6, "8192", "mod_msc")
        assert report["facts"]["file_size"] > 8192 and report["facts"]["serial_limit"] == 8192
        assert not (one.folder / "x").exists()
        assert "mod_password" in payload(one.backup.read_bytes(), "p q")["modules"]
        cut = vendor_client.download(one.port, "p q")
        assert len(cut) == 8192, "what the vendor's script would have saved"


def killed_at_any_moment():
    with tempfile.TemporaryDirectory() as folder:
        for pause in (0.0, 0.1, 0.3):
            one = Badge(folder)
            work = subprocess.Popen([terminal.PROGRAM, "device", "restore", str(FULL), "--port", one.port, "--yes", "--password-from", "env:PW"],
                                    env=dict(os.environ, PW=FULL_PASSPHRASE), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                    stdin=subprocess.DEVNULL, start_new_session=True)
            time.sleep(0.6 + pause)
            one.stop(signal.SIGKILL)
            assert work.wait(30) in (0, 13), work.returncode
            if one.backup.exists():
                assert one.backup.read_bytes() == FULL.read_bytes()
        with badge(folder=folder) as one:
            assert one.held()["modules"].keys() in ({}.keys(), {"mod_2fa": 0, "mod_password": 0, "mod_vcard": 0}.keys())


def hwbak_killed_in_a_transfer():
    """Whenever it dies, the old local file and a whole file on the badge are there."""
    large = VECTORS / "s05-large.cdcbak"
    for verb, pauses in (("backup", (0.3, 0.5, 0.7, 0.9)), ("restore", (0.6, 0.8, 1.0, 1.2))):
        for pause in pauses:
            with badge() as one:
                local = one.folder / "local"
                local.write_text("the old local file")
                if verb == "restore":
                    one.backup.write_text("the old backup of the badge")
                command = (["backup", "--output", str(local), "--force"] if verb == "backup" else ["restore", str(large), "--yes"])
                work = subprocess.Popen([terminal.PROGRAM, "device", *command, "--port", one.port, "--password-from", "env:PW"],
                                        env=dict(os.environ, PW="large"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                        stdin=subprocess.DEVNULL, start_new_session=True)
                time.sleep(pause)
                work.kill()
                killed = work.wait(10) != 0
                if verb == "backup":
                    assert local.read_text() == "the old local file" or payload(local.read_bytes(), "large")["modules"] == {}
                else:
                    assert one.backup.read_text() in ("the old backup of the badge", large.read_text()), (pause, killed)


def one_badge_for_a_state_and_a_link_that_goes_with_it():
    with badge() as one:
        done = subprocess.run([terminal.PROGRAM, "practice", "cdc-badge", "--state", str(one.folder / "state"), "--pin-from", f"file:{one.folder}/pin",
                               "--json"], stdin=subprocess.DEVNULL, capture_output=True, timeout=terminal.patience, start_new_session=True)
        assert done.returncode == 6 and "another practice badge" in json.loads(done.stdout)["message"], done
    for how in (signal.SIGINT, signal.SIGTERM):
        with badge() as one:
            assert os.path.islink(one.port)
            one.stop(how)
            assert not os.path.lexists(one.port), how
        with badge() as one:  # the name leads to another place by now
            os.remove(one.port)
            os.symlink("/dev/null", one.port)
            one.stop(how)
            assert os.path.islink(one.port), how


def at_the_terminal():
    with badge("secure-serial") as one:
        child = terminal.start("device", "backup", "--port", one.port, "--pin-from", "tty", "--output", str(one.folder / "b"))
        child.expect_exact("New password (not shown): ")
        child.send("two words\r")
        child.expect_exact("The same again: ")
        child.send("two words\r")
        child.expect_exact("PIN of")
        child.send(PIN + "\r")
        text, code = terminal.finish(child)
        assert code == 0 and "opened and proven" in text, text
        assert payload((one.folder / "b").read_bytes(), "two words")["modules"] == {}
        for typed, expected in (("no\r", 6), ("\r", 6), ("\x1b", 6), ("yes\r", 0)):
            child = terminal.start("device", "delete", "--port", one.port, "--pin-from", f"file:{one.folder}/pin")
            child.expect_exact("Remove the backup file from the badge?")
            child.expect_exact("anything else to stop: ")
            child.send(typed)
            text, code = terminal.finish(child)
            assert code == expected, text
            assert one.backup.exists() == (expected != 0)
    with tempfile.TemporaryDirectory() as folder:
        child = terminal.start("practice", "cdc-badge", "--state", folder + "/state")
        for answer in ("12a4", "12a4"):
            child.expect_exact(": ")
            child.send(answer + "\r")
        text, code = terminal.finish(child)
        assert code == 6 and "4 to 8 digits" in text, text


terminal.run([the_vendors_way, there_and_back, the_pin_is_sent_once, what_the_badge_refuses, pulled_cables_leave_everything_whole,
              large_backups_go_by_usb_disk, killed_at_any_moment, hwbak_killed_in_a_transfer,
              one_badge_for_a_state_and_a_link_that_goes_with_it, at_the_terminal])
