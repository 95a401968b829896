"""The practice HSM in a virtual reader, and Debian's own sc-hsm-tool, pkcs11-tool, pkcs15-tool and openssl beside it. A story that
calls enter() first is played once more in the namespaces of scripts/practice-hsm.sh, alone with its card."""
import os
import re
import signal
import subprocess
import sys
import tempfile
import time

import pexpect

import terminal

PIN = "648219"
SO_PIN = "3537363231383830"
NO_KCV = "0" * 16
SCRIPT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "scripts", "practice-hsm.sh")
INSIDE = "HWBAK_STORY_WITH_CARD"
CARD = [int(os.environ.get("PRACTICE_HSM_CARD", "0"))]


def enter():
    """Gives the folder of the card. A machine that has no namespaces for us fails the story: the script says why."""
    if INSIDE in os.environ:
        return os.environ[INSIDE]
    with tempfile.TemporaryDirectory() as folder:
        state = os.path.join(folder, "card")
        own = [f"{name}={value}" for name, value in os.environ.items() if name.startswith(("HWBAK_", "PYTHON", "ASAN", "UBSAN"))]
        # Should this process be killed, by a time limit say, nothing in there outlives it.
        sys.exit(subprocess.call(["setpriv", "--pdeathsig", "KILL", SCRIPT, state, "env", *own, f"{INSIDE}={state}", "HOME=" + folder,
                                  sys.executable, *sys.argv], env=dict(os.environ, HWBAK=terminal.PROGRAM)))


def pull():
    """Takes the card out of the reader, whatever it does."""
    os.kill(CARD[0], signal.SIGKILL)
    wait_for_card("No")
    time.sleep(2)  # pcscd looks twice a second; a card that is back before it saw that it was gone stays unseen


def insert(*options):
    """Puts it in again."""
    card = subprocess.Popen([terminal.PROGRAM, "practice", "pico-hsm", "--state", os.environ[INSIDE], *options], stdin=subprocess.DEVNULL)
    CARD[0] = card.pid
    wait_for_card("Yes")


def wait_for_card(there):
    deadline = time.monotonic() + 60
    while not re.search(rf"^0 +{there}\b", tool("opensc-tool", "--list-readers"), re.M):
        assert time.monotonic() < deadline, "the reader does not notice"
        time.sleep(0.1)


