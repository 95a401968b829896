"""A practice device under the scanner: a seed is typed, shown and backed up, and at logout nothing of it is in memory."""
import hashlib
import hmac
import os
import tempfile

import terminal
from terminal import finish, learn, start

SCANNED = os.environ["HWBAK_SCANNED"]
SEED = "legal winner thank year wave sausage worth useful legal winner thank yellow"
STRETCHED = hashlib.pbkdf2_hmac("sha512", SEED.encode(), b"mnemonic", 2048)
MASTER = hmac.digest(b"Bitcoin seed", STRETCHED, "sha512")  # key and chain code


def choose(child, *labels):
    for label in labels:
        child.expect_exact("or a number and Enter: ")
        items = {name.strip(): number for number, name in terminal.re.findall(r"(\d+)\. ([^\r\n]+)", child.before)}
        child.send(items[label])
        child.expect_exact("or a number and Enter: " + items[label])
        child.send("\r")


def page(child, text, key="\r"):
    child.expect_exact(text)
    child.expect_exact("[x] X")
    child.send(key)


def session(secrets):
    with tempfile.TemporaryDirectory() as folder:
        card, listing = os.path.join(folder, "card"), os.path.join(folder, "secrets")
        os.mkdir(card)
        with open(listing, "w", encoding="utf-8") as file:
            file.write("\n".join(secrets).replace("CARD", card) + "\n")
        child = start("--secrets", listing, "--", SCANNED, "practice", "coldcard", "--state", os.path.join(folder, "state"), "--card", card)
        page(child, "a new one, without a seed")
        for prompt in ("Choose PIN Code (", "Confirm PIN ("):
            child.expect_exact(prompt)
            child.sendline("12-3456")
        choose(child, "Import Existing", "12 Words")
        child.expect_exact("word 1 of 12: ")
        child.sendline(SEED)
        choose(child, "Advanced/Tools", "Danger Zone", "Seed Functions", "View Seed Words")
        page(child, "Let nobody else")
        page(child, "legal winner")
        for _ in range(2):
            child.expect_exact("or a number and Enter: ")
            child.send("x")
        choose(child, "Backup", "Backup System")
        learn(child)
        page(child, "next time")
        page(child, "backup.7z", "x")
        for _ in range(2):
            child.expect_exact("or a number and Enter: ")
            child.send("x")
        choose(child, "Secure Logout")
        child.timeout = 60
        return finish(child)


def nothing_of_the_seed_is_left():
    text, code = session([SEED, STRETCHED.hex(), MASTER[:32].hex()])
    assert code == 0 and "logged out" in text, (code, text)


def control():
    text, code = session(["CARD"])
    assert code == 1, "what is no secret is still there, and found: " + text


terminal.run([nothing_of_the_seed_is_left, control])
