"""Words are shown on the terminal's other screen: gone with a signal, with Ctrl-Z, in a small window and in one that changes."""
import re
import signal
import tempfile
import time

import terminal
from terminal import WORDS, finish, new_words, screen, start, vector

TEXT = vector("backup.txt")
ENTER, LEAVE = "\x1b[?1049h", "\x1b[H\x1b[J\x1b[?1049l"
PASSWORD = "a password of the owner, long enough for a device"


def create(card, rows=40, columns=100, **environment):
    child = start("create", "coldcard", "--text", TEXT, "--to", card, "--copies", "1", **environment)
    child.setwinsize(rows, columns)
    return child


def shown_words(text):
    return re.findall(r"\d+: ([a-z]+)", text)


def is_stopped(child):
    with open(f"/proc/{child.pid}/stat", encoding="ascii") as file:
        return file.read().rpartition(")")[2].split()[0] == "T"


def wait_until(condition):
    for _ in range(100):
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError("waited in vain")


def a_signal_that_ends_it_takes_the_words_along():
    for number, expected in ((signal.SIGTERM, -signal.SIGTERM), (signal.SIGHUP, -signal.SIGHUP), (signal.SIGINT, 130),
                             (signal.SIGQUIT, -signal.SIGQUIT)):
        with tempfile.TemporaryDirectory() as card:
            child = create(card)
            words = new_words(child)
            shown = child.before + child.after
            child.kill(number)
            text, code = finish(child)
            assert code == expected, (number, code)
            left = screen(shown + text)
            assert ENTER in shown and LEAVE in text, text
            assert words[1] in shown and not shown_words(left), left


def suspended_from_elsewhere():
    """Nothing is to be seen while it is stopped, and the same page again afterwards."""
    with tempfile.TemporaryDirectory() as card:
        child = create(card)
        words = new_words(child)
        shown = child.before + child.after
        for key in (None, "\x1a"):
            if key is None:
                child.kill(signal.SIGTSTP)
            else:
                child.send(key)
            child.expect_exact("\x1b[?1049l")
            wait_until(lambda: is_stopped(child))
            assert not shown_words(screen(shown + child.before + child.after))
            assert terminal.echoes(child), "and the terminal is as it was"
            child.kill(signal.SIGCONT)
            child.expect_exact(ENTER)
            shown = ENTER
            assert new_words(child) == words, "drawn again"
            shown += child.before + child.after
        child.send("x")
        _, code = finish(child)
        assert code == 6, code


def a_window_of_ten_rows():
    """The words come in parts that fit, and none of them scrolls away."""
    with tempfile.TemporaryDirectory() as card:
        child = create(card, rows=10, columns=80)
        shown, words = "", []
        for _ in range(20):
            child.expect(r"\[x\] X")
            part = child.before + child.after
            shown += part
            page = part.rpartition("\x1b[J")[2]
            assert page.count("\n") < 10, page
            words += shown_words(page)
            if "[Enter] more" not in page:
                break
            child.send("\r")
        assert len(words) == 12, words
        child.send("\r")
        child.expect(r"Word \d+ is\?")
        shown += child.before + child.after
        child.send("\x03")
        text, code = finish(child)
        assert code == 130, code
        assert not shown_words(screen(shown + text))


def a_window_that_changes():
    with tempfile.TemporaryDirectory() as card:
        child = create(card)
        words = new_words(child)
        child.setwinsize(10, 30)
        child.expect_exact("[Enter] more")
        page = child.before.rpartition("\x1b[J")[2]
        child.expect_exact("[x] X")
        assert page.count("\n") < 10 and words[1] in page and words[12] not in page, page
        child.setwinsize(40, 100)
        assert new_words(child) == words
        child.send("x")
        finish(child)


def a_terminal_that_knows_nothing():
    with tempfile.TemporaryDirectory() as card:
        child = create(card, TERM="dumb")
        new_words(child)
        child.send("x")
        text, code = finish(child)
        assert code == 6 and "\x1b" not in text, text


def words_that_are_typed():
    """A refused word leaves neither itself nor the last word of its line behind."""
    child = start("verify", vector())
    child.expect_exact("word 1 of 12: ")
    shown = child.before + child.after
    child.send(" ".join(["abandom"] + WORDS[1:]))
    child.expect_exact(WORDS[-1])  # the word being typed is seen
    shown += child.before + child.after
    child.send("\r")
    child.expect_exact("Type that word again")
    shown += child.before + child.after
    left = screen(shown.rpartition(ENTER)[2])
    assert WORDS[-1] not in left, left
    child.expect_exact("word 1 of 12: ")
    for _ in range(2):  # an empty line leaves everything as it is
        child.send("\r")
        child.expect_exact("word 1 of 12: ")
    child.send("zoo\x15" + WORDS[0] + "\r")
    child.expect_exact("taken.")
    text, code = finish(child)
    assert code == 0 and "content: proven" in text, text


def two_new_passwords_that_differ():
    """A slip is mended; after three the command ends."""
    with tempfile.TemporaryDirectory() as card:
        for slips, expected in ((2, 0), (3, 6)):
            child = start("create", "coldcard", "--text", TEXT, "--to", card, "--new-password-from", "tty")
            for _ in range(slips):
                child.expect_exact("New password (not shown): ")
                child.sendline(PASSWORD)
                child.expect_exact("The same again: ")
                child.sendline(PASSWORD + "r")
                child.expect_exact("differ")
            if expected == 0:
                child.sendline(PASSWORD)
                child.expect_exact("The same again: ")
                child.sendline(PASSWORD)
            text, code = finish(child)
            assert code == expected, (slips, text)
            assert PASSWORD not in text


def a_refused_password_says_so_above_the_next_question():
    child = start("verify", vector())
    child.expect_exact("word 1 of 12: ")
    child.sendline(" ".join(["zoo"] * 12))
    child.expect_exact("taken.")
    child.expect_exact(ENTER)
    child.expect_exact("word 1 of 12: ")
    assert "does not open it" in child.before
    child.send("\x03")
    finish(child)


def killed_while_words_are_typed():
    child = start("verify", vector())
    child.expect_exact("word 1 of 12: ")
    shown = child.before + child.after
    child.send("mass celery")
    child.expect_exact("celery")
    shown += child.before + child.after
    child.kill(signal.SIGTERM)
    text, code = finish(child)
    assert code == -signal.SIGTERM, code
    assert "celery" not in screen(shown + text) and "celery" in shown


terminal.run([a_signal_that_ends_it_takes_the_words_along, suspended_from_elsewhere, a_window_of_ten_rows, a_window_that_changes,
              a_terminal_that_knows_nothing, words_that_are_typed, two_new_passwords_that_differ,
              a_refused_password_says_so_above_the_next_question, killed_while_words_are_typed])
