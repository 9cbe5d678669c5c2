"""The numbers that the model reads of one patch.

The twin of src/reward/model/patch-features.ts: the same names in the same order, and the same values to the last bit, because
both count, divide and take minima only. `fixtures/model/vectors.json` proves it.
"""

from __future__ import annotations

import re

from diff_reader import STRING, FilePatch, Line, extension, read_diff
from live_code import live_lines, token_counts

WORD = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")
SUBWORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
COMMON = frozenset(
    """if elif else switch case for while do try except catch finally raise throw throws return yield def function fn func lambda
    class interface struct enum import from require include None null undefined NULL nil True False true false isinstance issubclass
    typeof instanceof type hasattr getattr callable not and or print console log warn warnings logger self this cls super assert is
    in del pop append remove update copy setdefault continue break pass async await the a an to of it that with on be as are when you
    i we can have has was will by at but use using should would which s t""".split()
)
GUARDS = frozenset("try except catch finally".split())
RAISES = frozenset("raise throw throws".split())
WAITS = frozenset("async await".split())
HEADS = ("def", "class", "function")
LINE_OF_TRACE = re.compile(r'File "([^"\n]+)", line ([0-9]+), in ([A-Za-z0-9_<>]+)')
CALLED = re.compile(r"([A-Za-z_$][A-Za-z0-9_$]*)\(")
MEMBER = re.compile(r"\.([A-Za-z_$][A-Za-z0-9_$]*)")
QUOTED = re.compile(r"`([^`\n]+)`")


class Issue:
    """What is read of a problem statement; an absent one has no words."""

    def __init__(self, text: str) -> None:
        self.text = text
        found = WORD.findall(text)
        self.words = set(found)
        self.lower = {word.lower() for word in found}
        self.parts = {part for word in self.words for part in subwords(word)}
        self.count = len(found)
        code = {word for word in self.words if "_" in word.strip("_") or word[0] == "_" or re.search(r"[a-z][A-Z]", word)}
        code.update(CALLED.findall(text), MEMBER.findall(text))
        for quoted in QUOTED.findall(text):
            code.update(WORD.findall(quoted))
        self.code = {word for word in code if len(word) > 2 and word not in COMMON}
        self.trace = [(path, int(line), name) for path, line, name in LINE_OF_TRACE.findall(text)]


def subwords(word: str) -> list[str]:
    return [part.lower() for part in SUBWORD.findall(word) if len(part) > 2]


class LiveHunk:
    """A hunk that changes code, with what does nothing taken out."""

    def __init__(self, file: FilePatch, start: int, lines: list[Line], written: list[Line]) -> None:
        self.file = file
        self.start = start
        self.written = written
        self.lines = [line for line in lines if line.tokens]


class Patch:
    """A patch as the model sees it: `hunks` of source files that change code, in a fixed order.

    One that changes no live code of a file that was there has p = 0, unless a string changes; it abstains when it changes anything else.
    """

    @property
    def is_seen(self) -> bool:
        return any(not hunk.file.is_new for hunk in self.hunks)

    def __init__(self, text: str) -> None:
        self.files = read_diff(text)
        counts = token_counts(self.files)
        self.hunks: list[LiveHunk] = []
        self.adding_tests: set[str] = set()
        self.scratch: set[str] = set()
        self.other: set[str] = set()
        for file in self.files:
            lines = live_lines(file, counts)
            if file.role == "source":
                for hunk, kept in zip(file.hunks, lines):
                    if any(line.tag != " " and line.tokens for line in kept):
                        self.hunks.append(LiveHunk(file, hunk.start, kept, hunk.lines))
            elif file.role == "test":
                added = sum(len(line.tokens) for kept in lines for line in kept if line.tag == "+")
                removed = sum(len(line.tokens) for kept in lines for line in kept if line.tag == "-")
                if added - removed >= 8:
                    self.adding_tests.add(file.path)
            elif file.role == "scratch":
                self.scratch.add(file.path)
            else:
                self.other.add(file.path)
        self.changes_code = any(rewrites(hunk.lines) for file in self.files for hunk in file.hunks)
        self.changes_strings = any(all(any(line.tag == side and STRING in line.tokens for line in hunk.lines) for side in "-+") for file in self.files for hunk in file.hunks)
        self.hunks.sort(key=lambda hunk: (hunk.file.path, hunk.start))


def rewrites(lines: list[Line]) -> bool:
    """What a string says is not kept, so that one in a changed line may be another."""
    sides = {tag: [token for line in lines if line.tag == tag for token in line.tokens] for tag in "-+"}
    return sides["-"] != sides["+"] or STRING in sides["-"] + sides["+"]


FEATURES = [
    "tests", "scratch", "other", "files", "dirs", "new", "hunks", "runs", "inserts", "deletes", "replaces", "longest",
    "added", "removed", "net_added", "net_removed", "few_added", "few_runs", "few_inserts", "few_longest",
    "new_names", "unbalanced", "guards", "raises", "waits", "first_line",
    "context_in_issue", "path_in_issue", "file_in_issue", "stem_in_issue", "head_in_issue", "issue_covered",
    "new_names_in_issue", "trace_file", "trace_name",
    "is_python", "is_java", "has_issue",
]  # fmt: skip


