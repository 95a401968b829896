"""Words that were written down wrong are found again: on the terminal, from a script, stopped and resumed, refused."""
import json
import os
import re
import tempfile

import terminal
from terminal import PROGRAM, WORDS, alone, answers, finish, start, vector

RIGHT = " ".join(WORDS)


def with_word(place, text):
    words = list(WORDS)
    words[place - 1] = text
    return " ".join(words)


def recover(remembered, *arguments):
    done = alone("recover", "--json", "--password-from", "env:REMEMBERED", vector(), *arguments, REMEMBERED=remembered)
    lines = answers(done)
    assert len(lines) == 1, done.stdout + done.stderr
    assert lines[0]["exit"] == done.returncode, done
    for pair in zip(WORDS, WORDS[1:]):
        assert " ".join(pair) not in done.stdout or "--reveal" in arguments, "no words without --reveal"
    return lines[0]


def from_a_script():
    # One of three words in place 3, and the first letters of word 9.
    line = recover(with_word(3, f"zoo|{WORDS[2]}|lamp").replace(WORDS[8], WORDS[8][:2] + "*"), "--reveal", "--classes", "as-typed")
    facts = line["facts"]
    assert line["outcome"] == "ok", line
    assert facts["password"] == RIGHT and facts["class"] == "as-typed", facts
    assert facts["candidates_tried"] <= facts["candidates_total"] == facts["classes"][0]["candidates"], facts
    assert facts["position"] >= 1 and facts["shard"] == "1/1" and facts["candidates_per_second_per_core"] >= 1, facts
    assert line["levels"] == {"structure": "pass", "content": "pass", "meaning": "pass"}, line


def an_unknown_word_and_what_was_wrong():
    wrong = "zoo" if WORDS[6] != "zoo" else "act"
    line = recover(with_word(7, "?"), "--classes", "as-typed")
    assert line["outcome"] == "ok" and line["facts"]["candidates_total"] == 2048, line
    assert "password" not in line["facts"] and "corrections" not in line["facts"], line
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "found.txt")
        line = recover(with_word(7, wrong), "--classes", "spelling,one-wrong", "--output", path, "--reveal")
        assert line["outcome"] == "ok" and line["facts"]["wrong_places"] == [7], line
        assert line["facts"]["corrections"] == [f"word 7: you wrote {wrong}, it is {WORDS[6]}"], line
        with open(path, encoding="ascii") as file:
            assert file.read() == RIGHT + "\n"
        assert os.stat(path).st_mode & 0o777 == 0o600


def nothing_found_and_refused():
    line = recover(with_word(2, "zoo|lamp"), "--classes", "as-typed")
    assert line["outcome"] == "exhausted" and line["exit"] == 11 and line["facts"]["candidates_tried"] == 2, line
    line = recover(RIGHT.replace(WORDS[0], "?").replace(WORDS[1], "?"), "--max-time", "10s")
    assert line["outcome"] == "refused" and line["exit"] == 6, line
    assert "candidates" in line["message"] and "--max-time" in line["facts"]["next"], line
    line = recover(RIGHT, "--classes", "nonsense")
    assert line["outcome"] == "usage" and "one-wrong" in line["facts"]["next"], line


def on_the_terminal():
    child = start("recover", "--classes", "as-typed", vector())
    child.expect_exact("words: ")
    child.send(with_word(5, "?") + "\r")
    child.expect_exact("as-typed: 2,048 candidates")
    child.expect_exact("5: " + WORDS[4])
    child.send("y")
    text, code = finish(child)
    assert code == 0, text
    assert "opens the backup in full" in text, text
    assert RIGHT not in text


def control_c_stops_and_the_same_command_goes_on():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "state")
        for run in ("first", "second"):
            child = start("recover", "--classes", "two-wrong", "--state", path, "--password-from", "env:REMEMBERED", vector(),
                          REMEMBERED=with_word(1, "zoo"))
            if run == "second":
                child.expect(r"resumed at: ([\d,]+)\s")
                assert child.match.group(1) == stopped_after, (child.match.group(1), stopped_after)
            # What is done may be behind a batch that is not: only what the state holds is gone on from.
            while True:
                child.expect(r"working: .* [1-9][\d,]* of [\d,]+, .* left")
                with open(path, encoding="ascii") as file:
                    if "\nnext 0\n" not in file.read():
                        break
            child.sendintr()
            text, code = finish(child)
            assert code == 12 and "goes on from" in text, (code, text)
            stopped_after = re.search(r"stopped after ([\d,]+) of 2", text).group(1)


def a_refusal_as_a_person_sees_it():
    child = start("recover", "--max-time", "5s", "--password-from", "env:REMEMBERED", vector(), REMEMBERED=with_word(1, "zoo"))
    text, code = finish(child)
    said, after = text.split("Next:")
    after = " ".join(after.split())
    assert code == 6 and re.search(r"REFUSED.*there are [\d,]{9,} candidates: the search needs .* here; --max-time is 5 seconds", said), text
    assert "--classes" in after and "--max-time" in after and "--shard K/N" in after, text
    assert not any(word in text for word in WORDS[1:] if len(word) > 5), "a refusal shows no words"


def candidates_for_another_program():
    done = alone("recover", "--export-candidates", "--classes", "as-typed", "--password-from", "env:REMEMBERED", vector(), REMEMBERED=with_word(4, "zoo|lamp"))
    assert done.returncode == 0 and sorted(done.stdout.splitlines()) == sorted([with_word(4, "zoo"), with_word(4, "lamp")]), done
    assert "together: 2 candidates" in done.stderr and f"size: {len(done.stdout):,} bytes" in done.stderr, done.stderr
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "list.txt")
        with open(path, "w", encoding="ascii") as file:
            file.write("an older list, which anybody may read\n")
        os.chmod(path, 0o644)
        done = alone("recover", "--export-candidates", "--classes", "as-typed", "--password-from", "env:REMEMBERED", vector(), "--output", path, "--force",
                     REMEMBERED=RIGHT)
        assert done.returncode == 0 and os.stat(path).st_mode & 0o777 == 0o600, done
        with open(path, encoding="ascii") as file:
            assert file.read() == RIGHT + "\n"
    child = start("recover", "--export-candidates", "--password-from", "env:REMEMBERED", vector(), REMEMBERED=RIGHT)
    text, code = finish(child)
    assert code == 6 and WORDS[0] not in text, text


terminal.run([from_a_script, an_unknown_word_and_what_was_wrong, nothing_found_and_refused, on_the_terminal,
              control_c_stops_and_the_same_command_goes_on, a_refusal_as_a_person_sees_it, candidates_for_another_program])
