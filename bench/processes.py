#!/usr/bin/python3
"""Whole processes: hwbak against 7z and against a program that does nothing.

Ours and the peer take turns on one processor (bench_spawn), medians are compared. One line per claim:

    NAME  ratio X.XX  limit Y.YY  ok|MISSED  (details)

The ratio is of wall time, as a user waits; the one of processor time in the details is steadier on a busy machine.
"at most" claims are our time (or memory) over the peer's, "at least" claims the peer's time over ours. A
miss is printed and is no error; a command that fails is one. Debian's `7z` is a shell script around
the program; "info" lines repeat a claim against the program itself.
"""
import argparse
import hashlib
import json
import pathlib
import shlex
import shutil
import subprocess
import sys
import tempfile

import backups

SOURCE = "mk4-12words.7z"
LISTED = 8  # passwords in the list of verify_N
failures = 0


def measure(spawn, rounds, ours, peer):
    command = [spawn, str(rounds), *map(str, ours), "--and", *map(str, peer)]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    return [(float(wall), float(processor), int(memory), int(status))
            for wall, processor, memory, status in (line.split() for line in lines)]


def report(name, ratio, limit, good, details):
    verdict = good if isinstance(good, str) else "ok" if good else "MISSED"
    print(f"{name:<22} ratio {ratio:5.2f}  limit {limit:5.2f}  {verdict:<6}  ({details})", flush=True)


def claim(spawn, name, rounds, ours, peer, *, at_most=None, at_least=None, memory=False, info=False):
    global failures
    results = measure(spawn, rounds, ours, peer)
    for (*_, status), command in zip(results, (ours, peer)):
        if status != 0:
            failures += 1
            print(f"{name:<22} FAILED  ({pathlib.Path(command[0]).name}: exit {status})", flush=True)
            return
    def ratio_of(column):
        a, b = results[0][column], results[1][column]
        return a / max(b, 1) if at_most else b / max(a, 1)

    column, unit = (2, "KiB") if memory else (0, "us")
    ratio, limit = ratio_of(column), at_most or at_least
    good = ratio <= limit if at_most else ratio >= limit
    ours_text, peer_text = (f"{result[column]:.0f} {unit}" for result in results)
    details = f"at {'most' if at_most else 'least'}; ours {ours_text}, peer {peer_text}"
    if not memory:
        details += f"; by processor time {ratio_of(1):.2f}"
    report(name, ratio, limit, "info" if info else good, details)


def proven(name, command, right):
    """A command that is fast because it does less than it should is no measurement."""
    global failures
    done = subprocess.run([str(word) for word in command], stdin=subprocess.DEVNULL, capture_output=True)
    if done.returncode == 0 and right(done.stdout):
        return True
    failures += 1
    print(f"{name:<22} FAILED  (exit {done.returncode}; the answer is not the expected one)", flush=True)
    return False


def all_pass(level, count):
    """One line of JSON per file, each ok and with this level passed."""
    def right(out):
        try:
            reports = [json.loads(line) for line in out.splitlines()]
        except ValueError:
            return False
        return len(reports) == count and all(r["outcome"] == "ok" and r["levels"][level] == "pass" for r in reports)
    return right


