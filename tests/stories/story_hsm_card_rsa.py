"""RSA keys that pkcs11-tool makes in the practice HSM: signatures of each padding, decryption, certificates; openssl is the other
side each time."""
import tempfile

import practice_hsm
import terminal
from practice_hsm import Key, attempt, initialise, tool

practice_hsm.enter()


def rsa_2048_with_every_padding_and_a_certificate():
    initialise()
    with tempfile.TemporaryDirectory() as folder:
        key = Key(folder, "10", "rsa:2048")
        for digest in ("sha1", "sha256", "sha384", "sha512"):
            key.sign(f"{digest.upper()}-RSA-PKCS", digest)
            key.sign(f"{digest.upper()}-RSA-PKCS-PSS", digest, "-sigopt", "rsa_padding_mode:pss")
        key.decrypt("RSA-PKCS")
        key.decrypt("RSA-X-509", "-pkeyopt", "rsa_padding_mode:none", secret=b"\0" + b"\x5a" * 255)
        for digest in ("SHA-1", "SHA256"):
            key.decrypt("RSA-PKCS-OAEP", "-pkeyopt", "rsa_padding_mode:oaep", "-pkeyopt", "rsa_oaep_md:" + digest.replace("-", ""),
                        more=("--hash-algorithm", digest, "--mgf", "MGF1-" + digest.replace("-", "")))
        made = key.certify()
        assert key.certificate() == made
        listed = tool("pkcs15-tool", "--dump")
        for line in ("Private RSA Key [key 10]", "ModLength      : 2048", "X.509 Certificate [key 10]", "Serial number  : ESPICOHSMTR"):
            assert line in listed, listed


def rsa_3072_and_4096():
    with tempfile.TemporaryDirectory() as folder:
        for ident, size in (("30", "3072"), ("40", "4096")):
            key = Key(folder, ident, "rsa:" + size)
            key.sign("SHA256-RSA-PKCS", "sha256")
            key.sign("SHA512-RSA-PKCS-PSS", "sha512", "-sigopt", "rsa_padding_mode:pss")
            key.decrypt("RSA-PKCS")


def sizes_that_the_firmware_has_not():
    code, text = attempt("pkcs11-tool", "--login", "--pin", practice_hsm.PIN, "--keypairgen", "--key-type", "rsa:1536", "--id", "50")
    assert code != 0 and "CKR_" in text, text


terminal.run([rsa_2048_with_every_padding_and_a_certificate, rsa_3072_and_4096, sizes_that_the_firmware_has_not])
