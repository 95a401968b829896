#!/usr/bin/python3
"""py7zr, a 7z reader of others in another language, opens what `hwbak rekey` writes, to the byte.

Usage: py7zr_reads_rekeyed.py PROGRAM VECTORS
"""
import hashlib
import json
import pathlib
import subprocess
import sys
import tempfile

import py7zr

NEW_PASSWORD = "another password of 2 halves"


def extract(archive, password):
    with py7zr.SevenZipFile(archive, mode="r", password=password) as opened:
        contents = list(opened.readall().values())
    assert len(contents) == 1, f"{archive}: {len(contents)} files inside"
    return contents[0].read()


def main():
    program, vectors = sys.argv[1], pathlib.Path(sys.argv[2])
    listed = json.loads((vectors / "vectors.json").read_text(encoding="utf-8"))["vectors"]
    read = 0
    for vector in listed:
        source = vectors / vector["file"]
        if vector["kind"] != "backup" or not source.exists():
            continue
        with tempfile.TemporaryDirectory() as folder:
            old, new, output = (pathlib.Path(folder, name) for name in ("old", "new", "rekeyed.7z"))
            old.write_text(vector["password"], encoding="utf-8")
            new.write_text(NEW_PASSWORD, encoding="utf-8")
            subprocess.run([program, "rekey", source, "--password-from", f"file:{old}", "--new-password-from", f"file:{new}",
                            "--output", output], check=True, stdout=subprocess.DEVNULL)
            for archive, password in ((source, vector["password"]), (output, NEW_PASSWORD)):
                digest = hashlib.sha256(extract(archive, password)).hexdigest()
                assert digest == vector["plaintext_sha256"], f"{archive}: another plaintext"
        read += 1
    assert read >= 4, f"only {read} vectors were there"
    print(f"py7zr read {read} backups as the device wrote them, and after rekey")


main()
