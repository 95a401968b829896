#!/usr/bin/python3
"""Runs the commands of a page of the documentation, as a reader would: in one shell, on a terminal.

Blocks marked `sh` are run in their order; in a `text` block behind one, every line has to be part of what was shown (blanks
count as one). A comment `<!-- type: NAME; status: N -->` before a block says what is typed when a password is asked for (the
contents of the file of this name, or the name itself where there is no such file), and which exit code the last command
that fails in it has; without it none may fail.
A control runs first: pages with one fault each, which must be found.

usage: run_page.py PAGE PROGRAM EXAMPLES
"""
import os
import re
import shutil
import sys
import tempfile
from pathlib import Path

import pexpect

BLOCK = re.compile(r'(?:^<!-- (?:type: (?P<typed>[^;\n]*?))?(?:; )?(?:status: (?P<status>\d+))? -->\n)?^```sh\n(?P<commands>.*?)^```\n(?:```text\n(?P<shown>.*?)^```\n)?', re.M | re.S)
DONE = "@done:"


def one_blank(text):
    return " ".join(re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text).split())


def run(page, program, examples):
    """Faults of the page; each is a sentence."""
    with tempfile.TemporaryDirectory(prefix="hwbak-page-") as folder:
        root = Path(folder)
        shutil.copytree(examples, root / "examples")
        (root / "bin").mkdir()
        (root / "bin" / "hwbak").symlink_to(program)
        environment = dict(os.environ, PATH=f"{root / 'bin'}:/usr/bin:/bin", TERM="dumb", LC_ALL="C.UTF-8", PS1="", HOME=folder)
        shell = pexpect.spawn("/bin/bash", ["--norc", "--noprofile", "--noediting"], env=environment, cwd=folder, timeout=60,
                              encoding="utf-8", dimensions=(60, 250), echo=False)
        for number, block in enumerate(BLOCK.finditer(page)):
            script = root / f"block-{number}"
            script.write_text(block["commands"], encoding="utf-8")
            shell.sendline(f"status=0; trap 'status=$?' ERR; . {script} ; trap - ERR; echo \"{DONE}$status@\"")
            shown, answers = "", (block["typed"] or "").split()
            while True:
                seen = shell.expect([r"Enter password[^\n]*:|(?<=\n)Password: |^Password: |without one\.[^@]*?word 1 of 12: ", DONE + r"(\d+)@", pexpect.EOF,
                                     pexpect.TIMEOUT])
                shown += shell.before
                if seen == 1:
                    break
                if seen != 0 or not answers:
                    yield f"block {number} hangs, or asks for more than the page says:\n{block['commands']}{shown}"
                    shell.close(force=True)
                    return
                here = Path(f"/proc/{shell.pid}/cwd") / answers[0]
                shell.sendline(here.read_text(encoding="utf-8").strip() if here.is_file() else answers[0])
                answers.pop(0)
            wanted = (block["shown"] or "").splitlines()
            if shell.match.group(1) != (block["status"] or "0"):
                yield f"block {number} ends with {shell.match.group(1)}:\n{block['commands']}{shown}"
            if answers:
                yield f"block {number} did not ask for {answers}"
            for line in wanted:
                if one_blank(line) not in one_blank(shown):
                    yield f"block {number} does not show: {line}\n{block['commands']}{shown}"
        shell.close(force=True)


def main():
    page, program, examples = Path(sys.argv[1]), Path(sys.argv[2]).resolve(), Path(sys.argv[3])
    controls = ("```sh\nfalse\ntrue\n```\n", "```sh\necho one\n```\n```text\ntwo\n```\n", "<!-- type: a -->\n```sh\ntrue\n```\n",
                "<!-- status: 2 -->\n```sh\ntrue\n```\n", "```sh\nread -r -s -p 'Enter password:'\n```\n")
    if not all(list(run(control, program, examples)) for control in controls):
        print("run_page: the control failed")
        return 1
    text = page.read_text(encoding="utf-8")
    blocks = len(BLOCK.findall(text))
    faults = list(run(text, program, examples))
    if blocks != text.count("```sh\n"):
        faults.append("a block was not understood")
    print(*faults, f"{page.name}: {blocks} blocks, {len(faults)} faults", sep="\n")
    return 1 if faults or blocks == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
