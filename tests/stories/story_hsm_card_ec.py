"""EC keys that pkcs11-tool makes in the practice HSM: signatures, key agreement, certificates; openssl is the other side each time."""
import hashlib
import tempfile

import practice_hsm
import terminal
from practice_hsm import Key, initialise, openssl, pkcs11_tool, tool

practice_hsm.enter()
# As pkcs11-tool calls them, and openssl; a digest that fits.
CURVES = [("secp256r1", "P-256", "sha256"), ("secp384r1", "P-384", "sha384"), ("secp521r1", "P-521", "sha512"),
          ("secp256k1", "secp256k1", "sha256"), ("brainpoolP256r1", "brainpoolP256r1", "sha1")]


def every_curve_signs_and_agrees():
    initialise()
    with tempfile.TemporaryDirectory() as folder:
        for number, (theirs, ours, digest) in enumerate(CURVES):
            key = Key(folder, f"{number + 1:02}", "EC:" + theirs)
            key.sign("ECDSA-" + digest.upper(), digest)
            key.derive(ours)
        listed = tool("pkcs15-tool", "--dump")
        assert listed.count("Private EC Key [key ") == len(CURVES), listed
        for bits in (256, 384, 521):
            assert f"FieldLength    : {bits}\n" in listed, listed


def a_digest_alone_is_signed():
    with tempfile.TemporaryDirectory() as folder:
        key = Key(folder, "21", "EC:secp256r1")
        signature, data = key.path("signature"), key.data(b"hashed by the caller")
        with open(key.path("digest"), "wb") as out:
            out.write(hashlib.sha256(b"hashed by the caller").digest())
        pkcs11_tool("--sign", "--id", "21", "--mechanism", "ECDSA", "--signature-format", "openssl", "--input-file", key.path("digest"),
                    "--output-file", signature)
        assert "Verified OK" in openssl("dgst", "-sha256", "-verify", key.public, "-signature", signature, data)


def a_certificate_is_kept_and_a_key_deleted():
    with tempfile.TemporaryDirectory() as folder:
        key = Key(folder, "31", "EC:secp384r1")
        made = key.certify()
        assert key.certificate() == made
        assert openssl("x509", "-inform", "DER", "-in", key.path("cert.read"), "-noout", "-pubkey") == open(key.public, encoding="ascii").read()
        pkcs11_tool("--delete-object", "--type", "cert", "--id", "31")
        pkcs11_tool("--delete-object", "--type", "privkey", "--id", "31")
        assert "key 31" not in tool("pkcs15-tool", "--dump")


terminal.run([every_curve_signs_and_agrees, a_digest_alone_is_signed, a_certificate_is_kept_and_a_key_deleted])
