"""A badge's backup over the serial line as the vendor's host script does it, from its description: its own way to
read lines, its own patience, nothing of hwbak in it."""
import binascii
import os
import re
import select
import termios
import time
import tty

BASE64 = re.compile(rb"^[A-Za-z0-9+/]+={0,2}$")


class Failed(Exception):
    pass


class Port:
    def __init__(self, path):
        self.fd = os.open(path, os.O_RDWR | os.O_NOCTTY)
        tty.setraw(self.fd)
        self.pending = b""
        time.sleep(0.2)
        termios.tcflush(self.fd, termios.TCIFLUSH)

    def close(self):
        os.close(self.fd)

    def send(self, command):
        os.write(self.fd, command.encode() + b"\n")

    def more(self, patience):
        ready, _, _ = select.select([self.fd], [], [], max(0, patience))
        if not ready:
            return False
        self.pending += os.read(self.fd, 4096)
        return True

    def lines(self, patience):
        """Lines without prompt and blanks, until the time is over."""
        end = time.monotonic() + patience
        while True:
            while b"\n" in self.pending:
                line, self.pending = self.pending.split(b"\n", 1)
                yield line.strip().lstrip(b"> ").strip()
            if not self.more(end - time.monotonic()) and time.monotonic() >= end:
                return

    def wait(self, patience, *fronts):
        for line in self.lines(patience):
            if line.startswith(fronts):
                return line.decode()
        raise Failed("no response")


def log_in(port, pin):
    port.send("AUTH " + pin)
    for line in port.lines(5):
        if b"AUTHENTICATED" in line.upper() and not line.startswith(b"ERR") or line.startswith(b"OK"):
            return
        if line.startswith(b"ERR"):
            raise Failed(line.decode())
    raise Failed("no login")


def backup(port, command):
    port.send(command)
    answer = port.wait(15, b"OK", b"ERROR")
    if answer.startswith("ERROR"):
        raise Failed(answer)
    return answer


def download(path, passphrase, pin=None):
    port = Port(path)
    try:
        if pin:
            log_in(port, pin)
        backup(port, "BACKUP EXPORT " + passphrase)
        port.send("VFAT CD /")
        while port.more(0.3):  # the answer, a slash, is base64 too
            pass
        port.pending = b""
        port.send("VFAT GET backup.cdcbak")
        while port.more(1.0):
            pass
        found = b""
        for line in port.lines(0):
            if line.startswith(b"ERR"):
                raise Failed(line.decode())
            if BASE64.match(line):
                found += line
        return found
    finally:
        port.close()


def upload(path, text, passphrase, pin=None):
    port = Port(path)
    try:
        if pin:
            log_in(port, pin)
        port.send("VFAT CD /")
        port.wait(5, b"/")
        port.send("VFAT RECEIVE backup.cdcbak %d %08X" % (len(text), binascii.crc32(text)))
        answer = port.wait(5, b"READY", b"ERR")
        if answer != "READY":
            raise Failed(answer)
        for at in range(0, len(text), 256):
            os.write(port.fd, text[at:at + 256])
        answer = port.wait(15, b"OK", b"ERR")
        if answer.startswith("ERR"):
            raise Failed(answer)
        return backup(port, "BACKUP IMPORT " + passphrase)
    finally:
        port.close()
