"""The keys of a device, backed up with sc-hsm-tool and with our own client, and each backup restored with the other: openssl verifies
what the keys sign afterwards."""
import os
import tempfile

import practice_hsm
import terminal
from practice_hsm import PIN, Dkek, Key, attempt, hwbak, references, sc_hsm_tool, wrap

practice_hsm.enter()
FOLDER = tempfile.TemporaryDirectory()
THEIRS, OURS = os.path.join(FOLDER.name, "theirs"), os.path.join(FOLDER.name, "ours")
KEYS = []
CERTIFICATES = {}


def sign_with_all():
    for key, mechanism, digest in KEYS:
        key.sign(mechanism, digest)
    for key, _, _ in KEYS:
        if key.ident in CERTIFICATES:
            assert key.certificate() == CERTIFICATES[key.ident]


def backed_up_by_both():
    Dkek.load()
    KEYS.extend([(Key(FOLDER.name, "10", "rsa:2048"), "SHA256-RSA-PKCS", "sha256"),
                 (Key(FOLDER.name, "20", "EC:secp521r1"), "ECDSA-SHA512", "sha512"),
                 (Key(FOLDER.name, "30", "EC:brainpoolP256r1"), "ECDSA-SHA256", "sha256")])
    for key, _, _ in KEYS[:2]:
        CERTIFICATES[key.ident] = key.certify()
    os.mkdir(THEIRS)
    for ident, reference in references().items():
        wrap(reference, os.path.join(THEIRS, ident + ".bin"))
    (backup,) = hwbak("device", "backup", "--to", OURS, "--pin-from", "env:PIN", PIN=PIN)
    facts = backup["facts"]
    assert [key["status"] for key in facts["keys"]] == ["written"] * 3 and facts["domains"][0]["kcv"] == Dkek.kcv, backup

    proven = {answer["facts"]["key_id"]: answer for answer in hwbak("verify", *Dkek.share, THEIRS, PW=Dkek.password)}
    for key, _, _ in KEYS:
        answer = proven[key.ident]
        with open(key.public, encoding="ascii") as public:
            expected = public.read()
        assert answer["outcome"] == "ok" and answer["facts"]["public_key_pem"] == expected, answer
        assert answer["facts"]["certificate"] == ("x509" if key.ident in CERTIFICATES else "cvc"), answer
        assert expected in [theirs["public_key_pem"] for theirs in facts["keys"]], backup


def theirs_restored_by_ours():
    Dkek.load()
    assert references() == {}, "wiped"
    (restored,) = hwbak("device", "restore", THEIRS, *Dkek.share, "--pin-from", "env:PIN", "--yes", PIN=PIN, PW=Dkek.password)
    assert [key["status"] for key in restored["facts"]["keys"]] == ["restored"] * 3, restored
    assert sorted(references()) == ["10", "20", "30"]
    sign_with_all()


def ours_restored_by_theirs():
    Dkek.load()
    files = sorted(name for name in os.listdir(OURS) if name != "manifest.json")
    assert len(files) == 3, files
    for reference, name in enumerate(files, 1):
        sc_hsm_tool("--unwrap-key", os.path.join(OURS, name), "--key-reference", str(reference), "--pin", PIN)
    assert sorted(references()) == ["10", "20", "30"]
    sign_with_all()
    code, text = attempt("sc-hsm-tool", "--unwrap-key", os.path.join(OURS, files[0]), "--key-reference", "2", "--pin", PIN)
    assert code != 0 and "--force" in text, text


terminal.run([backed_up_by_both, theirs_restored_by_ours, ours_restored_by_theirs])
