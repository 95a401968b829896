#!/usr/bin/python3
"""Checks that the documentation fits itself and the code.

In every *.md of the tree: relative links lead to files that are there, and anchors to headings. Every
outcome of include/hwbak/outcome.h is in docs/outcomes.md with its number. Every finding code and every fact used in
src/ is in docs/json.md, and every code listed there is used. Every section of docs/ that a source file names exists.
Every option in a command line of the documentation is one of src/cli/.
A control runs first: a small tree with one fault of each kind, all of which must be found.

usage: check_links.py [FOLDER]
"""
import re
import sys
import tempfile
from pathlib import Path

CODE = r'"([a-z][a-z0-9]*(?:-[a-z0-9]+)*)"'
FINDING_CODES = [re.compile(form + CODE) for form in (  # how src/ writes the code of a finding, flaw or remark
    r'\.code\s*=\s*',
    r'Severity::\w+\s*,\s*',
    r'(?<!fields\.)(?<!notes\.)\b(?:flaw|remark|finding)\w*\(\s*',  # those two take the place, not a code
    r'\b(?:flaws|remarks|findings)_?(?:\.|->)(?:push|emplace)_back\(\s*\w*\{?\s*',
)]
FACT = re.compile(r'\bput(?:_\w+)?\(\s*(?:\w+,\s*)?"(\w+)"')
SECTION = re.compile(r'(docs/[\w/-]+\.md),?((?:\s*(?:and|,)?\s*"[^"]+")+)')


def tree(root, pattern, *folders):
    """Files of the tree that match, without build folders and hidden ones."""
    for top in [root / f for f in folders] or [root]:
        for path in sorted(top.rglob(pattern)):
            parts = path.relative_to(root).parts
            if path.is_file() and not any(p.startswith((".", "build")) or p in ("dist", "vectors") for p in parts):
                yield path


def prose(path):
    """A Markdown file without its code blocks and comments."""
    text = re.sub(r'^(```|~~~).*?^\1\s*$', '', path.read_text(encoding="utf-8"), flags=re.M | re.S)
    return re.sub(r'<!--.*?-->', '', text, flags=re.S)


def headings(path):
    return re.findall(r'^#{1,6}[ \t]+(.*?)[ \t]*#*$', prose(path), flags=re.M)


def anchors(path):
    """Anchors of the headings, made as code hosts make them."""
    seen, out = {}, set()
    for heading in headings(path):
        plain = re.sub(r'\[([^\]]*)\]\([^)]*\)', r'\1', heading).replace("`", "").lower()
        slug = re.sub(r'[^\w\- ]', '', plain).replace(" ", "-")
        count = seen.get(slug, 0)
        seen[slug] = count + 1
        out.add(slug if count == 0 else f"{slug}-{count}")
    return out


def check_links(root):
    for page in tree(root, "*.md"):
        for target in re.findall(r'\]\(([^)\s]+)\)', re.sub(r'`[^`]*`', '', prose(page))):
            if re.match(r'[a-z]+:', target):
                continue
            name, _, anchor = target.partition("#")
            there = (page.parent / name).resolve() if name else page
            if not there.exists():
                yield f"{page.relative_to(root)}: no such file: {target}"
            elif anchor and there.suffix == ".md" and anchor not in anchors(there):
                yield f"{page.relative_to(root)}: no such heading: {target}"


def check_outcomes(root):
    page = (root / "docs/outcomes.md").read_text(encoding="utf-8")
    header = (root / "include/hwbak/outcome.h").read_text(encoding="utf-8")
    found = re.findall(r'^\s+(\w+) = (\d+),', header, flags=re.M)
    if not found:
        yield "include/hwbak/outcome.h: no outcomes found"
    for word, number in found:
        if not re.search(rf'^\| `{word.replace("_", "-")}` \| {number} \|', page, flags=re.M):
            yield f"docs/outcomes.md: outcome {word} ({number}) is missing"


