"""What sc-hsm-tool wraps is proven here without a device, and what is wrapped here is taken by sc-hsm-tool: openssl verifies what the
keys sign afterwards."""
import os
import tempfile

import practice_hsm
import terminal
from practice_hsm import PIN, Dkek, Key, attempt, hwbak, openssl, references, sc_hsm_tool, wrap

practice_hsm.enter()


def wrapped_by_sc_hsm_tool():
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as backup:
        Dkek.load()
        keys = [(Key(folder, "10", "rsa:2048"), "SHA256-RSA-PKCS", "sha256"), (Key(folder, "20", "EC:secp521r1"), "ECDSA-SHA512", "sha512")]
        certificate = keys[0][0].certify()
        for ident, reference in references().items():
            wrap(reference, os.path.join(backup, ident + ".bin"))
        proven = {answer["facts"]["key_id"]: answer for answer in hwbak("verify", *Dkek.share, backup, PW=Dkek.password)}
        assert {answer["outcome"] for answer in proven.values()} == {"ok"}, proven
        for key, _, _ in keys:
            facts = proven[key.ident]["facts"]
            with open(key.public, encoding="ascii") as public:
                assert facts["public_key_pem"] == public.read() and facts["label"] == f"key {key.ident}", facts
        assert proven["10"]["facts"]["certificate"] == "x509" and proven["20"]["facts"]["certificate"] == "cvc"

        Dkek.load()
        assert references() == {}, "wiped"
        for reference, (key, mechanism, digest) in enumerate(keys, 1):
            file = os.path.join(backup, key.ident + ".bin")
            sc_hsm_tool("--unwrap-key", file, "--key-reference", str(reference), "--pin", PIN)
            key.sign(mechanism, digest)
        assert keys[0][0].certificate() == certificate
        code, text = attempt("sc-hsm-tool", "--unwrap-key", file, "--key-reference", "1", "--pin", PIN)
        assert code != 0 and "--force" in text, text


def wrapped_here():
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


terminal.run([wrapped_by_sc_hsm_tool, wrapped_here])
