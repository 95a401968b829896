"""Twelve words at the terminal: right ones, wrong ones, prefixes, a pasted line, a custom password."""
import terminal
from terminal import PASSWORDS, WORDS, echoes, finish, screen, start, vector


def one_by_one():
    child = start("verify", vector())
    for number, word in enumerate(WORDS, 1):
        child.expect_exact(f"word {number} of 12: ")
        assert not echoes(child), "the terminal must not echo while words are typed"
        child.sendline(word)
    child.expect_exact("taken")
    text, code = finish(child)
    assert code == 0, text
    assert "content: proven" in text, text


def nothing_is_left_on_the_screen():
    child = start("verify", vector())
    seen = ""
    for number, word in enumerate(WORDS, 1):
        child.expect_exact(f"word {number} of 12: ")
        seen += child.before + child.after
        child.sendline(word)
    child.expect_exact("taken")
    seen += child.before + child.after
    assert WORDS[-1] in seen, "control: the letters were shown while they were typed"
    left = screen(seen)
    assert not any(word in left.split() for word in WORDS), left
    _, code = finish(child)
    assert code == 0, code


def prefixes_and_tab():
    child = start("verify", vector())
    for number, word in enumerate(WORDS, 1):
        child.expect_exact(f"word {number} of 12: ")
        if number % 2:
            child.sendline(word[:4].upper())
        else:
            child.send(word[:4] + "\t\r")
    text, code = finish(child)
    assert code == 0, text


def tab_lists_what_is_left():
    child = start("verify", vector())
    child.expect_exact("word 1 of 12: ")
    child.send("mat\t")
    child.expect_exact("material")
    child.expect_exact("matter")
    child.send("\x03")
    _, code = finish(child)
    assert code == 130


def pasted_line():
    child = start("verify", vector())
    child.expect_exact("word 1 of 12: ")
    child.sendline(", ".join(f"{n}. {w.title()}" for n, w in enumerate(WORDS, 1)))
    text, code = finish(child)
    assert code == 0, text


def pasted_lines():
    child = start("verify", vector())
    child.expect_exact("word 1 of 12: ")
    child.send("".join(word + "\n" for word in WORDS))
    text, code = finish(child)
    assert code == 0, text


def wrong_word_gets_the_nearest():
    child = start("verify", vector())
    child.expect_exact("word 1 of 12: ")
    child.sendline(" ".join([WORDS[0], "celary"] + WORDS[2:]))
    child.expect_exact("is not on the BIP-39 list")
    child.expect_exact("celery")
    child.expect_exact("word 2 of 12: ")
    child.sendline("celery")
    text, code = finish(child)
    assert code == 0, text


def rubbing_out():
    child = start("verify", vector())
    child.expect_exact("word 1 of 12: ")
    child.send("xyz\x7f\x7f\x7f" + "wrong words\x15")
    child.sendline(" ".join(WORDS))
    text, code = finish(child)
    assert code == 0, text


def other_words_are_a_wrong_secret():
    child = start("verify", vector())
    child.expect_exact("word 1 of 12: ")
    child.sendline(" ".join(reversed(WORDS)))
    child.expect_exact("does not open it")
    child.expect_exact("word 1 of 12: ")
    child.send("\x04")
    text, code = finish(child)
    assert code == 3, text


def thirteen_words_begin_again():
    child = start("verify", vector())
    child.expect_exact("word 1 of 12: ")
    child.sendline(" ".join(WORDS + ["zoo"]))
    child.expect_exact("13 words")
    child.expect_exact("word 1 of 12: ")
    child.sendline(" ".join(WORDS))
    text, code = finish(child)
    assert code == 0, text


def custom_password():
    name = "custom-password.7z"
    child = start("verify", vector(name))
    child.expect_exact("word 1 of 12: ")
    child.sendline("!")
    child.expect_exact("custom password")
    child.sendline(PASSWORDS[name])
    text, code = finish(child)
    assert code == 0, text
    assert PASSWORDS[name] not in text


def refused_line_as_custom_password():
    name = "custom-password.7z"
    child = start("verify", vector(name))
    child.expect_exact("word 1 of 12: ")
    child.sendline(PASSWORDS[name])
    child.expect_exact("or ! to use the whole line")
    child.expect_exact("word 1 of 12: ")
    child.sendline("!")
    text, code = finish(child)
    assert code == 0, text


def without_a_password():
    child = start("verify", vector())
    child.expect_exact("word 1 of 12: ")
    child.send("\x04")
    text, code = finish(child)
    assert code == 0, text
    assert "needs the password" in text, text


terminal.run([one_by_one, nothing_is_left_on_the_screen, prefixes_and_tab, tab_lists_what_is_left, pasted_line, pasted_lines,
              wrong_word_gets_the_nearest, rubbing_out, other_words_are_a_wrong_secret, thirteen_words_begin_again,
              custom_password, refused_line_as_custom_password, without_a_password])
