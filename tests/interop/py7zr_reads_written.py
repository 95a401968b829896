#!/usr/bin/python3
"""py7zr, a 7z reader of others in another language, opens what `hwbak rekey` and `hwbak create` write.

It insists on a grammar without the two filler bytes that devices write before the sizes, so it refuses every device's file as it
is, and hwbak's as well. With these two bytes taken out and the checksums made to fit, it reads both, to the byte.

Usage: py7zr_reads_written.py PROGRAM VECTORS
"""
import hashlib
import io
import json
import pathlib
import struct
import subprocess
import sys
import tempfile
import zlib

import py7zr

NEW_PASSWORD = "another password of 2 halves, 37 long"
FILLER = bytes.fromhex("01000c")


def without_filler(archive):
    """The bytes of the archive without the filler, under fitting checksums."""
    file = archive.read_bytes()
    packed, = struct.unpack("<Q", file[12:20])
    body, header = file[32:32 + packed], file[32 + packed:]
    at = header.index(bytes.fromhex("2406f1070122")) + 6 + 34  # behind the properties of the coder
    assert header[at:at + 3] == FILLER, f"{archive}: no filler where a device writes it"
    header = header[:at] + header[at + 2:]
    sizes = struct.pack("<QQI", packed, len(header), zlib.crc32(header))
    return file[:8] + struct.pack("<I", zlib.crc32(sizes)) + sizes + body + header


def extract(archive, password):
    try:
        py7zr.SevenZipFile(archive, mode="r", password=password).close()
        raise AssertionError(f"{archive}: py7zr has learnt to read the filler: let it read the file as it is")
    except py7zr.exceptions.Bad7zFile as error:
        assert "unpack size" in str(error), error
    with py7zr.SevenZipFile(io.BytesIO(without_filler(archive)), mode="r", password=password) as opened:
        contents = list(opened.readall().values())
    assert len(contents) == 1, f"{archive}: {len(contents)} files inside"
    return contents[0].read()


def hwbak(*arguments):
    subprocess.run([str(argument) for argument in arguments], check=True, stdout=subprocess.DEVNULL)


def main():
    program, vectors = sys.argv[1], pathlib.Path(sys.argv[2])
    listed = json.loads((vectors / "vectors.json").read_text(encoding="utf-8"))["vectors"]
    read = made = 0
    for vector in listed:
        source = vectors / vector["file"]
        if vector["kind"] != "backup" or not source.exists():
            continue
        with tempfile.TemporaryDirectory() as folder:
            old, new, output, words, card = (pathlib.Path(folder, name) for name in ("old", "new", "rekeyed.7z", "words", "card"))
            old.write_text(vector["password"], encoding="utf-8")
            new.write_text(NEW_PASSWORD, encoding="utf-8")
            hwbak(program, "rekey", source, "--password-from", f"file:{old}", "--new-password-from", f"file:{new}",
                  "--output", output)
            for archive, password in ((source, vector["password"]), (output, NEW_PASSWORD)):
                digest = hashlib.sha256(extract(archive, password)).hexdigest()
                assert digest == vector["plaintext_sha256"], f"{archive}: another plaintext"
            read += 1
            mnemonic = vector["expect"].get("mnemonic")
            if mnemonic and vector["expect"]["chain"] == "BTC":
                words.write_text(mnemonic, encoding="utf-8")
                card.mkdir()
                hwbak(program, "create", "coldcard", "--mnemonic-from", f"file:{words}", "--new-password-from", f"file:{new}",
                      "--to", card, "--copies", 1)
                text = extract(card / "backup.7z", NEW_PASSWORD).decode()
                for key in ("mnemonic", "xprv", "raw_secret"):
                    assert f'\n{key} = "{vector["expect"][key]}"\n' in text, f"{vector['file']}: {key} is another"
                made += 1
    assert read >= 4 and made >= 2, f"only {read} vectors were there, and {made} wallets"
    print(f"py7zr read {read} backups as the device wrote them and after rekey, and {made} that create wrote")


main()