def attempt(*command, typed="", **environment):
    """A program of others: exit code, and everything that it wrote."""
    done = subprocess.run(command, input=typed.encode(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          env=dict(os.environ, LANG="C.UTF-8", **environment), timeout=terminal.patience)
    return done.returncode, done.stdout.decode("utf-8", "replace")


def tool(*command, **more):
    code, text = attempt(*command, **more)
    assert code == 0, (command, code, text)
    return text


def hwbak(*arguments, code=0, **environment):
    """Our program as a script runs it: what it answers, one for each subject."""
    done = terminal.alone(*arguments, "--json", **environment)
    assert done.returncode == code, (arguments, done)
    return terminal.answers(done)


def sc_hsm_tool(*arguments, **more):
    return tool("sc-hsm-tool", *arguments, **more)


def initialise(shares=None):
    return sc_hsm_tool("--initialize", "--so-pin", SO_PIN, "--pin", PIN, *([] if shares is None else ["--dkek-shares", str(shares)]))


def wrap(reference, path):
    sc_hsm_tool("--wrap-key", path, "--key-reference", str(reference), "--pin", PIN)
    return path


def domain():
    """Shares, missing shares and KCV, after a login in the same session as the firmware wants it: sc-hsm-tool has none."""
    text = tool("opensc-tool", "--send-apdu", "002000810" + "6" + PIN.encode().hex(), "--send-apdu", "8052000000")
    assert "SW1=0x90" in text, text
    answer = re.findall(r"^((?:[0-9A-F]{2} )+)", text, re.M)[-1].split()
    return int(answer[0], 16), int(answer[1], 16), "".join(answer[2:10])


class Quorum:
    """What sc-hsm-tool shows to its custodians, or what one of our sheets says."""

    def __init__(self, text):
        self.prime = re.search(r"Prime +: ([0-9a-f:]+)", text).group(1)
        self.values = dict(re.findall(r"Share ID +: (\d+).*?Share value +: ([0-9a-f:]+)", text, re.S))

    def write(self, path, *idents):
        with open(path, "w", encoding="ascii") as out:
            out.write(f"prime={self.prime}\n" + "".join(f"share={ident}:{self.values[ident]}\n" for ident in idents))
        return path


def import_by_custodians(path, quorum, *idents):
    """Types at sc-hsm-tool what each custodian has. It takes an ID for hexadecimal, though it showed it in decimal."""
    child = pexpect.spawn("sc-hsm-tool", ["--import-dkek-share", path, "--pwd-shares-total", str(len(idents))], encoding="utf-8",
                          timeout=terminal.patience, dimensions=(40, 100))
    child.expect_exact("Please enter prime: ")
    child.sendline(quorum.prime)
    for ident in idents:
        child.expect("Press <enter>")
        child.sendline("")
        child.expect_exact("share ID: ")
        child.sendline(f"{int(ident):X}")
        child.expect_exact("share value: ")
        child.sendline(quorum.values[ident])
    text, code = terminal.finish(child)
    assert code == 0, text
    return text


def pkcs11_tool(*arguments, **more):
    return tool("pkcs11-tool", "--login", "--pin", PIN, *arguments, **more)


def openssl(*arguments, **more):
    return tool("openssl", *arguments, **more)


class Key:
    """A key pair that the device made, or has back from a backup: used by pkcs11-tool, and what it does is proven by openssl."""

    def __init__(self, folder, ident, kind=None):
        self.folder, self.ident = folder, ident
        self.public = self.path("pub.pem")
        if kind is not None:
            self.generate(kind)

    def generate(self, kind):
        pkcs11_tool("--keypairgen", "--key-type", kind, "--id", self.ident, "--label", f"key {self.ident}", "--usage-sign",
                    "--usage-decrypt", "--usage-derive")
        # pkcs11-tool 0.23 cannot write that of some curves ("cannot create EVP_PKEY").
        tool("pkcs15-tool", "--read-public-key", self.ident, "--output", self.public)

    def path(self, name):
        return os.path.join(self.folder, f"{self.ident}-{name}")

    def data(self, content):
        with open(self.path("data"), "wb") as out:
            out.write(content)
        return self.path("data")

    def sign(self, mechanism, digest, *verify, content=b"signed by a practice HSM\n"):
        """Signs with the device; openssl verifies under the public key of the first day."""
        data, signature = self.data(content), self.path("signature")
        pkcs11_tool("--sign", "--id", self.ident, "--mechanism", mechanism, "--signature-format", "openssl", "--input-file", data,
                    "--output-file", signature)
        told = openssl("dgst", "-" + digest, *verify, "-verify", self.public, "-signature", signature, data)
        assert "Verified OK" in told, told
        code, told = attempt("openssl", "dgst", "-" + digest, *verify, "-verify", self.public, "-signature", signature, self.data(content + b"."))
        assert code != 0 and "Verification failure" in told, told

    def decrypt(self, mechanism, *encrypt, more=(), secret=b"for the device alone"):
        """openssl encrypts for the device, which decrypts."""
        plain, sealed, back = self.data(secret), self.path("sealed"), self.path("opened")
        openssl("pkeyutl", "-encrypt", "-pubin", "-inkey", self.public, *encrypt, "-in", plain, "-out", sealed)
        pkcs11_tool("--decrypt", "--id", self.ident, "--mechanism", mechanism, *more, "--input-file", sealed, "--output-file", back)
        with open(back, "rb") as opened:
            assert opened.read() == secret

    def derive(self, curve):
        """Both sides of a key agreement, the device's and openssl's."""
        peer, theirs, ours = self.path("peer.pem"), self.path("theirs"), self.path("ours")
        openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:" + curve, "-out", peer)
        openssl("pkey", "-in", peer, "-pubout", "-outform", "DER", "-out", self.path("peer.der"))
        pkcs11_tool("--derive", "--id", self.ident, "--mechanism", "ECDH1-DERIVE", "--input-file", self.path("peer.der"),
                    "--output-file", theirs)
        openssl("pkeyutl", "-derive", "-inkey", peer, "-peerkey", self.public, "-out", ours)
        with open(theirs, "rb") as left, open(ours, "rb") as right:
            assert left.read() == right.read()

    def certify(self):
        """A certificate of this key, from openssl, put beside it; gives its bytes."""
        issuer, file = self.path("issuer.pem"), self.path("cert.der")
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc", "-keyout", issuer, "-subj", "/CN=issuer",
                "-out", self.path("ca.pem"))
        openssl("req", "-new", "-key", issuer, "-subj", f"/CN=key {self.ident}", "-out", self.path("request"))
        openssl("x509", "-req", "-in", self.path("request"), "-CA", self.path("ca.pem"), "-CAkey", issuer, "-force_pubkey", self.public,
                "-days", "30", "-outform", "DER", "-out", file)
        pkcs11_tool("--write-object", file, "--type", "cert", "--id", self.ident, "--label", f"key {self.ident}")
        return self.certificate(file)

    def certificate(self, path=None):
        """That in a file, or as the device has it."""
        if path is None:
            path = self.path("cert.read")
            tool("pkcs11-tool", "--read-object", "--type", "cert", "--id", self.ident, "--output-file", path)
        with open(path, "rb") as der:
            return der.read()


class Dkek:
    """The DKEK of the first share file among the vectors, whose device is long gone; environment PW is its password."""

    file = os.path.join(os.environ["HWBAK_VECTORS"], "pico-hsm", "dkek-a1.pbe")
    password = "correct horse 42"
    kcv = "2952B3021B693783"
    share = ("--share", file + "=env:PW")

    @staticmethod
    def load():
        """An empty device with this DKEK."""
        initialise(1)
        sc_hsm_tool("--import-dkek-share", Dkek.file, "--password", "env:PW", PW=Dkek.password)
        assert domain() == (1, 0, Dkek.kcv)


def references():
    """Key references by ID, as `pkcs15-tool --dump` has them; the device's own is 0."""
    listed = tool("pkcs15-tool", "--dump")
    found = re.findall(r"^Private .*?Key ref +: (\d+).*?^\tID +: ([0-9a-f]+)", listed, re.S | re.M)
    return {ident: int(reference) for reference, ident in found if reference != "0"}
