#!/usr/bin/python3
"""Electrum opens the wallet files that hwbak exports, and shows the same addresses.

Every account and multisig wallet that Electrum knows, of backups on the main and the test network, watch-only and with private keys;
the addresses are those of the exported descriptors, computed once more by tests/stories/bitcoin.py. With private keys Electrum also
gives them out, and they are those of the same keys.

Usage: electrum_agrees.py PROGRAM VECTORS
"""
import json
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "stories"))
import bitcoin  # noqa: E402

SHOWN = 4  # addresses that are compared on each chain


def electrum(folder, testnet, wallet, *command):
    arguments = ["electrum", "--offline", "-D", str(folder / "electrum"), *(["--testnet"] if testnet else []), "-w", str(wallet), *command]
    done = subprocess.run(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 0, (arguments, done.stdout.decode(), done.stderr.decode())
    return done.stdout.decode()


def export(program, source, folder, name, secrets):
    password = folder / "password"
    password.write_text(source["password"] or "", encoding="utf-8")
    arguments = [program, "export", source["path"], "--as", "electrum", "--output", f"{folder / name}/", "--json"]
    arguments += ["--password-from", f"file:{password}"] if source["password"] else []
    done = subprocess.run([*map(str, arguments), *(["--with-secrets"] if secrets else [])], stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)["facts"]["export"]


def compare(folder, testnet, wallet, file):
    hrp = "tb" if testnet else "bc"
    for chain, option in (("receive", "--receiving"), ("change", "--change")):
        shown = json.loads(electrum(folder, testnet, file, "listaddresses", option))
        wanted = [bitcoin.address(wallet[chain], index, hrp) for index in range(SHOWN)]
        assert shown[:SHOWN] == wanted, (file, chain, shown[:SHOWN], wanted)
    assert bitcoin.address(wallet["receive"], 0, hrp) == wallet["first_address"]


def main():
    program, vectors = sys.argv[1], pathlib.Path(sys.argv[2])
    listed = {vector["file"]: vector for vector in json.loads((vectors / "vectors.json").read_text(encoding="utf-8"))["vectors"]}
    opened = signed = shared = 0
    for name in ("mk4-12words.7z", "mk5-xprv-rounds16.7z", "q1-testnet-18words.7z"):
        source = dict(listed[name], path=vectors / name)
        testnet = source["expect"]["chain"] != "BTC"
        with tempfile.TemporaryDirectory() as scratch:
            folder = pathlib.Path(scratch)
            for secrets in (False, True) if name.startswith("mk4") else (False,):
                told = export(program, source, folder, f"wallets-{secrets}", secrets)
                assert len(told["wallets"]) == len(told["files"]) >= 3, told
                for wallet, file in zip(told["wallets"], told["files"]):
                    compare(folder, testnet, wallet, file)
                    opened += 1
                    shared += wallet["kind"] == "multisig"
                    if secrets and wallet["private_keys"]:
                        key = electrum(folder, testnet, file, "getprivatekeys", wallet["first_address"]).strip().split(":")[-1]
                        own = bitcoin.Key(source["expect"]["xprv"]).derive(wallet["path"] + "/0/0")
                        assert int.from_bytes(bitcoin.from_base58(key, 38)[1:33], "big") == own.secret, file
                        signed += 1
    assert opened >= 12 and signed >= 3 and shared >= 1, (opened, signed, shared)
    version = subprocess.run(["electrum", "--offline", "version"], stdout=subprocess.PIPE, check=True).stdout.decode().strip()
    print(f"Electrum {version} opened {opened} wallets and showed their addresses; the private keys of {signed} are the same")


main()
