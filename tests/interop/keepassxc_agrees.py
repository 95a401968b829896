#!/usr/bin/python3
"""KeePassXC against the CSV that hwbak writes and reads.

Its command line takes in no CSV (only its window does, as of 2.7), so the proof goes another way. The rows that hwbak wrote become
a database through KeePassXC's XML; from this KeePassXC writes a CSV of its own. Field by field it must be the one hwbak wrote, and
hwbak must read it back the same. KeePassXC and oathtool must agree on the codes of the URIs that hwbak wrote.

Usage: keepassxc_agrees.py CSV_FILTER
"""
import base64
import csv
import io
import os
import subprocess
import sys
import tempfile
import urllib.parse
from xml.sax.saxutils import escape

SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
URI = f"otpauth://totp/A%3Ab%20%26:me%40x?secret={SECRET}&issuer=A%3Ab%20%26&algorithm=SHA256&digits=8&period=60"
FIELDS = ["Title", "Username", "Password", "URL", "Notes"]
LOGINS = [  # as Bitwarden's columns name, login_username, login_password, login_uri, notes, login_totp
    ["Mail, \"new\"", "@me", "=1+1,\"x\"", "https://x/?a=b&c", "two\nlines\n\n  and more", ""],
    ["=cmd|' C calc'!A0", "-2+3", " blanks at both ends ", "", "\u65e5\u672c \U0001f511 \u00e4", URI],
    ["#title", "'", "\\\"", "http://[::1]:8080/", "", ""],
    ["a single long one", "u", "x" * 5000, "", "n" * 20000, ""],
]


def table(text):
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def written_by_hwbak(csv_filter):
    out = io.StringIO(newline="")
    rows = csv.writer(out)
    rows.writerow(["folder", "type", "name", "login_username", "login_password", "login_uri", "notes", "login_totp"])
    rows.writerows(["", "login", *login] for login in LOGINS)
    return run([csv_filter], out.getvalue())


def run(command, text):
    done = subprocess.run(command, input=text.encode(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if done.returncode != 0:
        sys.exit(f"{command}: {done.stderr.decode()}")
    return done.stdout.decode()


def database_xml(rows):
    def string(key, value):
        return f'<String><Key>{key}</Key><Value xml:space="preserve">{escape(value)}</Value></String>'
    entries = ""
    for number, row in enumerate(rows):
        uuid = base64.b64encode(bytes([1, number] + [0] * 14)).decode()
        keys = dict(zip(["Title", "UserName", "Password", "URL", "Notes"], (row[field] for field in FIELDS)))
        if row["TOTP"]:
            keys["otp"] = row["TOTP"]
        entries += f"<Entry><UUID>{uuid}</UUID>" + "".join(string(*pair) for pair in keys.items()) + "</Entry>"
    return ('<?xml version="1.0" encoding="UTF-8"?><KeePassFile><Meta/><Root><Group>'
            f"<UUID>{base64.b64encode(bytes(15) + bytes([1])).decode()}</UUID><Name>Root</Name>{entries}</Group></Root></KeePassFile>")


def oath_code():
    return run(["oathtool", "--totp=sha256", "--digits=8", "--time-step-size=60s", "--base32", SECRET], "").strip()


def main():
    csv_filter = os.path.abspath(sys.argv[1])
    written = written_by_hwbak(csv_filter)
    ours = table(written)
    assert [[row[field] for field in FIELDS] + [row["TOTP"]] for row in ours] == LOGINS, "hwbak changed a value"
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    with tempfile.TemporaryDirectory() as folder:
        os.environ["HOME"] = folder
        os.chdir(folder)
        with open("contents.csv", "w", encoding="utf-8", newline="") as file:
            file.write(written)
        refused = subprocess.run(["keepassxc-cli", "import", "-q", "-p", "-t", "100", "contents.csv", "direct.kdbx"], input=b"word\nword\n",
                                 stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        assert refused.returncode != 0, "keepassxc-cli has learnt to import CSV: let it import this one"
        with open("contents.xml", "w", encoding="utf-8") as file:
            file.write(database_xml(ours))
        run(["keepassxc-cli", "import", "-q", "-p", "-t", "100", "contents.xml", "contents.kdbx"], "word\nword\n")
        text = run(["keepassxc-cli", "export", "-q", "-f", "csv", "contents.kdbx"], "word\n")
        before = oath_code()
        code = run(["keepassxc-cli", "show", "-q", "-t", "contents.kdbx", LOGINS[1][0]], "word\n").strip()
        after = oath_code()

    theirs = table(text)
    for mine, its in zip(ours, theirs):
        for field in FIELDS:
            assert mine[field] == its[field], f"{mine['Title']}: KeePassXC gives another {field}"
    assert len(theirs) == len(ours)
    query = urllib.parse.parse_qs(urllib.parse.urlsplit(theirs[1]["TOTP"]).query)
    assert [query[key][0] for key in ("secret", "algorithm", "digits", "period")] == [SECRET, "SHA256", "8", "60"], theirs[1]["TOTP"]
    assert code in (before, after), f"KeePassXC shows {code}, oathtool {before} or {after}"

    again = table(run([csv_filter], text))
    for its, read in zip(theirs, again):
        for field in ["Group", *FIELDS]:
            assert its[field] == read[field], f"{its['Title']}: hwbak reads another {field}"
    assert len(again) == len(theirs)
    print(f"KeePassXC and hwbak agree on {len(theirs)} rows, both ways, and on a code ({run(['keepassxc-cli', '--version'], '').strip()})")


main()