def sevenzip_programs():
    """`7z`, and the program behind it when that is a script."""
    found = shutil.which("7z")
    if found is None:
        sys.exit("7z is missing: apt install p7zip-full")
    text = pathlib.Path(found).read_bytes()[:4096]
    if not text.startswith(b"#!"):
        return found, None
    behind = [word.strip('"') for word in text.decode(errors="replace").split() if word.strip('"').endswith("/7z")]
    return found, behind[-1] if behind else None


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for option in ("hwbak", "empty", "spawn", "vectors"):
        parser.add_argument(f"--{option}", required=True, type=pathlib.Path)
    parser.add_argument("--quick", action="store_true", help="a tenth of the files, fewer rounds")
    options = parser.parse_args()
    hwbak, spawn = options.hwbak, options.spawn
    source = options.vectors / SOURCE
    vectors = json.loads((options.vectors / "vectors.json").read_text())["vectors"]
    vector = next(vector for vector in vectors if vector["file"] == SOURCE)
    password = vector["password"]
    many, most = (100, 1000) if options.quick else (1000, 10000)
    rounds, long_rounds = (51, 3) if options.quick else (301, 5)
    sevenzip, behind = sevenzip_programs()

    with tempfile.TemporaryDirectory(prefix="hwbak-bench-") as temporary:
        work = pathlib.Path(temporary)
        one_password, list_of_passwords = work / "password", work / "passwords"
        one_password.write_text(password + "\n")
        # Any file may have any of these passwords; the right one comes last.
        # The wrong ones are its words in another order: a number added to them would be dropped as a numbering, and
        # the first attempt would open everything.
        words = password.split()
        wrong = [" ".join(words[first:] + words[:first]) for first in range(1, LISTED)]
        list_of_passwords.write_text("".join(line + "\n" for line in [*wrong, password]))
        given = ["--password-from", f"file:{one_password}"]
        listed = ["--passwords-from", f"file:{list_of_passwords}"]
        given_to_all = ["--passwords-from", f"file:{one_password}"]

        claim(spawn, "version", rounds, [hwbak, "--version"], [options.empty], at_most=1.6)

        raw, page = [hwbak, "open", "--raw", source, *given], [hwbak, "open", source, *given]
        raw_right = proven("open_raw", raw, lambda out: hashlib.sha256(out).hexdigest() == vector["plaintext_sha256"])
        page_right = proven("open", page, lambda out: vector["expect"]["master_fingerprint"] in out.decode().upper())
        for program, suffix in ((sevenzip, ""), (behind, "_bare")):
            if program is None:
                continue
            info = suffix != ""
            test = [program, "t", f"-p{password}", source]
            if raw_right:
                claim(spawn, "open_raw" + suffix, rounds, raw, test, at_most=0.6, info=info)
            if page_right:
                claim(spawn, "open" + suffix, rounds, page, test, at_most=1.0, info=info)

        encrypted, small, few = work / "encrypted", work / "small", work / "few"
        backups.make_encrypted(source, password, encrypted, many)
        content = [hwbak, "verify", encrypted, *listed]
        if proven(f"verify_{many}", [*content, "--json"], all_pass("content", many)):
            # 7z takes one password a run, so trying a list means one run over all files for each; all but the last
            # find only wrong ones. Ours is one run with the list.
            test = [sevenzip, "t", f"-p{password}", f"{encrypted}/*.7z"]
            attempts = [shlex.join(map(str, [*test[:2], f"-p{each}", test[3]])) for each in wrong]
            script = "; ".join([*attempts, shlex.join(map(str, test))])
            print(f"{'':<22} a list of {LISTED} passwords, the right one last; the peer is {LISTED} runs of `7z t`", flush=True)
            guess = work / "guess"
            for each in wrong:
                guess.write_text(each + "\n")
                tried = subprocess.run([hwbak, "verify", source, "--password-from", f"file:{guess}"], capture_output=True)
                if tried.returncode != 3:
                    sys.exit(f"a wrong password of the list is not refused: exit {tried.returncode}")
            claim(spawn, f"verify_{many}", long_rounds, content, ["/bin/sh", "-c", script], at_least=2.5)
            claim(spawn, f"verify_{many}_one", long_rounds, [hwbak, "verify", encrypted, *given_to_all], test, at_least=2.5,
                  info=True)

        backups.make_unreadable(source, small, most)
        backups.make_unreadable(source, few, 100)
        structure = [hwbak, "verify", "--no-password"]
        if proven(f"structure_{most}", [*structure, small, "--json"], all_pass("structure", most)):
            claim(spawn, f"structure_{most}", long_rounds, [*structure, small], [sevenzip, "l", f"{small}/*.7z"], at_least=8)
            claim(spawn, "memory_flat", long_rounds, [*structure, small], [*structure, few], at_most=1.2, memory=True)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
