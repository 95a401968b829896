"""A reader with a practice HSM in it: vpcd's end of the connection, without pcscd."""
import socket
import subprocess

import terminal

PIN, SO_PIN = "363438323139", "3537363231383830"
LOG_IN = "0020008106" + PIN


class Reader:
    """Starts the program and takes its card in. Commands and answers are hexadecimal digits."""

    def __init__(self, state, *options):
        listener = socket.create_server(("127.0.0.1", 0))
        listener.settimeout(20)
        self.card = subprocess.Popen([terminal.PROGRAM, "practice", "pico-hsm", "--state", state, "--port", str(listener.getsockname()[1]), *options],
                                     stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)
        try:
            self.line = listener.accept()[0]
        except TimeoutError:
            self.card.kill()
            raise AssertionError("no card came: " + self.card.communicate()[1]) from None
        finally:
            listener.close()
        self.line.settimeout(20)
        self.control(1)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.line.close()
        if self.card.poll() is None:
            self.card.wait(20)
        self.card.stdout.close()
        self.card.stderr.close()

    def control(self, code):
        self.line.sendall(bytes([0, 1, code]))

    def ask(self, command):
        data = bytes.fromhex(command)
        self.line.sendall(len(data).to_bytes(2, "big") + data)

    def answer(self):
        return self._take(int.from_bytes(self._take(2), "big")).hex()

    def _take(self, size):
        data = b""
        while len(data) < size:
            piece = self.line.recv(size - len(data))
            if not piece:
                raise EOFError("the card is gone")
            data += piece
        return data

    def send(self, command):
        self.ask(command)
        answer = self.answer()
        while answer[-4:-2] == "61":
            self.ask("00c0000000")
            answer = answer[:-4] + self.answer()
        return answer

    def good(self, command):
        answer = self.send(command)
        assert answer.endswith("9000"), (command, answer)
        return answer[:-4]


def extended(header, data):
    return header + "00" + f"{len(data):04x}" + data.hex() + "0000"


def with_data(header, data):
    return header + f"{len(data) // 2:02x}" + data


def initialisation(pin=PIN, shares=1):
    return with_data("80500000", "80020001" + "8106" + pin + "8208" + SO_PIN + "910103" + f"9201{shares:02x}")
