"""A pseudo terminal with hwbak on it, for the stories."""
import json
import os
import re
import subprocess
import sys
import termios
import traceback

import pexpect

PROGRAM = os.environ["HWBAK_PROGRAM"]
VECTORS = os.path.join(os.environ["HWBAK_VECTORS"], "coldcard")
with open(os.path.join(VECTORS, "vectors.json"), encoding="utf-8") as listing:
    PASSWORDS = {v["file"]: v.get("password") for v in json.load(listing)["vectors"]}
BACKUP = "mk4-12words.7z"
WORDS = PASSWORDS[BACKUP].split()

patience = 250  # seconds for what ought to come at once: no machine is so slow or so busy


def vector(name=BACKUP):
    return os.path.join(VECTORS, name)


def start(*arguments, **environment):
    variables = dict(os.environ, TERM="xterm", LANG="C.UTF-8")
    variables.pop("NO_COLOR", None)
    variables.update(environment)
    return pexpect.spawn(PROGRAM, list(arguments), env=variables, timeout=patience, encoding="utf-8", dimensions=(40, 100))


def echoes(child):
    """Whether the terminal shows what is typed, line by line, as it was before."""
    local = termios.tcgetattr(child.child_fd)[3]
    return bool(local & termios.ECHO) and bool(local & termios.ICANON) and bool(local & termios.ISIG)


def finish(child):
    """The rest of the output and the exit code."""
    child.expect(pexpect.EOF)
    text = child.before
    child.close()
    return text, (child.exitstatus if child.exitstatus is not None else -child.signalstatus)


def screen(text):
    """What is left to see of `text`, scrolled up or not, on a terminal that knows CR, LF, cursor up and home, clear to the
    end, and the other screen."""
    lines, row, column = [""], 0, 0
    below = None  # the ordinary screen, while the other one is shown; `text` may begin there
    for piece in re.findall(r"\x1b\[(\??\d*)([A-Za-z])|(.)", text, re.S):
        count, letter, char = piece
        if count == "?1049" and letter == "h":
            below, lines, row, column = (lines, row, column), [""], 0, 0
        elif count == "?1049" and letter == "l":
            lines, row, column = below or ([""], 0, 0)
            below = None
        elif letter == "H":
            row, column = 0, 0
        elif letter == "A":
            row = max(0, row - int(count or 1))
        elif letter == "J":
            lines[row] = lines[row][:column]
            del lines[row + 1:]
        elif letter == "K":
            lines[row] = ""
        elif char == "\r":
            column = 0
        elif char == "\n":
            row += 1
            if row == len(lines):
                lines.append("")
        elif char:
            lines[row] = lines[row].ljust(column)[:column] + char + lines[row][column + 1:]
            column += 1
    assert below is None, "the other screen was not left"
    return "\n".join(lines)


def new_words(child):
    """The twelve words on the page, by their numbers; the page still waits for a key."""
    child.expect_exact("[x] X")
    words = {int(number): word for number, word in re.findall(r"(\d+): ([a-z]+)", child.before)}
    assert len(words) == 12, child.before
    return words


def question(child):
    """What the quiz asks: the position of the word, and its three choices."""
    child.expect(r"Word (\d+) is\?")
    position = int(child.match.group(1))
    child.expect_exact("[3]")
    choices = dict(re.findall(r"([123]): ([a-z]+)", child.before))
    assert len(choices) == 3, child.before
    return position, choices


def answer(child, words):
    """Answers one question rightly; gives its position."""
    position, choices = question(child)
    child.send(next(key for key, word in choices.items() if word == words[position]))
    return position


def learn(child):
    """Writes the words down and passes the quiz."""
    words = new_words(child)
    child.send("\r")
    asked = [answer(child, words) for _ in range(4)]
    assert 12 in asked and len(set(asked)) == 4, asked
    return " ".join(words[number] for number in sorted(words))


def alone(*arguments, **environment):
    """Without a terminal, as a script runs it."""
    return subprocess.run([PROGRAM, *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True, start_new_session=True,
                          env=dict(os.environ, **environment), timeout=patience)


def answers(done):
    return [json.loads(line) for line in done.stdout.splitlines()]


def left_out(why):
    """Says that a story could not be played on this machine, and what shows the same."""
    print("    left out:", why)


def run(stories):
    failed = 0
    for story in stories:
        try:
            story()
            print("ok  ", story.__name__)
        except Exception:  # a story that breaks in any way is a story that failed
            failed += 1
            print("FAIL", story.__name__)
            traceback.print_exc()
    sys.exit(1 if failed else 0)
