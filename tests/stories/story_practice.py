"""practice coldcard: the menus of a practice device, from a new seed to a restore, and a clone between two of them."""
import os
import signal
import subprocess
import tempfile

import terminal
from terminal import echoes, finish, learn, new_words, screen, start

SEED = ["abandon"] * 11 + ["about"]
FINGERPRINT = "73C5DA0A"
PIN = "12-3456"


class Device:
    """A practice device in a terminal of its own."""

    def __init__(self, folder, name="state", *more):
        self.state, self.card = os.path.join(folder, name), os.path.join(folder, "card")
        os.makedirs(self.card, exist_ok=True)
        self.child = start("practice", "coldcard", "--state", self.state, "--card", self.card, *more)
        self.seen = ""

    def expect(self, text):
        self.child.expect_exact(text)
        self.seen += self.child.before + self.child.after

    def items(self):
        """The menu that is open: its title and the numbers of its items."""
        self.expect("or a number and Enter: ")
        shown = self.child.before
        return shown, {label.strip(): number for number, label in terminal.re.findall(r"(\d+)\. ([^\r\n]+)", shown)}

    def choose(self, *labels):
        for label in labels:
            shown, items = self.items()
            assert label in items, (label, shown)
            self.child.send(items[label])
            self.expect("or a number and Enter: " + items[label])  # drawn again with the number
            self.child.send("\r")

    def page(self, text, key="\r"):
        """Waits for a page that says `text`, and answers it. Lines are broken at blanks."""
        self.child.expect(r"\s+".join(terminal.re.escape(word) for word in text.split()))
        self.seen += self.child.before + self.child.after
        self.expect("[Enter] OK" if key == "\r" else f"[{key}]")
        self.child.send(key)

    def answer(self, prompt, line):
        self.expect(prompt)
        assert not echoes(self.child), "nothing typed is echoed"
        self.child.sendline(line)

    def begin(self):
        self.page("a new one, without a seed")
        self.answer("Choose PIN Code (", PIN)
        self.answer("Confirm PIN (", PIN)
        return self

    def import_seed(self):
        self.choose("Import Existing", "12 Words")
        self.answer("word 1 of 12: ", " ".join(SEED))
        return self

    def log_out(self):
        self.choose("Secure Logout")
        text, code = finish(self.child)
        self.seen += text
        assert code == 0, text
        assert "logged out" in text, text

    def leave(self, levels):
        for _ in range(levels):
            self.items()
            self.child.send("x")


def back_up(device, key="x"):
    """Backup System up to the page that names the file; gives the password."""
    device.choose("Advanced/Tools", "Backup", "Backup System")
    password = learn(device.child)
    device.page("next time you perform a backup")
    device.page("Backup file written: backup.7z", key)
    return password


def from_seed_to_restore():
    with tempfile.TemporaryDirectory() as folder:
        device = Device(folder).begin().import_seed()
        password = back_up(device, "2")
        device.page("File (#2) written: backup-2.7z", "x")
        device.choose("Verify Backup")
        device.choose("backup-2.7z")
        device.page("Backup file CRC checks out okay.")
        # The ordinary restore is for an empty device.
        device.choose("Restore Backup")
        device.page("seed", "x")
        device.leave(1)
        device.choose("Danger Zone", "Seed Functions", "Destroy Seed")
        device.page("All funds will be lost")
        device.page("Are you REALLY sure", "4")
        device.page("The seed is gone")
        device.answer("Enter PIN (", PIN)
        device.choose("Import Existing", "Restore Backup", "backup.7z")
        device.answer("word 1 of 12: ", password)
        device.page(f"[{FINGERPRINT}]")
        device.page("successfully restored")
        device.answer("Enter PIN (", PIN)
        title, _ = device.items()
        assert FINGERPRINT in title, title
        device.child.send("x")
        text, code = finish(device.child)
        assert code == 0, text

        done = subprocess.run([terminal.PROGRAM, "verify", "--require", "meaning", "--expect-fingerprint", FINGERPRINT, "--password-from",
                               "env:PW", os.path.join(device.card, "backup-2.7z")], capture_output=True, text=True, env=dict(os.environ, PW=password))
        assert done.returncode == 0, done.stdout


def a_wrong_password_restores_nothing():
    with tempfile.TemporaryDirectory() as folder:
        device = Device(folder).begin().import_seed()
        back_up(device)
        device.leave(2)
        device.log_out()
        other = Device(folder, "other").begin()
        other.choose("Import Existing", "Restore Backup", "backup.7z")
        other.answer("word 1 of 12: ", " ".join(SEED))
        other.page("Incorrect password", "x")
        other.leave(1)
        title, _ = other.items()
        assert not terminal.re.search(r"\[[0-9A-F]{8}\]", title), title
        other.child.send("\x03")
        _, code = finish(other.child)
        assert code == 130, code


def a_clone_from_one_terminal_to_another():
    with tempfile.TemporaryDirectory() as folder:
        source = Device(folder, "source").begin().import_seed()
        receiver = Device(folder, "receiver").begin()
        receiver.choose("Import Existing", "Clone Coldcard")
        receiver.page("Insert a MicroSD card and press OK to start")
        receiver.page("Keep power on this Coldcard", "\r")
        receiver.page("Clone file not found")
        assert os.listdir(source.card) == ["ccbk-start.json"]
        receiver.child.expect_exact("[x] X")  # the page waits again
        source.choose("Advanced/Tools", "Backup", "Clone Coldcard")
        source.page("Take this MicroSD card back to other Coldcard")
        assert len(os.listdir(source.card)) == 2
        receiver.child.send("\r")
        receiver.page(f"[{FINGERPRINT}]")
        receiver.page("successfully restored")
        receiver.answer("Enter PIN (", PIN)
        title, _ = receiver.items()
        assert FINGERPRINT in title, title
        assert os.listdir(source.card) == [], "the files of the clone are gone"
        receiver.child.send("x")
        assert finish(receiver.child)[1] == 0
        source.leave(2)
        source.log_out()


