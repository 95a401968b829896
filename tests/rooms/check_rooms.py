#!/usr/bin/python3
"""Guards the rooms of src/: who may include whom (docs/architecture.md).

Usage: check_rooms.py TREE
Prints one line per violation and ends with 1 when there is any.
"""
import pathlib
import re
import sys

# From the ground up. A room includes only rooms above it in this list; rooms on one line are siblings and
# never include each other.
FLOORS = [
    ["base"], ["secret"], ["io"], ["crypto"], ["container"], ["wallet"], ["otp"], ["device"], ["audit"],
    ["foreign"], ["recover"], ["link"], ["practice"], ["tasks"], ["harden"], ["term", "report"], ["cli"],
]
FLOOR_OF = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}

# Rooms made of folders that never include each other; files directly in the room serve or join them.
HALLS = ["container", "device", "link", "practice"]

# Libraries that only some rooms may know.
ONLY_IN = {"openssl": ["crypto"]}

PUBLIC = "hwbak"
SUFFIXES = {".h", ".cpp"}
INCLUDE = re.compile(r"^[ \t]*#[ \t]*include\b[ \t]*(.*)$", re.MULTILINE)
NAMED = re.compile(r"""(?:"([^"]+)"|<([^>]+)>)""")


def sibling_of(parts):
    """The folder inside a hall that a path of src/ lies in, or None."""
    return parts[1] if parts[0] in HALLS and len(parts) > 2 else None


def judge_public(quoted, name):
    if quoted and not name.startswith(PUBLIC + "/"):
        return f'public headers include only the standard library and "{PUBLIC}/...", not "{name}"'
    if not quoted and ("/" in name or "." in name):
        return f"public headers include only the standard library, not <{name}>"
    return None


def judge_room(parts, quoted, name):
    room, target = parts[0], name.split("/")
    if not quoted:
        if target[0] in FLOOR_OF or target[0] == PUBLIC:
            return f'write "{name}", not <{name}>'
        if room not in ONLY_IN.get(target[0], [room]):
            return f"only {', '.join(ONLY_IN[target[0]])} may include <{target[0]}/...>"
        return None
    if target[0] == PUBLIC:
        return None
    if target[0] not in FLOOR_OF or len(target) < 2 or ".." in target:
        return f'"{name}" is not spelt from src/ or include/'
    if target[0] == room:
        mine, theirs = sibling_of(parts), sibling_of(target)
        if mine and theirs and mine != theirs:
            return f"siblings never include each other: {room}/{mine} includes {name}"
        return None
    if FLOOR_OF[target[0]] == FLOOR_OF[room]:
        return f"siblings never include each other: {room} includes {name}"
    if FLOOR_OF[target[0]] > FLOOR_OF[room]:
        return f"{room} stands below {target[0]} and cannot include {name}"
    return None


def check_file(path, judge):
    text = path.read_text(encoding="utf-8")
    if not text.startswith("//"):
        yield 1, "does not begin with a comment that says what the file is for"
    for match in INCLUDE.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        named = NAMED.match(match[1])
        if not named:
            yield line, f"cannot tell what is included by: {match[0].strip()}"
            continue
        complaint = judge(named[1] is not None, named[1] or named[2])
        if complaint:
            yield line, complaint


def check_tree(tree):
    """All violations of a tree as "path:line: what is wrong", and how many files were read."""
    violations, files = [], 0
    for folder in ["include", "src"]:
        for path in sorted((tree / folder).rglob("*")):
            if not path.is_file() or path.name == "CMakeLists.txt":
                continue
            parts = path.relative_to(tree / folder).parts
            shown = path.relative_to(tree)
            files += 1
            if path.suffix not in SUFFIXES:
                violations.append(f"{shown}:1: a file of an unknown kind")
            elif folder == "include" and parts[0] != PUBLIC:
                violations.append(f"{shown}:1: public headers lie in include/{PUBLIC}")
            elif folder == "src" and (parts[0] not in FLOOR_OF or len(parts) < 2):
                violations.append(f"{shown}:1: {parts[0]} is not a room")
            else:
                judge = judge_public if folder == "include" else lambda *a, parts=parts: judge_room(parts, *a)
                violations += [f"{shown}:{line}: {what}" for line, what in check_file(path, judge)]
    return violations, files


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: check_rooms.py TREE")
    violations, files = check_tree(pathlib.Path(sys.argv[1]))
    for violation in violations:
        print(violation)
    print(f"{files} files, {len(violations)} violations")
    sys.exit(1 if violations or files == 0 else 0)


if __name__ == "__main__":
    main()
