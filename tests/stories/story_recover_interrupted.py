"""A search that is killed at any moment goes on as if nothing had happened; parts are a partition; a device's file takes seconds."""
import json
import os
import random
import signal
import subprocess
import tempfile
import time

import terminal
from terminal import PROGRAM, WORDS, alone, answers, vector

RIGHT = " ".join(WORDS)


def with_words(others):
    return " ".join(others.get(place, word) for place, word in enumerate(WORDS, 1))


class Search:
    """A search in a folder of its own, with the words in a file of it."""

    def __init__(self, folder, remembered, *options):
        self.folder, self.state = folder, os.path.join(folder, "state")
        words = os.path.join(folder, "words")
        with open(words, "w", encoding="ascii") as file:
            file.write(remembered)
        self.command = [PROGRAM, "recover", "--json", "--password-from", f"file:{words}", "--threads", "1", *options, vector()]

    def run(self, *options):
        done = subprocess.run([*self.command, *options], capture_output=True, text=True, check=False)
        return json.loads(done.stdout)

    def killed(self, moment, how):
        """Its answer, when it had one to give."""
        child = subprocess.Popen([*self.command, "--state", self.state], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        moment(child)
        child.send_signal(how)
        out, _ = child.communicate()
        return json.loads(out) if out else None


def some_time(child):
    time.sleep(random.uniform(0.1, 2.6))


def while_the_state_is_written(folder):
    def moment(child):
        before = set(os.listdir(folder))
        while child.poll() is None and set(os.listdir(folder)) - {"state"} <= before:
            pass
    return moment


def same_end(search, whole):
    end = search.run("--state", search.state)
    assert end["outcome"] == whole["outcome"], (end, whole)
    assert end["facts"].get("position") == whole["facts"].get("position"), (end, whole)
    assert end["facts"].get("class") == whole["facts"].get("class"), (end, whole)
    with open(search.state, encoding="ascii") as file:
        return int(next(line for line in file if line.startswith("next ")).split()[1])


def killed_at_random_and_resumed():
    """Parts of a search, with a hit and without one: whatever ended each run, the last one ends as one that was never stopped."""
    for part, parts, remembered in ((1, 1, with_words({11: "?"})), (2, 3, with_words({4: "zoo|lamp", 11: "?"}))):
        with tempfile.TemporaryDirectory() as folder:
            search = Search(folder, remembered, "--classes", "as-typed", "--shard", f"{part}/{parts}")
            whole = search.run()
            assert whole["outcome"] in ("ok", "exhausted"), whole
            tried = 0
            for how in (signal.SIGKILL, signal.SIGTERM, signal.SIGKILL, signal.SIGINT, signal.SIGKILL):
                answer = search.killed(some_time, how)
                if answer is not None and answer["outcome"] == "stopped":
                    assert answer["exit"] == 12 and answer["facts"]["shard"] == f"{part}/{parts}", answer
                    tried += answer["facts"]["candidates_tried"]
            next_one = same_end(search, whole)
            assert tried <= whole["facts"]["candidates_total"], "nothing that a stopped search has counted is tried again"
            if whole["outcome"] == "exhausted":
                assert next_one == whole["facts"]["candidates_tried"], (next_one, whole)


def killed_while_the_state_is_written():
    with tempfile.TemporaryDirectory() as folder:
        search = Search(folder, with_words({4: "zoo|lamp", 11: "?"}), "--classes", "as-typed")
        whole = search.run()
        for _ in range(4):
            search.killed(while_the_state_is_written(folder), signal.SIGKILL)
            if os.path.exists(search.state):
                with open(search.state, encoding="ascii") as file:
                    lines = file.read()
                assert lines.startswith("hwbak recover state 1\n") and lines.endswith("\n") and "\ncheck " in lines, lines
        same_end(search, whole)
        with open(search.state, encoding="ascii") as file:
            state = file.read()
        assert not any(word in state.split() for word in WORDS if word not in ("plan", "next", "state")), state
        other = Search(folder, with_words({10: "?"}), "--classes", "as-typed").run("--state", search.state)
        assert other["outcome"] == "refused" and "another search" in other["message"], other


def exported(*options):
    done = alone("recover", "--export-candidates", "--password-from", "env:REMEMBERED", vector(), *options, REMEMBERED=RIGHT)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def parts_are_a_partition():
    """Together the parts are the whole list, in its order, and no candidate is in two of them."""
    chosen = ("--classes", "as-typed,spelling,neighbours-swapped,swapped,two-spelling")
    whole = exported(*chosen)
    places = {line: place for place, line in enumerate(whole)}
    assert len(places) == len(whole) and whole[0] == RIGHT
    for parts in (1, 2, random.randint(3, 9), 50):
        seen = set()
        for part in range(1, parts + 1):
            lines = exported(*chosen, "--shard", f"{part}/{parts}")
            assert [places[line] for line in lines] == sorted(places[line] for line in lines)
            assert seen.isdisjoint(lines)
            seen.update(lines)
        assert seen == set(whole), (parts, len(seen), len(whole))


def one_wrong_word_of_a_devices_file():
    """Whichever it is, with nothing but the words: no class is named."""
    place = random.randint(1, 12)
    wrong = random.choice([word for word in ("act", "camp", "oval", "zoo") if word != WORDS[place - 1]])
    began = time.monotonic()
    done = alone("recover", "--json", "--reveal", "--threads", "2", "--password-from", "env:REMEMBERED", vector(), REMEMBERED=with_words({place: wrong}))
    line, = answers(done)
    facts = line["facts"]
    assert line["outcome"] == "ok" and facts["password"] == RIGHT and facts["wrong_places"] == [place], line
    assert facts["class"] in ("spelling", "one-wrong") and facts["corrections"] == [f"word {place}: you wrote {wrong}, it is {WORDS[place - 1]}"], line
    print(f"    word {place} of 12: {facts['candidates_tried']} candidates in {time.monotonic() - began:.1f} s, "
          f"{facts['candidates_per_second_per_core']} a second on each of 2 threads")


terminal.run([killed_at_random_and_resumed, killed_while_the_state_is_written, parts_are_a_partition, one_wrong_word_of_a_devices_file])
