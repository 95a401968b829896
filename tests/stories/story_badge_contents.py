"""Making, comparing, merging and exporting badge backups at a terminal and from scripts."""
import json
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(__file__))
import terminal

PASSPHRASE = "a passphrase of my own 1"
PAYLOAD = '{"host_api_level":"0.7","modules":{"mod_password":{"schema_ver":1,"entries":[{"title":"Mail","password":"%s"}]}}}'


def folder_of(**files):
    folder = tempfile.mkdtemp()
    for name, text in files.items():
        with open(os.path.join(folder, name), "w", encoding="utf-8") as out:
            out.write(text)
    return folder


def script(*arguments, passphrase=PASSPHRASE):
    """Without a terminal; the passphrase in the environment."""
    done = subprocess.run([terminal.PROGRAM, *arguments], env=dict(os.environ, SECRET=passphrase, NEW=PASSPHRASE), stdin=subprocess.DEVNULL,
                          capture_output=True, timeout=terminal.patience, start_new_session=True)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def made(folder, name, password):
    path = os.path.join(folder, name)
    with open(path + ".json", "w", encoding="utf-8") as out:
        out.write(PAYLOAD % password)
    code, _, err = script("create", "cdc-badge", "--payload", path + ".json", "--output", path, "--new-password-from", "env:SECRET")
    assert code == 0, err
    return path


def the_passphrase_is_asked_for_twice():
    folder = folder_of(codes="otpauth://totp/a?secret=MFRGG\n")
    backup = os.path.join(folder, "b.cdcbak")
    child = terminal.start("create", "cdc-badge", "--otpauth", os.path.join(folder, "codes"), "--output", backup)
    child.expect_exact("New password (not shown): ")
    child.send(PASSPHRASE + "\r")
    child.expect_exact("The same again: ")
    child.send(PASSPHRASE + "\r")
    text, code = terminal.finish(child)
    assert code == 0 and "written and opened again" in text and PASSPHRASE not in text, text
    code, out, _ = script("open", "--raw", "--password-from", "env:SECRET", backup)
    assert code == 0 and '"name":"a"' in out, out


def what_does_not_fit_is_said_before_the_passphrase():
    folder = folder_of(logins="name,url,username,password\nbank,,," + "p" * 64 + "\n")
    child = terminal.start("create", "cdc-badge", "--csv", os.path.join(folder, "logins"), "--output", os.path.join(folder, "b"))
    text, code = terminal.finish(child)
    assert code == 6 and "has 64 bytes; a badge keeps 63" in " ".join(text.split()) and "not shown" not in text, text
    assert not os.path.exists(os.path.join(folder, "b"))


def json_is_a_source_and_a_flag():
    folder = folder_of(base=PAYLOAD % "x")
    base = os.path.join(folder, "base")
    for number, options in enumerate((["--json", base], ["--json=" + base], ["--from-json", base])):
        output = os.path.join(folder, str(number))
        code, out, err = script("create", "cdc-badge", *options, "--output", output, "--new-password-from", "env:SECRET")
        assert code == 0 and not out.startswith("{"), (out, err)
        code, out, _ = script("create", "--json", "cdc-badge", *options, "--output", output, "--new-password-from", "env:SECRET")
        assert code == 6 and json.loads(out)["outcome"] == "refused", "it is there already"
        code, out, _ = script("create", "cdc-badge", *options, "--json", "--output", output, "--force", "--new-password-from", "env:SECRET")
        answer = json.loads(out)
        assert code == 0 and answer["facts"]["host_api_level"] == "0.7" and answer["facts"]["refused"] == [], answer


def two_passphrases_for_diff():
    folder = folder_of()
    a, b = made(folder, "a", "hidden-1"), os.path.join(folder, "b")
    code, _, err = script("create", "cdc-badge", "--payload", made(folder, "c", "hidden-2") + ".json", "--output", b, "--new-password-from", "env:SECRET",
                          passphrase="another passphrase 2")
    assert code == 0, err
    child = terminal.start("diff", a, b)
    child.expect_exact("(not shown): ")
    child.send(PASSPHRASE + "\r")
    child.expect_exact("Try again")
    child.expect_exact("(not shown): ")
    child.send("another passphrase 2\r")
    text, code = terminal.finish(child)
    assert code == 0 and "0 came, 0 went, 1 changed" in text and "login Mail: password" in text and "hidden" not in text, text


def merge_without_questions():
    folder = folder_of()
    a, b, out = made(folder, "a", "hidden-1"), made(folder, "b", "hidden-2"), os.path.join(folder, "all")
    code, text, err = script("merge", a, b, "--output", out, "--password-from", "env:SECRET", "--new-password-from", "env:NEW", "--json")
    answer = json.loads(text)
    assert code == 0 and len(answer["facts"]["conflicts"]) == 1 and "hidden" not in text, (text, err)
    code, raw, _ = script("open", "--raw", "--password-from", "env:SECRET", out)
    assert raw == PAYLOAD % "hidden-2", raw
    assert script("merge", a, "--output", out + "2", "--password-from", "env:SECRET")[0] == 2


def exports_go_to_a_pipe_but_not_to_a_terminal():
    backup = made(folder_of(), "a", "=secret")
    code, out, err = script("export", backup, "--as", "browser-csv", "--password-from", "env:SECRET")
    assert code == 0 and out == "name,url,username,password,note\r\nMail,,,=secret,\r\n" and "spreadsheet" in err, (out, err)
    child = terminal.start("export", backup, "--as", "browser-csv", "--password-from", "env:SECRET", SECRET=PASSPHRASE)
    text, code = terminal.finish(child)
    assert code == 6 and "=secret" not in text and "--reveal" in text, text
    code, out, _ = script("export", backup, "--as", "pdf", "--password-from", "env:SECRET")
    assert code == 2
    assert script("export", backup, "--password-from", "env:SECRET")[0] == 2


def a_qr_code_on_the_terminal():
    folder = folder_of(codes="otpauth://totp/Lab:a?secret=MFRGG&issuer=Lab\n")
    backup = os.path.join(folder, "b")
    code, _, err = script("create", "cdc-badge", "--otpauth", os.path.join(folder, "codes"), "--output", backup, "--new-password-from", "env:SECRET")
    assert code == 0, err
    child = terminal.start("export", backup, "--as", "otpauth-qr", "--password-from", "env:SECRET", SECRET=PASSPHRASE)
    text, code = terminal.finish(child)
    assert code == 0 and "Lab: a" in text and "\u2580" in text, text


terminal.run([the_passphrase_is_asked_for_twice, what_does_not_fit_is_said_before_the_passphrase, json_is_a_source_and_a_flag, two_passphrases_for_diff,
              merge_without_questions, exports_go_to_a_pipe_but_not_to_a_terminal, a_qr_code_on_the_terminal])
