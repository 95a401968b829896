"""A key that openssl made, wrapped here without a device: sc-hsm-tool puts it into one, and openssl verifies what it signs."""
import tempfile

import practice_hsm
import terminal
from practice_hsm import PIN, Dkek, Key, hwbak, openssl, references, sc_hsm_tool

practice_hsm.enter()


def an_ec_key_with_its_certificate():
    Dkek.load()
    with tempfile.TemporaryDirectory() as folder:
        key = Key(folder, "31")
        pem, file = key.path("made.pem"), key.path("made.bin")
        openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384", "-out", pem)
        openssl("pkey", "-in", pem, "-pubout", "-out", key.public)
        openssl("req", "-x509", "-key", pem, "-subj", "/CN=made elsewhere", "-days", "30", "-out", key.path("cert.pem"))
        hwbak("create", "wrapped-key", *Dkek.share, "--key", pem, "--certificate", key.path("cert.pem"), "--label", "elsewhere", "--id", "31",
              "--output", file, PW=Dkek.password)
        sc_hsm_tool("--unwrap-key", file, "--key-reference", "31", "--pin", PIN)
        assert references()["31"] == 31
        key.sign("ECDSA-SHA384", "sha384")
        openssl("x509", "-in", key.path("cert.pem"), "-outform", "DER", "-out", key.path("cert.der"))
        assert key.certificate() == key.certificate(key.path("cert.der"))


terminal.run([an_ec_key_with_its_certificate])
