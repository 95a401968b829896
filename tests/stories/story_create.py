"""create coldcard: the quiz, seed words and an xprv at the terminal, cards that are full, locked, gone or too few."""
import hashlib
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time

import terminal
from terminal import answer, finish, learn, new_words, question, screen, start, vector

TEXT = vector("backup.txt")
SEED12 = ["abandon"] * 11 + ["about"]
SEED24 = ["abandon"] * 23 + ["art"]
XPRV = "xprv9s21ZrQH143K3QTDL4LXw2F7HEK3wJUD2nW2nRk4stbPy6cq3jPPqjiChkVvvNKmPGJxWUtg6LnF5kejMRNNU3TGtRBeJgk33yuGBxrMPHi"
PASSWORD = "a password of the owner, long enough for a device"


def cards(count=2):
    """A folder with card1, card2, ... in it."""
    folder = tempfile.TemporaryDirectory()
    paths = [os.path.join(folder.name, f"card{number}") for number in range(1, count + 1)]
    for path in paths:
        os.mkdir(path)
    return folder, paths


def to(paths):
    return [word for path in paths for word in ("--to", path)]


def run(*arguments, before=(), **environment):
    """Without a terminal."""
    return subprocess.run([*before, terminal.PROGRAM, *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          start_new_session=True, env=dict(os.environ, NEW=PASSWORD, **environment), timeout=terminal.patience)


def answer_of(done):
    (line,) = done.stdout.splitlines()
    return json.loads(line)


def digests(path):
    return [hashlib.sha256(open(os.path.join(path, name), "rb").read()).hexdigest() for name in sorted(os.listdir(path))]


def opens(path, password, *arguments):
    done = run("verify", "--json", "--password-from", "env:PW", *arguments, path, PW=password)
    return done.returncode == 0, answer_of(done)


def from_a_text_to_two_cards():
    folder, paths = cards()
    child = start("create", "coldcard", "--text", TEXT, *to(paths))
    password = learn(child)
    text, code = finish(child)
    assert code == 0, text
    for path in paths:
        assert sorted(os.listdir(path)) == ["backup-2.7z", "backup-3.7z", "backup.7z"], os.listdir(path)
    assert len(set(digests(paths[0]) + digests(paths[1]))) == 1, "all copies have the same bytes"
    good, report = opens(os.path.join(paths[1], "backup-3.7z"), password)
    assert good, report
    assert not opens(os.path.join(paths[1], "backup-3.7z"), "another password")[0], "control"


def words_are_erased():
    folder, paths = cards()
    child = start("create", "coldcard", "--text", TEXT, *to(paths))
    log = []
    words = new_words(child)
    log.append(child.before + child.after)
    child.send("\r")
    for _ in range(4):
        child.expect(r"Word (\d+) is\?")
        position = int(child.match.group(1))
        log.append(child.before + child.after)
        child.expect_exact("[3]")
        log.append(child.before + child.after)
        child.send(next(key for key, word in terminal.re.findall(r"([123]): ([a-z]+)", child.before) if word == words[position]))
    text, code = finish(child)
    assert code == 0, text
    everything = "".join(log)
    assert all(word in everything for word in words.values()), "control: they were shown"
    left = screen(everything + text)
    assert not any(f": {word}" in left for word in words.values()), left
    assert "backup.7z" in left, left


def wrong_answer_and_another_look():
    folder, paths = cards()
    child = start("create", "coldcard", "--text", TEXT, *to(paths))
    words = new_words(child)
    child.send("\r")
    position, choices = question(child)
    child.send(next(key for key, word in choices.items() if word != words[position]))
    child.expect_exact("Wrong")
    child.expect_exact("[x] X")
    child.send("\r")
    again, same = question(child)
    assert (again, same) == (position, choices), "the same question comes again"
    child.send("\r")
    assert new_words(child) == words, "OK shows the words again"
    child.send("\r")
    asked = [answer(child, words) for _ in range(4)]
    assert asked[0] == position
    text, code = finish(child)
    assert code == 0, text


def given_up():
    for step in ("words", "question"):
        folder, paths = cards()
        child = start("create", "coldcard", "--text", TEXT, *to(paths))
        new_words(child)
        if step == "question":
            child.send("\r")
            question(child)
        child.send("x")
        text, code = finish(child)
        assert code == 6, text
        assert [os.listdir(path) for path in paths] == [[], []], "nothing was written"


def seed_entry(*typed, expect=()):
    """Types at the questions of create; gives its text, exit code and cards."""
    folder, paths = cards()
    child = start("create", "coldcard", "--new-password-from", "env:NEW", *to(paths), NEW=PASSWORD)
    for wait, line in typed:
        child.expect_exact(wait)
        assert not terminal.echoes(child)
        child.sendline(line)
    text, code = finish(child)
    return folder, paths, text, code


def typed_words(words):
    return [(f"word {number}", word) for number, word in enumerate(words, 1)]


def twelve_words():
    folder, paths, text, code = seed_entry(*typed_words(SEED12), ("Enter: the 12 words are all", ""))
    assert code == 0, text
    good, report = opens(os.path.join(paths[0], "backup.7z"), PASSWORD, "--expect-fingerprint", "73C5DA0A")
    assert good, report
    assert "about" not in screen(text).split()


def twenty_four_words():
    folder, paths, text, code = seed_entry(("word 1", " ".join(word[:4] for word in SEED24)))
    assert code == 0, text
    good, report = opens(os.path.join(paths[0], "backup.7z"), PASSWORD, "--expect-fingerprint", "5436D724")
    assert good, report


def wrong_checksum():
    folder, paths, text, code = seed_entry(("word 1", " ".join(SEED12[:11] + ["zoo"])), ("Enter: the 12 words are all", ""),
                                           ("Number of the word to type again", "12"), ("word 12 of 12: ", "about"))
    assert code == 0, text
    assert opens(os.path.join(paths[0], "backup.7z"), PASSWORD, "--expect-fingerprint", "73C5DA0A")[0]


def an_xprv():
    folder, paths, text, code = seed_entry(("word 1", "!"), ("not shown", XPRV[:-1] + "j"), ("not shown", XPRV))
    assert code == 0, text
    assert "xprv9" not in text
    assert opens(os.path.join(paths[0], "backup.7z"), PASSWORD, "--expect-fingerprint", "3442193E")[0]


def no_words_given():
    folder, paths = cards()
    child = start("create", "coldcard", "--new-password-from", "env:NEW", *to(paths), NEW=PASSWORD)
    child.expect_exact("word 1")
    child.send("\x04")
    text, code = finish(child)
    assert code == 6, text
    assert [os.listdir(path) for path in paths] == [[], []]


def scripted(*more, before=()):
    return run("create", "coldcard", "--json", "--text", TEXT, "--new-password-from", "env:NEW", *more, before=before)


def no_terminal_is_refused_before_any_work():
    folder, paths = cards()
    done = run("create", "coldcard", "--text", TEXT, *to(paths))
    assert done.returncode == 6 and "--new-password-from" in done.stdout, done
    done = run("create", "coldcard", "--new-password-from", "env:NEW", *to(paths))
    assert done.returncode == 6 and "--mnemonic-from" in done.stdout, done
    assert [os.listdir(path) for path in paths] == [[], []]
    assert scripted(*to(paths)).returncode == 0, "control"


def a_single_copy_is_warned_of():
    folder, paths = cards()
    alone = answer_of(scripted("--to", paths[0], "--copies", "1"))
    assert alone["outcome"] == "ok" and any("copy" in f["message"] or "card" in f["message"] for f in alone["findings"]), alone
    both = answer_of(scripted(*to(paths)))
    warned = {f["code"] for f in alone["findings"]} - {f["code"] for f in both["findings"]}
    assert warned, "control: two cards with three copies each are not warned of"


def a_weak_password_is_told():
    folder, paths = cards()
    weak = run("create", "coldcard", "--json", "--text", TEXT, "--new-password-from", "env:WEAK", *to(paths), WEAK="a" * 40)
    report = answer_of(weak)
    assert "a" * 40 not in weak.stdout + weak.stderr
    assert "password-weak" in {f["code"] for f in report["findings"]}, report


NAMESPACE = ["unshare", "-rm"]


def mounting():
    """How a file system of our own can be mounted here: as anybody, or as root; nothing where neither is allowed."""
    for way in (["unshare", "-rm"], ["sudo", "-n", "--preserve-env=NEW", "unshare", "-m"]):
        if shutil.which(way[0]) and subprocess.run([*way, "mount", "-t", "tmpfs", "tmpfs", "/mnt"], capture_output=True).returncode == 0:
            return way
    return None


def on_bad_card(mount, look, *more):
    """create to a good card and to one that `mount` prepared; prints what `look` says of the bad one on standard error."""
    way = mounting()
    if way is None:
        terminal.left_out("no file system can be mounted here; tests/tasks/create_test.cpp injects the same faults")
        return None
    folder, (good, bad) = cards()
    script = f'{mount}; "$@"; code=$?; {{ {look}; }} >&2; exit $code'.replace("CARD", bad)
    return folder, good, scripted("--to", good, "--to", bad, *more, before=[*way, "sh", "-c", script, "sh"])


def a_full_card():
    """It is seen before any word is shown, and the good card is left alone as well."""
    tried = on_bad_card("mount -t tmpfs -o size=8k tmpfs CARD && head -c 4096 /dev/zero > CARD/old",
                        "ls -A CARD; cmp -n 4096 CARD/old /dev/zero && echo kept")
    if tried is None:
        return
    folder, good, done = tried
    report = answer_of(done)
    assert done.returncode == 13 and report["outcome"] == "io", done
    assert done.stderr.split() == ["old", "kept"], done.stderr
    assert "too little room" in report["message"] and "nothing was written" in report["message"], report
    assert os.listdir(good) == []


def a_card_that_fills_up_meanwhile():
    """The room was there when it was looked for; then the copies fail, and what is on either card is whole."""
    tried = on_bad_card("mount -t tmpfs -o size=1m,nr_inodes=5 tmpfs CARD", "ls -A CARD", "--copies", "6")
    if tried is None:
        return
    folder, good, done = tried
    report = answer_of(done)
    assert done.returncode == 13 and report["outcome"] == "io" and "of 12 copies are good" in report["message"], done
    assert len(os.listdir(good)) == 6
    assert all(name.startswith("backup") for name in done.stderr.split()) and len(done.stderr.split()) in range(1, 6), done.stderr
    outcomes = [copy["outcome"] for copy in report["facts"]["copies"]]
    assert outcomes[:6] == ["ok"] * 6 and outcomes[-1] == "io" and outcomes.count("ok") == 6 + len(done.stderr.split()), outcomes


def a_read_only_card():
    tried = on_bad_card("mount -t tmpfs tmpfs CARD && echo mine > CARD/old && mount -o remount,ro CARD", "ls -A CARD; cat CARD/old")
    if tried is None:
        return
    folder, good, done = tried
    report = answer_of(done)
    assert done.returncode == 13 and done.stderr.split() == ["old", "mine"], done
    text = report["message"].lower()
    assert ("read-only" in text or "write-protect" in text) and "nothing was written" in text, report


def a_removed_card():
    folder, paths = cards()
    gone = os.path.join(folder.name, "no-card-here")
    done = scripted("--to", paths[0], "--to", gone)
    report = answer_of(done)
    assert done.returncode == 13 and gone in done.stdout, done
    assert "nothing was written" in report["message"] and "card" in report["facts"]["next"], report
    assert os.listdir(paths[0]) == []
    assert not os.path.exists(gone), "no folder is made in the place of a card"


def interrupted_between_copies():
    """However it is timed, what is on the cards is whole, and no temporary file is there."""
    ended = set()
    for delay in range(0, 60, 3):
        folder, paths = cards()
        child = subprocess.Popen([terminal.PROGRAM, "create", "coldcard", "--text", TEXT, "--new-password-from", "env:NEW", *to(paths),
                                  "--copies", "12"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                 env=dict(os.environ, NEW=PASSWORD), start_new_session=True)
        time.sleep(0.010 + delay / 1000)
        child.send_signal(signal.SIGINT)
        said = child.communicate()[0]
        ended.add(child.returncode)
        names = [name for path in paths for name in os.listdir(path)]
        if child.returncode == 130 and names:
            assert f"{len(names)} of 24 copies are good" in said or "24 copies on 2" in said, (len(names), said)
        assert all(name == "backup.7z" or terminal.re.fullmatch(r"backup-\d+\.7z", name) for name in names), names
        assert len(set(digests(paths[0]) + digests(paths[1]))) <= 1
    assert 130 in ended, "control: some were interrupted"
    assert ended <= {130, 0, -signal.SIGINT}, ended


terminal.run([from_a_text_to_two_cards, words_are_erased, wrong_answer_and_another_look, given_up, twelve_words, twenty_four_words,
              wrong_checksum, an_xprv, no_words_given, no_terminal_is_refused_before_any_work, a_single_copy_is_warned_of,
              a_weak_password_is_told, a_full_card, a_card_that_fills_up_meanwhile, a_read_only_card, a_removed_card, interrupted_between_copies])
