"""Reads unified diffs into files, hunks and lines of code tokens.

The twin of src/reward/model/read-diff.ts and code-lines.ts: both give the same tokens for the same text, which
fixtures/model/vectors.json proves. Only ASCII makes tokens; a line ends at a line feed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

HUNK = re.compile(r"^@@ -([0-9]+)(?:,([0-9]+))? \+([0-9]+)(?:,([0-9]+))? @@")
GIT = re.compile(r'^diff --git "?a/(.*?)"? "?b/(.*?)"?$')
OLD = re.compile(r"^--- (?:a/)?([^\t]*)")
NEW = re.compile(r"^\+\+\+ (?:b/)?([^\t]*)")
TEST_PATH = re.compile(
    r"(?:^|/)(?:tests?|testing|__tests__|spec|specs|e2e)/|(?:^|/)(?:test_[^/]*|[^/]*_test|conftest|tests?)\.pyi?$"
    r"|\.(?:test|spec|test-d|e2e)\.[cm]?[jt]sx?$|_test\.go$|(?:^|/)(?:[^/]*Tests?|Test[^/]*|[^/]*IT)\.(?:java|kt)$|\.snap$"
)
SCRATCH = re.compile(r"(?:^|/)[^/]*(?:reproduc|repro_|repro\.|debug|scratch|verify|demo|temp_|tmp|solution|patch|fix_|check_|example_|new_file|script)[^/]*$", re.I | re.A)
HASH_LANGUAGES = frozenset("py pyi pyx rb sh bash".split())
SLASH_LANGUAGES = frozenset(
    "ts tsx mts cts js jsx mjs cjs go java kt kts scala c h cc cpp hpp cs swift php vue svelte rs".split()
)
TOKEN = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*|[0-9][A-Za-z0-9_.]*|[=!<>]=+|[-+*/%&|^]=|&&|\|\||=>|->|\*\*|//|<<|>>|\?\?|\?\.|[!-/:-@\[-^`{-~\x01]")


@dataclass
class Line:
    """One line of a hunk: `tag` is a blank, `-` or `+`; `tokens` are its code without comments, strings as one token."""

    tag: str
    tokens: list[str]
    indent: int


@dataclass
class Hunk:
    start: int
    """The first line of the old side, 1-based."""
    raw: list[tuple[str, str]] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)


@dataclass
class FilePatch:
    path: str
    is_new: bool = False
    is_deleted: bool = False
    hunks: list[Hunk] = field(default_factory=list)
    role: str = "source"


def read_diff(patch: str) -> list[FilePatch]:
    """Returns the files of a unified diff, with what is not part of one left out."""
    files: list[FilePatch] = []
    left = [0, 0]
    for line in patch.split("\n"):
        if line.endswith("\r"):
            line = line[:-1]
        if files and files[-1].hunks and (left[0] > 0 or left[1] > 0) and (line == "" or line[0] in "-+ \\"):
            _hunk_line(files[-1].hunks[-1], line, left)
            continue
        hunk = HUNK.match(line)
        if hunk and files:
            left = [1 if count is None else int(count) for count in (hunk[2], hunk[4])]
            files[-1].hunks.append(Hunk(int(hunk[1])))
            continue
        left = [0, 0]
        _header(files, line)
    for file in files:
        file.role = _role(file)
        for hunk in file.hunks:
            hunk.lines = _tokenize(file.path, hunk.raw)
    return files


def _hunk_line(hunk: Hunk, line: str, left: list[int]) -> None:
    tag = line[:1] or " "
    if tag == "\\":
        return
    hunk.raw.append((tag, line[1:]))
    if tag != "+":
        left[0] -= 1
    if tag != "-":
        left[1] -= 1


def _header(files: list[FilePatch], line: str) -> None:
    git = GIT.match(line)
    if git:
        files.append(FilePatch(git[2]))
        return
    old = OLD.match(line)
    if old:
        # A plain diff has no line of Git's before its `---`.
        if not files or files[-1].hunks:
            files.append(FilePatch(old[1]))
        if old[1] == "/dev/null":
            files[-1].is_new = True
        return
    if not files:
        return
    new = NEW.match(line)
    if new:
        if new[1] == "/dev/null":
            files[-1].is_deleted = True
        else:
            files[-1].path = new[1]
    elif line.startswith("new file mode"):
        files[-1].is_new = True
    elif line.startswith("deleted file mode"):
        files[-1].is_deleted = True


def extension(path: str) -> str:
    name = path[path.rfind("/") + 1 :]
    return name[name.rfind(".") + 1 :].lower() if "." in name else ""


def _role(file: FilePatch) -> str:
    """`test` and `other` are invisible to the model; `scratch` is a new code file that looks left behind."""
    kind = extension(file.path)
    is_code = kind in HASH_LANGUAGES or kind in SLASH_LANGUAGES
    if file.is_new and is_code and ("/" not in file.path or SCRATCH.search(file.path)):
        return "scratch"
    if TEST_PATH.search(file.path):
        return "test"
    return "source" if is_code else "other"


def _tokenize(path: str, raw: list[tuple[str, str]]) -> list[Line]:
    """Tokens of every line: the old side's scan serves removed lines, the new side's context and added ones."""
    is_hash = extension(path) in HASH_LANGUAGES
    blank = _blank_hash if is_hash else _blank_slash
    opens = _opens_inside([text for tag, text in raw if tag != "+"], is_hash)
    old = blank([text for tag, text in raw if tag != "+"], opens)
    new = blank([text for tag, text in raw if tag != "-"], opens)
    lines: list[Line] = []
    o = n = 0
    for tag, text in raw:
        if tag == "-":
            clean = old[o]
        else:
            clean = new[n]
        if tag != "+":
            o += 1
        if tag != "-":
            n += 1
        tokens = TOKEN.findall(clean)
        if _says_nothing(tokens):
            tokens = []
        lines.append(Line(tag, tokens, len(text) - len(text.lstrip(" \t"))))
    return lines


STRING = "\x01"


def _says_nothing(tokens: list[str]) -> bool:
    """A line of nothing but strings, `pass`, `...` or semicolons does nothing."""
    return all(token in (STRING, "pass", ".", ";") for token in tokens)


def _opens_inside(old: list[str], is_hash: bool) -> str | None:
    """The mark that a hunk starts inside of, judged by its old side alone, so that what is added cannot change it."""
    if is_hash:
        for mark in ('"""', "'''"):
            holders = [line for line in old if mark in line]
            if sum(line.count(mark) for line in holders) % 2 == 1:
                first = holders[0].strip(" \t")
                if first == mark or (first.endswith(mark) and not first.startswith(mark)):
                    return mark
        return None
    for line in old:
        close = line.find("*/")
        if close >= 0:
            before = line.find("/*")
            return "*/" if before < 0 or before > close else None
        if "/*" in line:
            return None
    return None


