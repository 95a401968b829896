"""The generated completions: the shells accept them, and bash completes with them; the man page builds."""
import os
import shutil
import subprocess
import tempfile

import terminal

DOCGEN = os.environ["HWBAK_DOCGEN"]


def script(shell):
    return subprocess.run([DOCGEN, shell], check=True, capture_output=True, text=True).stdout


def complete_in_bash(*words):
    """What bash offers for the last of `words`."""
    program = script("bash") + f"""
compopt() {{ :; }}
COMP_WORDS=({' '.join("'" + word + "'" for word in words)})
COMP_CWORD={len(words) - 1}
_hwbak
printf '%s\\n' "${{COMPREPLY[@]}}"
"""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(["bash", "--norc", "-c", program], check=True, capture_output=True, text=True, cwd=folder)
    assert done.stderr == "", done.stderr
    return done.stdout.split()


def bash_completes_commands():
    assert complete_in_bash("hwbak", "ver") == ["verify"]
    assert complete_in_bash("hwbak", "--password-f") == ["--password-from"]


def bash_completes_options_and_values():
    assert complete_in_bash("hwbak", "verify", "--req") == ["--require"]
    assert complete_in_bash("hwbak", "inspect", "--req") == [], "control: an option of another command"
    assert complete_in_bash("hwbak", "verify", "--require", "me") == ["meaning"]
    assert complete_in_bash("hwbak", "explain", "wrong-s") == ["wrong-secret"]


def a_real_tab_in_bash():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "hwbak.bash")
        with open(path, "w", encoding="utf-8") as file:
            file.write(script("bash"))
        child = terminal.pexpect.spawn("/bin/bash", ["--norc", "--noprofile", "-i"], timeout=terminal.patience, encoding="utf-8", cwd=folder,
                                       env=dict(os.environ, TERM="dumb", PS1="ready> ", HISTFILE=""))
        child.expect_exact("ready> ")
        child.sendline(f"source '{path}'")
        child.expect_exact("ready> ")
        child.send("hwbak ver\t")
        child.expect_exact("hwbak verify ")
        child.close(force=True)


def shells_accept_the_scripts():
    for shell in ("bash", "zsh", "fish"):
        if shutil.which(shell) is None:
            print("    (no", shell, "here)")
            continue
        with tempfile.NamedTemporaryFile("w", suffix="." + shell, encoding="utf-8") as file:
            file.write(script(shell))
            file.flush()
            done = subprocess.run([shell, "-n", file.name], capture_output=True, text=True)
            assert done.returncode == 0 and done.stderr == "", done.stderr


def man_page_builds():
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([DOCGEN, "man", folder], check=True)
        with open(os.path.join(folder, "hwbak.1.scd"), encoding="utf-8") as file:
            source = file.read()
    for part in ("# EXIT STATUS", "*--expect-fingerprint*", "hwbak rekey backup.7z", "(wrong-secret)"):
        assert part in source, part
    if shutil.which("scdoc") is None:
        print("    (no scdoc here)")
        return
    done = subprocess.run(["scdoc"], input=source, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert ".SH EXIT STATUS" in done.stdout


terminal.run([bash_completes_commands, bash_completes_options_and_values, a_real_tab_in_bash, shells_accept_the_scripts,
              man_page_builds])