def check_codes(root):
    page = (root / "docs/json.md").read_text(encoding="utf-8")
    table = page[page.find("\n## Finding codes"):]
    listed = set(re.findall(r'^\| `([a-z0-9-]+)` \|', table, flags=re.M))
    named = set(re.findall(r'`(\w+)`', page))
    everything = ""
    for source in (p for kind in ("*.h", "*.cpp") for p in tree(root, kind, "src")):
        text = source.read_text(encoding="utf-8")
        everything += text
        for code in sorted({c for pattern in FINDING_CODES for c in pattern.findall(text)} - listed):
            yield f"docs/json.md: finding code {code} of {source.relative_to(root)} is missing"
        if source.parent.name == "tasks":
            for fact in sorted(set(FACT.findall(text)) - named):
                yield f"docs/json.md: fact {fact} of {source.relative_to(root)} is missing"
    for code in sorted(c for c in listed if f'"{c}"' not in everything):
        yield f"docs/json.md: finding code {code} is not used anywhere in src/"


def check_sections(root):
    for folder in ("include", "src", "fuzz", "bench"):
        for source in (p for kind in ("*.h", "*.cpp") for p in tree(root, kind, folder)):
            text = re.sub(r'\n\s*//', '', source.read_text(encoding="utf-8"))  # comments in one line
            for page, titles in SECTION.findall(text):
                known = headings(root / page) if (root / page).exists() else []
                for title in re.findall(r'"([^"]+)"', titles):
                    if title not in known:
                        yield f'{source.relative_to(root)}: no section "{title}" in {page}'


def check_options(root):
    known = {o for source in tree(root, "*.cpp", "src/cli") for o in re.findall(r'"(--[a-z-]+)"', source.read_text(encoding="utf-8"))}
    for page in tree(root, "*.md"):
        for line in re.findall(r'\bhwbak [^`\n]*', page.read_text(encoding="utf-8")):
            for option in re.findall(r'(?<!\S)--[a-z-]+', line):
                if option not in known:
                    yield f"{page.relative_to(root)}: no such option: {option}"


def faults(root):
    checks = (check_links, check_outcomes, check_codes, check_sections, check_options)
    return [fault for check in checks for fault in check(root)]


def control():
    """A tree with one fault of each kind; what is not found is returned."""
    files = {
        "README.md": "# A\n\n[good](docs/json.md#finding-codes) [gone](docs/gone.md) [lost](docs/json.md#lost)\n"
                     "```\n[not](a/link)\n```\n    hwbak verify --json --magic FILE\n",
        "docs/json.md": "# J\n\n| `fact_one` | x |\n\n## Finding codes\n\n| `known-code` | x |\n| `stale-code` | x |\n",
        "docs/outcomes.md": "| `ok` | 0 | x |\n| `wrong-secret` | 4 | x |\n",
        "include/hwbak/outcome.h": "  ok = 0,  // x\n  wrong_secret = 3,  // x\n",
        "src/cli/b.cpp": 'Option{"--json"}',
        "src/tasks/a.cpp": '// (docs/json.md, "Finding\n// codes" and "Nowhere"), docs/json.md "Never"\n'
                           'add(Severity::note, "known-code");\nf.code = "code-one";\nadd(a ? Severity::note : Severity::high,\n'
                           '"code-two");\nlist.push_back({Severity::high, "code-three"});\nremark("code-four", "it is");\n'
                           'flaws.push_back({"codefive", place});\nfacts.put("fact_one", 1).put("fact_two", 2);\n',
    }
    expected = ["docs/gone.md", "#lost", "wrong_secret", "code-one", "code-two", "code-three", "code-four", "codefive",
                "stale-code", "fact_two", "--magic", '"Nowhere"', '"Never"']
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        found = faults(Path(folder).resolve())
    missed = [e for e in expected if sum(e in f for f in found) != 1]
    return missed or ([] if len(found) == len(expected) else ["false alarms among these:", *found])


def main():
    missed = control()
    if missed:
        print("check_links: the control failed:", *missed, sep="\n  ")
        return 1
    root = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parents[2]).resolve()
    found = faults(root)
    for fault in found:
        print(fault)
    print(f"check_links: {len(list(tree(root, '*.md')))} pages, {len(found)} faults")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
