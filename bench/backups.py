"""Makes many encrypted backups for the benchmarks out of one device file, without hwbak's own writer.

The salt, the IV and the encrypted body are replaced and both header CRCs computed anew (docs/formats/coldcard.md,
"The container"); sizes, name and text stay as they are.
"""
import hashlib
import os
import pathlib
import struct
import zlib

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

AES_METHOD = bytes.fromhex("06f10701")
START, SALT, IV = 32, 16, 16


class Backup:
    """A device file taken apart. Only its own layout is understood: n rounds, salt and IV of 16 bytes each."""

    def __init__(self, path: pathlib.Path):
        self.data = path.read_bytes()
        self.packed_size, self.header_size = struct.unpack_from("<QQ", self.data, 12)
        self.header = START + self.packed_size
        properties = self.data.index(AES_METHOD, self.header) + len(AES_METHOD) + 1
        self.rounds_pow = self.data[properties] & 0x3F
        assert self.data[properties + 1] == 0xFF, "salt and IV of 16 bytes each"
        self.salt = properties + 2
        self.iv = self.salt + SALT

    def key(self, password: str, salt: bytes) -> bytes:
        record = salt + password.encode("utf-16-le")
        return hashlib.sha256(b"".join(record + struct.pack("<Q", i) for i in range(1 << self.rounds_pow))).digest()

    def cipher(self, password: str, salt: bytes, iv: bytes) -> Cipher:
        return Cipher(algorithms.AES(self.key(password, salt)), modes.CBC(iv))

    def text(self, password: str) -> bytes:
        """With the zero bytes that fill the last block."""
        salt, iv = self.data[self.salt:self.iv], self.data[self.iv:self.iv + IV]
        return self.cipher(password, salt, iv).decryptor().update(self.data[START:self.header])

    def with_body(self, salt: bytes, iv: bytes, body: bytes) -> bytes:
        out = bytearray(self.data)
        out[self.salt:self.iv] = salt
        out[self.iv:self.iv + IV] = iv
        out[START:self.header] = body
        struct.pack_into("<I", out, 28, zlib.crc32(out[self.header:self.header + self.header_size]))
        struct.pack_into("<I", out, 8, zlib.crc32(out[12:32]))
        return bytes(out)


def make_encrypted(source: pathlib.Path, password: str, folder: pathlib.Path, count: int) -> None:
    """The same wallet under the same password, every file with a salt and IV of its own."""
    backup = Backup(source)
    text = backup.text(password)
    folder.mkdir()
    for i in range(count):
        salt, iv = os.urandom(SALT), os.urandom(IV)
        body = backup.cipher(password, salt, iv).encryptor().update(text)
        (folder / f"backup-{i:05}.7z").write_bytes(backup.with_body(salt, iv, body))


def make_unreadable(source: pathlib.Path, folder: pathlib.Path, count: int) -> None:
    """Sound headers around random bytes: enough where no password is asked for, and quickly made."""
    backup = Backup(source)
    folder.mkdir()
    for i in range(count):
        made = backup.with_body(os.urandom(SALT), os.urandom(IV), os.urandom(backup.packed_size))
        (folder / f"backup-{i:05}.7z").write_bytes(made)