def _blank_hash(lines: list[str], inside: str | None) -> list[str]:
    out: list[str] = []
    for line in lines:
        kept: list[str] = []
        i = 0
        while i < len(line):
            if inside is not None:
                end = line.find(inside, i)
                if end < 0:
                    i = len(line)
                    break
                i = end + 3
                inside = None
                kept.append(STRING)
                continue
            char = line[i]
            if char == "#":
                break
            if line.startswith('"""', i) or line.startswith("'''", i):
                inside = line[i : i + 3]
                i += 3
                continue
            if char in "\"'":
                i = _end_of_string(line, i, char)
                kept.append(STRING)
                continue
            kept.append(char)
            i += 1
        out.append("".join(kept))
    return out


def _blank_slash(lines: list[str], inside: str | None) -> list[str]:
    out: list[str] = []
    for line in lines:
        kept: list[str] = []
        i = 0
        while i < len(line):
            if inside is not None:
                end = line.find(inside, i)
                if end < 0:
                    break
                i = end + len(inside)
                if inside == "`":
                    kept.append(STRING)
                inside = None
                continue
            if line.startswith("//", i):
                break
            if line.startswith("/*", i):
                inside = "*/"
                i += 2
                continue
            char = line[i]
            if char == "`":
                inside = "`"
                i += 1
                continue
            if char in "\"'":
                i = _end_of_string(line, i, char)
                kept.append(STRING)
                continue
            kept.append(char)
            i += 1
        out.append("".join(kept))
    return out


def _end_of_string(line: str, start: int, quote: str) -> int:
    i = start + 1
    while i < len(line):
        if line[i] == "\\":
            i += 2
            continue
        if line[i] == quote:
            return i + 1
        i += 1
    return len(line)
