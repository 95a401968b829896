"""The lines of the vendor's manual, and the steps to a ready device, on a device in a reader: what they make is used and judged by the
real tools."""
import os
import tempfile

import practice_hsm
import terminal
from practice_hsm import PIN, SO_PIN, Key, domain, hwbak, initialise, references, tool

practice_hsm.enter()
PASSWORD = "a long horse for the manual"
FOLDER = tempfile.TemporaryDirectory()
SHARE, COPY, WRAPPED = (os.path.join(FOLDER.name, name) for name in ("shares", "dkek-share.bin", "key.wrapped"))
GENERATE = ("pkcs11-tool", "--generate-key", "--key-type", "aes:32", "--label", "dkek", "--id", "01", "--state", SHARE, "--password-from", "env:PW")
KEY = Key(FOLDER.name, "12")
KCV = []


def a_share_for_a_device_that_awaits_one():
    initialise(1)
    (made,) = hwbak(*GENERATE, PW=PASSWORD)
    KCV.append(made["facts"]["kcv"])
    assert made["facts"]["imported"] and domain() == (1, 0, KCV[0]), made
    (copied,) = hwbak("pkcs11-tool", "--export-key", "--id", "01", "--output-file", COPY, "--state", SHARE)
    assert copied["format"] == "dkek-share" and os.path.getsize(COPY) == 64, copied


def a_key_is_wrapped():
    KEY.generate("EC:secp256r1")
    (done,) = hwbak("pkcs11-tool", "--login", "--pin", PIN, "--export-key", "--id", "12", "--wrap", "--wrapping-key", "01", "--output-file", WRAPPED,
                    "--state", SHARE)
    assert done["facts"]["kcv"] == KCV[0] and "sc-hsm-tool --wrap-key" in done["facts"]["stands_for"], done
    assert "pin-in-argv" in [finding["code"] for finding in done["findings"]], done


def a_wiped_device_is_made_ready():
    serial = hwbak("device", "list")[0]["facts"]["readers"][0]["serial"]
    plan = ("device", "init-plan", "--share", COPY + "=env:PW", "--pin-from", "env:PIN", "--so-pin-from", "env:SO", "--run")
    secrets = {"PW": PASSWORD, "PIN": PIN, "SO": SO_PIN}
    (refused,) = hwbak(*plan, "--yes", code=6, **secrets)
    assert list(references()) == ["12"], refused
    (done,) = hwbak(*plan, "--confirm-serial", serial, **secrets)
    assert done["facts"]["kcv"] == done["facts"]["device_kcv"] == KCV[0] and done["facts"]["shares_imported"] == 1, done
    assert domain() == (1, 0, KCV[0]) and references() == {}


def and_the_key_is_back_under_another_id():
    (done,) = hwbak("pkcs11-tool", "--login", "--pin-from", "env:PIN", "--import-key", "--unwrap", "--wrapping-key", "01", "--input-file", WRAPPED,
                    "--id", "13", "--label", "restored-key", "--state", SHARE, PIN=PIN)
    assert "sc-hsm-tool --unwrap-key" in done["facts"]["stands_for"], done
    assert list(references()) == ["13"] and "Private EC Key [restored-key]" in tool("pkcs15-tool", "--dump")
    os.rename(KEY.public, KEY.public.replace("12-", "13-"))
    Key(FOLDER.name, "13").sign("ECDSA-SHA256", "sha256")


terminal.run([
    a_share_for_a_device_that_awaits_one,
    a_key_is_wrapped,
    a_wiped_device_is_made_ready,
    and_the_key_is_back_under_another_id,
])
