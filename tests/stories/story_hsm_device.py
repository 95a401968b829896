"""The way to a ready HSM and the lines of the manual, as far as they go where no device is: the plan, a share made at the terminal and
copied, and what is refused. Every derivation is a real one of some seconds."""
import os
import tempfile

import terminal
from terminal import echoes, finish, start

HSM = os.path.join(os.environ["HWBAK_VECTORS"], "pico-hsm")
PASSWORD = "a password for this share"
NO_DAEMON = {"PCSCLITE_CSOCK_NAME": "/nowhere/pcscd.comm"}


def run(*arguments, **environment):
    return terminal.alone(*arguments, **NO_DAEMON, **environment)


def answer(done):
    (one,) = terminal.answers(done)
    return one


def the_plan_has_the_commands_of_both_tools():
    a1 = os.path.join(HSM, "dkek-a1.pbe")
    done = run("device", "init-plan", "--share", f"{a1}=env:A1", "--json", A1="correct horse 42")
    told = answer(done)
    assert done.returncode == 0 and told["outcome"] == "ok", done.stdout
    assert told["facts"]["kcv"] == "2952B3021B693783"
    steps = told["facts"]["steps"]
    assert [step["step"] for step in steps] == list(range(1, len(steps) + 1))
    assert any(step["sc_hsm_tool"].endswith(f"--import-dkek-share {a1}") for step in steps), steps
    assert any("--dkek-shares 1" in step["sc_hsm_tool"] for step in steps)
    assert "correct horse" not in done.stdout
    unknown = run("device", "init-plan", "--share", a1, "--json")
    assert unknown.returncode == 0 and "kcv" not in answer(unknown)["facts"], "nobody gave its password"
    wrong = run("device", "init-plan", "--share", f"{a1}=env:A1", "--expect-kcv", "0000000000000001", "--json", A1="correct horse 42")
    assert wrong.returncode == 3, wrong.stdout


def without_a_device_nothing_is_run():
    done = run("device", "init-plan", "--share", os.path.join(HSM, "dkek-a1.pbe"), "--run", "--yes", "--json", "--pin-from", "env:P", "--so-pin-from", "env:S", P="648219",
               S="3537363231383830")
    assert done.returncode == 9 and answer(done)["outcome"] == "device", done.stdout


def the_manuals_share_is_made_and_copied():
    with tempfile.TemporaryDirectory() as folder:
        copy = os.path.join(folder, "dkek-share.bin")
        data = os.path.join(folder, "data")
        child = start("pkcs11-tool", "--generate-key", "--key-type", "aes:32", "--label", "dkek", "--id", "01", XDG_DATA_HOME=data, **NO_DAEMON)
        child.expect_exact("New password")
        child.expect_exact("(not shown): ")
        assert not echoes(child)
        child.sendline(PASSWORD)
        child.expect_exact("The same again: ")
        child.sendline(PASSWORD)
        text, code = finish(child)
        assert code == 6, text
        assert "no device awaits it" in text and "--initialize" in text and "--create-dkek-share" in text, text
        assert PASSWORD not in text, "it was shown"
        share = os.path.join(data, "hwbak", "dkek-01.pbe")
        assert os.stat(share).st_mode & 0o777 == 0o600
        done = run("pkcs11-tool", "--export-key", "--id", "01", "--output-file", copy, XDG_DATA_HOME=data)
        assert done.returncode == 0 and "What this line stands for" in done.stdout, done.stdout
        with open(share, "rb") as one, open(copy, "rb") as other:
            assert one.read() == other.read()
        checked = run("dkek", "check", "--share", f"{copy}=env:PW", "--json", PW=PASSWORD)
        assert checked.returncode == 0, checked.stdout
        again = run("pkcs11-tool", "--generate-key", "--key-type", "aes:32", "--label", "dkek", "--id", "01", "--password-from", "env:PW", "--json", PW=PASSWORD,
                    XDG_DATA_HOME=data)
        assert again.returncode == 6 and "already" in answer(again)["message"], again.stdout


def a_pin_on_the_command_line_is_warned_of():
    done = run("pkcs11-tool", "--export-key", "--id", "12", "--wrap", "--wrapping-key", "01", "--output-file", "/nowhere/key", "--pin", "648219", "--json")
    assert done.returncode == 9, done.stdout
    assert "warning" in done.stderr and "648219" not in done.stdout + done.stderr
    assert "pin-in-argv" in [finding["code"] for finding in answer(done)["findings"]]


def what_the_real_program_does_is_left_to_it():
    done = run("pkcs11-tool", "--keypairgen", "--key-type", "rsa:2048", "--json")
    assert done.returncode == 6 and "pkcs11-tool" in answer(done)["facts"]["next"], done.stdout


def a_script_is_told_the_option_of_this_line():
    with tempfile.TemporaryDirectory() as folder:
        done = run("pkcs11-tool", "--generate-key", "--key-type", "aes:32", "--label", "dkek", "--state", os.path.join(folder, "s"))
        assert done.returncode == 6 and "--password-from" in done.stdout + done.stderr, done.stderr
        assert "--new-password-from" not in done.stdout + done.stderr, done.stderr
        assert not os.listdir(folder), "nothing was done"


def what_is_no_key_is_not_restored():
    share = os.path.join(HSM, "dkek-a1.pbe")
    with tempfile.TemporaryDirectory() as folder:
        raw = os.path.join(folder, "nine.bin")
        with open(raw, "wb") as out:
            out.write(bytes.fromhex("2952b3021b69378305"))
        for file, words in ((raw, "neither a key"), ("/etc/passwd", "neither a key"), (share, "a share of a DKEK")):
            done = run("device", "restore", file, "--share", f"{share}=env:A1", "--yes", "--json", "--pin-from", "env:P", P="648219", A1="correct horse 42")
            assert done.returncode == 5 and answer(done)["outcome"] == "unsupported", done.stdout
            assert words in answer(done)["message"], done.stdout
    badge = run("device", "restore", os.path.join(os.environ["HWBAK_VECTORS"], "cdc-badge", "s03-unicode.cdcbak"), "--json")
    assert badge.returncode == 2 and "--port" in badge.stdout + badge.stderr, "its own backup lacks the port alone"


terminal.run([
    the_plan_has_the_commands_of_both_tools,
    without_a_device_nothing_is_run,
    the_manuals_share_is_made_and_copied,
    a_pin_on_the_command_line_is_warned_of,
    what_the_real_program_does_is_left_to_it,
    a_script_is_told_the_option_of_this_line,
    what_is_no_key_is_not_restored,
])