def patch_features(patch: Patch, issue: Issue) -> list[float]:
    """Returns one number per name of FEATURES."""
    hunks = patch.hunks
    # A file that is put beside what is there, a vendored one say, may only count against a patch.
    there = [hunk for hunk in hunks if not hunk.file.is_new]
    added = [token for hunk in hunks for line in hunk.lines if line.tag == "+" for token in line.tokens]
    removed = [token for hunk in hunks for line in hunk.lines if line.tag == "-" for token in line.tokens]
    edited = [token for hunk in there for line in hunk.lines if line.tag == "+" for token in line.tokens]
    old_names = names_of([token for hunk in there for line in hunk.lines if line.tag != "+" for token in line.tokens])
    kept = shared_count(added, removed)
    runs = runs_of(hunks)
    inserts = sum(1 for gone, came in runs if gone == 0)
    longest = max((gone + came for gone, came in runs), default=0)
    runs_there = runs_of(there)
    all_paths = {hunk.file.path for hunk in hunks}
    paths = sorted({hunk.file.path for hunk in there})
    new_names = names_of(added) - names_of([token for hunk in hunks for line in hunk.lines if line.tag != "+" for token in line.tokens])
    kinds = {extension(path) for path in paths}
    values = {
        "tests": min(3, len(patch.adding_tests)),
        "scratch": min(5, len(patch.scratch)),
        "other": min(5, len(patch.other)),
        "files": len(all_paths),
        "dirs": len({path[: path.rfind("/") + 1] for path in all_paths}),
        "new": len({hunk.file.path for hunk in hunks if hunk.file.is_new}),
        "hunks": len(hunks),
        "runs": len(runs),
        "inserts": inserts,
        "deletes": min(3, sum(1 for gone, came in runs if came == 0)),
        "replaces": sum(1 for gone, came in runs if gone > 0 and came > 0),
        "longest": longest,
        "added": len(added),
        "removed": len(removed),
        "net_added": len(added) - kept,
        "net_removed": len(removed) - kept,
        "few_added": min(60, len(edited)),
        "few_runs": min(4, len(runs_there)),
        "few_inserts": min(2, sum(1 for gone, came in runs_there if gone == 0)),
        "few_longest": min(60, max((gone + came for gone, came in runs_there), default=0)),
        "new_names": len(new_names),
        "unbalanced": unbalance(added, removed),
        "guards": sum(1 for token in added if token in GUARDS),
        "raises": sum(1 for token in added if token in RAISES),
        "waits": sum(1 for token in added if token in WAITS),
        "first_line": min((hunk.start for hunk in there), default=0),
        "context_in_issue": share_of_parts(old_names, issue),
        "path_in_issue": max((share_of_parts(WORD.findall(path), issue) for path in paths), default=0),
        "file_in_issue": sum(1 for path in paths if path[path.rfind("/") + 1 :] in issue.text) / max(1, len(paths)),
        "stem_in_issue": max((1 if stem(path).lower() in issue.lower else 0 for path in paths), default=0),
        "head_in_issue": 1 if heads_of(there) & issue.words else 0,
        "issue_covered": covered(old_names, issue),
        "new_names_in_issue": min(3, len((names_of(edited) - old_names) & issue.code)),
        "trace_file": 1 if any(ends_with(path, own) for path, _, _ in issue.trace for own in paths) else 0,
        "trace_name": 1 if any(name in old_names for _, _, name in issue.trace) else 0,
        "is_python": 1 if kinds & {"py", "pyx", "pyi"} else 0,
        "is_java": 1 if "java" in kinds else 0,
        "has_issue": 1 if issue.count > 0 else 0,
    }
    assert list(values) == FEATURES
    return [float(values[name]) for name in FEATURES]


def names_of(tokens: list[str]) -> set[str]:
    return {token for token in tokens if WORD.fullmatch(token) and token not in COMMON}


def shared_count(left: list[str], right: list[str]) -> int:
    counts: dict[str, int] = {}
    for token in left:
        counts[token] = counts.get(token, 0) + 1
    shared = 0
    for token in right:
        if counts.get(token, 0) > 0:
            counts[token] -= 1
            shared += 1
    return shared


def runs_of(hunks: list[LiveHunk]) -> list[tuple[int, int]]:
    """Removed and added tokens of every run of changed lines; lines without code do not part a run."""
    runs: list[tuple[int, int]] = []
    for hunk in hunks:
        gone = came = 0
        for line in hunk.lines:
            if line.tag == " ":
                if gone + came > 0:
                    runs.append((gone, came))
                gone = came = 0
            elif line.tag == "-":
                gone += len(line.tokens)
            else:
                came += len(line.tokens)
        if gone + came > 0:
            runs.append((gone, came))
    return runs


def unbalance(added: list[str], removed: list[str]) -> int:
    total = 0
    for opening, closing in ("()", "[]", "{}"):
        total += abs(added.count(opening) - removed.count(opening) - added.count(closing) + removed.count(closing))
    return min(6, total)


def share_of_parts(names, issue: Issue) -> float:
    parts = {part for name in names for part in subwords(name)}
    return len(parts & issue.parts) / max(1, len(parts))


def covered(names, issue: Issue) -> float:
    parts = {part for name in names for part in subwords(name)}
    return len(parts & issue.parts) / max(1, len(issue.parts))


def heads_of(hunks: list[LiveHunk]) -> set[str]:
    """Names of the functions and classes that context or removed lines open."""
    heads: set[str] = set()
    for hunk in hunks:
        for line in hunk.lines:
            if line.tag != "+":
                for head in HEADS:
                    if head in line.tokens:
                        at = line.tokens.index(head) + 1
                        if at < len(line.tokens):
                            heads.add(line.tokens[at])
    return heads


def stem(path: str) -> str:
    name = path[path.rfind("/") + 1 :]
    return name[: name.rfind(".")] if "." in name else name


def ends_with(path: str, own: str) -> bool:
    return path == own or path.endswith("/" + own) or own.endswith("/" + path)
