#!/usr/bin/python3
"""The control of check_rooms.py: a tree without fault passes, and each planted fault is found and named."""
import pathlib
import subprocess
import sys
import tempfile

GUARD = pathlib.Path(__file__).with_name("check_rooms.py")

CLEAN = {
    "include/hwbak/bytes.h": "// Bytes.\n#include <vector>\n",
    "include/hwbak/secret.h": '// Secrets.\n#include "hwbak/bytes.h"\n',
    "src/base/hex.h": '// Hex.\n#include "hwbak/secret.h"\n',
    "src/crypto/digest.cpp": '// Digests.\n#include <openssl/evp.h>\n#include "base/hex.h"\n#include "crypto/digest.h"\n',
    "src/container/registry.cpp": '// All.\n#include "container/sevenzip/open.h"\n#include "container/cdcbak/open.h"\n',
    "src/container/sevenzip/open.h": '// Opens.\n#include "crypto/digest.h"\n#include "container/sevenzip/survey.h"\n',
    "src/report/text.cpp": '// Text.\n#include "tasks/inspect.h"\n',
    "src/cli/main.cpp": '// Begins.\n#  include "report/text.h"\n#include <CLI/CLI.hpp>\n',
}

# Path, contents, and the words that the guard must find for it.
PLANTED = [
    ("src/base/up.cpp", '// x\n#include "crypto/digest.h"\n', "base stands below crypto"),
    ("src/base/spaced.cpp", '// x\n  #  include   "tasks/inspect.h"\n', "base stands below tasks"),
    ("src/container/cdcbak/a.cpp", '// x\n#include "container/sevenzip/open.h"\n', "siblings never"),
    ("src/device/coldcard/a.h", '// x\n#include "device/pico_hsm/b.h"\n', "siblings never"),
    ("src/term/a.cpp", '// x\n#include "report/text.h"\n', "siblings never"),
    ("src/wallet/a.cpp", "// x\n#include <openssl/evp.h>\n", "only crypto may include"),
    ("src/wallet/b.cpp", "// x\n#include <base/hex.h>\n", 'write "base/hex.h"'),
    ("src/wallet/c.cpp", '// x\n#include "bip39.h"\n', "not spelt from src/"),
    ("src/wallet/d.cpp", '// x\n#include "wallet/../cli/main.h"\n', "not spelt from src/"),
    ("src/wallet/e.cpp", "// x\n#include WORDS\n", "cannot tell what is included"),
    ("src/wallet/f.cpp", "int f;\n", "does not begin with a comment"),
    ("src/cellar/a.cpp", "// x\n", "cellar is not a room"),
    ("src/wallet/words.inc", "// x\n", "unknown kind"),
    ("include/hwbak/a.h", '// x\n#include "base/hex.h"\n', "public headers include only"),
    ("include/hwbak/b.h", "// x\n#include <openssl/evp.h>\n", "public headers include only"),
    ("include/other/c.h", "// x\n", "public headers lie in"),
]


def run(files):
    with tempfile.TemporaryDirectory() as folder:
        for name, contents in files.items():
            path = pathlib.Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(contents, encoding="utf-8")
        return subprocess.run([sys.executable, str(GUARD), folder], capture_output=True, text=True, check=False)


def main():
    failures = []
    clean = run(CLEAN)
    if clean.returncode != 0:
        failures.append(f"the clean tree did not pass:\n{clean.stdout}{clean.stderr}")
    if run({}).returncode == 0:
        failures.append("an empty tree passed")
    for name, contents, words in PLANTED:
        result = run({**CLEAN, name: contents})
        found = [line for line in result.stdout.splitlines() if line.startswith(name + ":") and words in line]
        if result.returncode != 1 or len(found) != 1 or not result.stdout.endswith(" files, 1 violations\n"):
            failures.append(f"{name}: expected exactly one violation with '{words}', got:\n{result.stdout}{result.stderr}")
    print("\n".join(failures) or f"{len(PLANTED)} planted faults found")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