def cleartext_after_a_warning():
    with tempfile.TemporaryDirectory() as folder:
        device = Device(folder).begin().import_seed()
        device.choose("Advanced/Tools", "Backup", "Backup System")
        device.expect("[6]")
        device.child.send("6")
        device.page("will NOT be encrypted")
        device.page("Backup file written: backup.txt", "x")
        device.leave(2)
        device.log_out()
        with open(os.path.join(device.card, "backup.txt"), encoding="utf-8") as file:
            assert " ".join(SEED) in file.read()


def a_quiz_given_up_writes_nothing():
    with tempfile.TemporaryDirectory() as folder:
        device = Device(folder).begin().import_seed()
        device.choose("Advanced/Tools", "Backup", "Backup System")
        new_words(device.child)
        device.child.send("x")
        device.leave(2)
        device.log_out()
        assert os.listdir(device.card) == []


def secrets_leave_neither_screen_nor_state():
    with tempfile.TemporaryDirectory() as folder:
        device = Device(folder).begin().import_seed()
        device.choose("Advanced/Tools", "Danger Zone", "Seed Functions", "View Seed Words")
        device.page("Let nobody else see it")
        device.page("abandon", "x")
        device.leave(3)
        device.log_out()
        assert "abandon" in device.seen, "control: the words were shown"
        assert "abandon" not in screen(device.seen), screen(device.seen)
        assert PIN not in device.seen
        files = [os.path.join(device.state, name) for name in os.listdir(device.state)]
        assert files, "control: there is a state"
        for path in files:
            with open(path, "rb") as file:
                contents = file.read()
            assert b"abandon" not in contents and FINGERPRINT.encode() not in contents
            assert os.stat(path).st_mode & 0o077 == 0


def a_wrong_pin():
    with tempfile.TemporaryDirectory() as folder:
        Device(folder).begin().import_seed().log_out()
        device = Device(folder)
        device.answer("Enter PIN (", "99-99")
        device.page("12 attempts are left")
        device.answer("Enter PIN (", PIN)
        title, _ = device.items()
        assert FINGERPRINT in title, title
        device.child.send("x")
        assert finish(device.child)[1] == 0


def an_older_device():
    with tempfile.TemporaryDirectory() as folder:
        device = Device(folder, "old", "--model", "mk3", "--firmware", "4.1.9").begin()
        title, items = device.items()
        assert "mk3, 4.1.9" in title and "Advanced" in items and "New Wallet" in items, title
        device.child.send("x")
        assert finish(device.child)[1] == 0


def what_does_not_fit_is_refused():
    with tempfile.TemporaryDirectory() as folder:
        for arguments in (("--firmware", "9.9.9"), ("--model", "mk4", "--firmware", "4.1.9")):
            child = start("practice", "coldcard", "--state", os.path.join(folder, "s"), "--card", folder, *arguments)
            text, code = finish(child)
            assert code == 2 and "PIN" not in text, (arguments, text)
        done = subprocess.run([terminal.PROGRAM, "practice", "coldcard", "--state", os.path.join(folder, "s"), "--card", folder],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, start_new_session=True)
        assert done.returncode == 6 and "terminal" in done.stdout, done
        assert os.listdir(folder) == []


def folders_that_do_not_fit_are_named_at_once():
    with tempfile.TemporaryDirectory() as folder:
        file, card = os.path.join(folder, "file"), os.path.join(folder, "card")
        os.mkdir(card)
        with open(file, "w", encoding="utf-8"):
            pass
        missing = os.path.join(folder, "missing")
        for state, cards, expected in ((missing, [missing + "2"], 13), (missing, [file], 13), (file, [card], 13), (card, [card], 6),
                                       (missing, [card, file], 13), (card, [os.path.join(card, "..", "card")], 6)):
            arguments = [word for path in cards for word in ("--card", path)]
            text, code = finish(start("practice", "coldcard", "--state", state, *arguments))
            assert code == expected and "folder" in text and "PIN" not in text, (state, cards, code, text)
        assert sorted(os.listdir(folder)) == ["card", "file"] and os.listdir(card) == []


def killed_with_the_seed_on_the_screen():
    with tempfile.TemporaryDirectory() as folder:
        device = Device(folder).begin().import_seed()
        device.choose("Advanced/Tools", "Danger Zone", "Seed Functions", "View Seed Words")
        device.page("Let nobody else see it")
        device.expect("about")
        device.child.kill(signal.SIGHUP)
        text, code = finish(device.child)
        assert code == -signal.SIGHUP, code
        assert "abandon" in device.seen and "abandon" not in screen(device.seen + text)


terminal.run([from_seed_to_restore, a_wrong_password_restores_nothing, a_clone_from_one_terminal_to_another, cleartext_after_a_warning,
              a_quiz_given_up_writes_nothing, secrets_leave_neither_screen_nor_state, a_wrong_pin, an_older_device,
              what_does_not_fit_is_refused, folders_that_do_not_fit_are_named_at_once, killed_with_the_seed_on_the_screen])
