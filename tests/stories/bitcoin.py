"""Bitcoin's wallet arithmetic once more, in a few lines of its own and only hashlib: what hwbak exports is recomputed with it.

BIP-32 (private and public derivation), Base58Check, Bech32 and Bech32m, output scripts, the checksum of descriptors. Slow and plain.
"""
import hashlib
import hmac
import re

P = 2 ** 256 - 2 ** 32 - 977
N = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
G = (0x79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798, 0x483ADA7726A3C4655DA4FBFC0E1108A8FD17B448A68554199C47D08FFB10D4B8)
BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"


def sha256(data):
    return hashlib.sha256(data).digest()


def hash160(data):
    return hashlib.new("ripemd160", sha256(data)).digest()


def add(a, b):
    if a is None or b is None:
        return a or b
    if a[0] == b[0] and (a[1] + b[1]) % P == 0:
        return None
    slope = 3 * a[0] * a[0] * pow(2 * a[1], -1, P) if a == b else (b[1] - a[1]) * pow(b[0] - a[0], -1, P)
    x = (slope * slope - a[0] - b[0]) % P
    return x, (slope * (a[0] - x) - a[1]) % P


def multiply(number, point=G):
    result = None
    while number:
        if number & 1:
            result = add(result, point)
        point, number = add(point, point), number >> 1
    return result


def packed(point):
    return bytes([2 + point[1] % 2]) + point[0].to_bytes(32, "big")


def lifted(key):
    x = int.from_bytes(key[1:], "big")
    y = pow((x ** 3 + 7) % P, (P + 1) // 4, P)
    return x, y if y % 2 == key[0] % 2 else P - y


def from_base58(text, size=None):
    """`size` in bytes, with the checksum; else that of an extended key or of an address."""
    number = 0
    for character in text:
        number = number * 58 + BASE58.index(character)
    data = number.to_bytes(size or (82 if len(text) > 100 else 25), "big")
    assert sha256(sha256(data[:-4]))[:4] == data[-4:], text
    return data[:-4]


def to_base58(data):
    data += sha256(sha256(data))[:4]
    number, text = int.from_bytes(data, "big"), ""
    while number:
        number, digit = divmod(number, 58)
        text = BASE58[digit] + text
    return "1" * (len(data) - len(data.lstrip(b"\0"))) + text


class Key:
    """An extended key: `secret` is None for a public one."""
    def __init__(self, text=None, secret=None, point=None, chain=None):
        if text is not None:
            data = from_base58(text)
            chain = data[13:45]
            secret = int.from_bytes(data[46:], "big") if data[45] == 0 else None
            point = None if data[45] == 0 else lifted(data[45:])
        self.secret, self.chain = secret, chain
        self.point = multiply(secret) if secret is not None else point

    def child(self, index):
        hard = index >= 2 ** 31
        data = (b"\0" + self.secret.to_bytes(32, "big") if hard else packed(self.point)) + index.to_bytes(4, "big")
        digest = hmac.new(self.chain, data, hashlib.sha512).digest()
        tweak = int.from_bytes(digest[:32], "big")
        if self.secret is not None:
            return Key(secret=(self.secret + tweak) % N, chain=digest[32:])
        return Key(point=add(self.point, multiply(tweak)), chain=digest[32:])

    def derive(self, path):
        key = self
        for step in path.strip("/").split("/") if path.strip("/") not in ("", "m") else []:
            if step != "m":
                key = key.child(int(step.rstrip("h'")) + (2 ** 31 if step[-1] in "h'" else 0))
        return key

    def public(self):
        return packed(self.point)

    def fingerprint(self):
        return hash160(self.public())[:4].hex()


def bech32(hrp, version, program):
    def polymod(values):
        state = 1
        for value in values:
            top, state = state >> 25, (state & 0x1FFFFFF) << 5 ^ value
            for i, generator in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
                state ^= generator if top >> i & 1 else 0
        return state
    bits = "".join(f"{byte:08b}" for byte in program)
    groups = [version] + [int(bits[i:i + 5].ljust(5, "0"), 2) for i in range(0, len(bits), 5)]
    frame = [ord(c) >> 5 for c in hrp] + [0] + [ord(c) & 31 for c in hrp]
    check = polymod(frame + groups + [0] * 6) ^ (0x2BC830A3 if version else 1)
    return hrp + "1" + "".join(BECH32[group] for group in groups + [check >> 5 * (5 - i) & 31 for i in range(6)])


def taproot(key):
    tag = sha256(b"TapTweak")
    internal = key.public()[1:]
    output = add(lifted(b"\2" + internal), multiply(int.from_bytes(sha256(tag + tag + internal), "big")))
    return output[0].to_bytes(32, "big")


def address(descriptor, index, hrp):
    """Of a descriptor without private keys, as hwbak writes them."""
    script = descriptor.split("#")[0]
    mainnet = hrp == "bc"
    keys = [Key(text).derive(path.replace("*", str(index))) for text, path in re.findall(r"([xt]pub\w+)((?:/\d+)*/\*)", script)]

    def p2sh(redeem):
        return to_base58(bytes([5 if mainnet else 0xC4]) + hash160(redeem))
    if "multi(" in script:
        public = [key.public() for key in keys]
        if "sortedmulti(" in script:
            public.sort()
        quorum = int(re.search(r"multi\((\d+),", script)[1])
        inner = bytes([0x50 + quorum]) + b"".join(b"\x21" + key for key in public) + bytes([0x50 + len(public), 0xAE])
        if script.startswith("sh(wsh("):
            return p2sh(b"\0\x20" + sha256(inner))
        return bech32(hrp, 0, sha256(inner)) if script.startswith("wsh(") else p2sh(inner)
    public = keys[0].public()
    if script.startswith("pkh("):
        return to_base58(bytes([0 if mainnet else 0x6F]) + hash160(public))
    if script.startswith("sh(wpkh("):
        return p2sh(b"\0\x14" + hash160(public))
    return bech32(hrp, 1, taproot(keys[0])) if script.startswith("tr(") else bech32(hrp, 0, hash160(public))


def checksum(script):
    characters = "0123456789()[],'/*abcdefgh@:$%{}IJKLMNOPQRSTUVWXYZ&+-.;<=>?!^_|~ijklmnopqrstuvwxyzABCDEFGH`#\"\\ "
    places = [characters.index(c) for c in script]
    symbols = []
    for i in range(0, len(places), 3):
        group = places[i:i + 3]
        symbols += [place % 32 for place in group]
        code = 0
        for place in group:
            code = code * 3 + place // 32
        symbols.append(code)
    state = 1
    for symbol in symbols + [0] * 8:
        top, state = state >> 35, (state & 0x7FFFFFFFF) << 5 ^ symbol
        for i, generator in enumerate((0xF5DEE51989, 0xA9FDCA3312, 0x1BAB10E32D, 0x3706B1677A, 0x644D626FFD)):
            state ^= generator if top >> i & 1 else 0
    state ^= 1
    return "".join(BECH32[state >> 5 * (7 - i) & 31] for i in range(8))
