"""Reads fix commits out of local clones, and spoils them: pairs of which the first is right, with no label needed."""

from __future__ import annotations

import random
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from diff_reader import HASH_LANGUAGES, SLASH_LANGUAGES, STRING
from features import COMMON, WORD, Patch

SAYS_FIX = r"(fix|bug|crash|regression|incorrect|wrong|broken)"
TOKENS_MAX = 600
"""Larger commits are no single fix."""

View = list[tuple[str, list[tuple[str, list[str]]]]]
"""What an encoder reads of a patch: per hunk its path and its lines, each with its sign and its tokens."""


@dataclass
class Fix:
    repo: str
    message: str
    view: View


def view_of(patch: Patch) -> View:
    return [(hunk.file.path, [(line.tag, line.tokens) for line in hunk.lines]) for hunk in patch.hunks]


def text_of(problem: str, view: View, problem_max: int) -> str:
    """The text that `patchText` of src/reward/model/text-scorer.ts makes; lengths count UTF-16 code units there."""
    start = problem.encode("utf-16-le")[: 2 * problem_max].decode("utf-16-le", "replace")
    return "\n\n".join([start, *("\n".join([path, *(tag + " ".join(tokens).replace(STRING, '""') for tag, tokens in lines)]) for path, lines in view)])


def name_of(clone: Path) -> str:
    """`owner/name` by where it was cloned from, else the name of its folder."""
    url = subprocess.run(["git", "-C", clone, "config", "remote.origin.url"], capture_output=True, text=True).stdout.strip()
    found = re.search(r"([^/:+]+)[/:+]([^/+]+?)(?:\.git|/repo)?/?$", url or str(clone.resolve()))
    return f"{found[1]}/{found[2]}".lower() if found else str(clone.name).lower()


def read_fixes(clone: Path, most: int) -> list[Fix]:
    """The newest commits that say that they fix something, without their tests, prose and comments."""
    globs = [f"*.{kind}" for kind in sorted(HASH_LANGUAGES | SLASH_LANGUAGES)]
    command = ["git", "-C", str(clone), "log", "--all", "--no-merges", "-E", "-i", f"--grep={SAYS_FIX}", "-n", str(most), "--format=%x1e%B%x1f", "-p", "-U3", "--no-color", "--no-ext-diff", "--no-renames", "--", *globs]
    text = subprocess.run(command, capture_output=True, check=True).stdout.decode("utf8", "replace")
    fixes = []
    for commit in text.split("\x1e")[1:]:
        message, _, diff = commit.partition("\x1f")
        view = view_of(Patch(diff)) if len(diff) < 200_000 else []
        if 0 < sum(len(tokens) for _, lines in view for tag, tokens in lines if tag != " ") <= TOKENS_MAX:
            fixes.append(Fix(name_of(clone), message.strip(), view))
    return fixes


SWAPS = {"==": "!=", "!=": "==", "===": "!==", "!==": "===", "<": "<=", "<=": "<", ">": ">=", ">=": ">", "+": "-", "-": "+", "*": "+", "and": "or", "or": "and", "&&": "||", "||": "&&", "True": "False", "False": "True", "true": "false", "false": "true", "any": "all", "all": "any", "min": "max", "max": "min"}  # fmt: skip


def spoiled(fix: Fix, others: list[Fix], random_: random.Random) -> tuple[str, View] | None:
    """Returns message and view of the same fix made wrong: undone, with one small mistake, with a part missing, in another place, or for another problem."""
    kind = random_.choice(["reverse", "reverse", "token", "token", "token", "part", "place", "message"])
    if kind == "reverse":
        return fix.message, [(path, [({"+": "-", "-": "+"}.get(tag, tag), tokens) for tag, tokens in lines]) for path, lines in fix.view]
    other = random_.choice(others)
    if kind == "message":
        return (other.message, fix.view) if other.message != fix.message else None
    if kind == "place":
        return moved(fix, other, random_)
    view = without_part(fix.view, random_) if kind == "part" else with_mistake(fix.view, random_)
    return None if view is None else (fix.message, view)


def moved(fix: Fix, other: Fix, random_: random.Random) -> tuple[str, View] | None:
    """The changed lines of a hunk between the lines that stand beside another fix."""
    path, lines = random_.choice(other.view)
    at = random_.randrange(len(fix.view))
    beside = [line for line in lines if line[0] == " "]
    changed = [line for line in fix.view[at][1] if line[0] != " "]
    if not beside:
        return None
    cut = random_.randint(0, len(beside))
    return fix.message, [*fix.view[:at], (path, [*beside[:cut], *changed, *beside[cut:]]), *fix.view[at + 1 :]]


def without_part(view: View, random_: random.Random) -> View | None:
    if len(view) > 1:
        gone = random_.randrange(len(view))
        return [hunk for at, hunk in enumerate(view) if at != gone]
    path, lines = view[0]
    changed = [at for at, (tag, _) in enumerate(lines) if tag == "+"]
    if len(changed) < 2:
        return None
    gone = random_.choice(changed)
    return [(path, [line for at, line in enumerate(lines) if at != gone])]


def with_mistake(view: View, random_: random.Random) -> View | None:
    """One added line with another operator, name, number, order of arguments, or without its `not`, `return` or `await`."""
    places = [(h, at) for h, (_, lines) in enumerate(view) for at, (tag, tokens) in enumerate(lines) if tag == "+" and tokens]
    names = sorted({token for _, lines in view for _, tokens in lines for token in tokens if WORD.fullmatch(token) and token not in COMMON})
    random_.shuffle(places)
    for h, at in places:
        tokens = view[h][1][at][1]
        edits = list(mistakes(tokens, names, random_))
        if edits:
            lines = list(view[h][1])
            lines[at] = ("+", random_.choice(edits))
            return [*view[:h], (view[h][0], lines), *view[h + 1 :]]
    return None


def mistakes(tokens: list[str], names: list[str], random_: random.Random):
    for at, token in enumerate(tokens):
        before, after = tokens[:at], tokens[at + 1 :]
        if token in SWAPS:
            yield [*before, SWAPS[token], *after]
        if token in ("not", "return", "await", "!") and after:
            yield [*before, *after]
        if token in ("if", "elif", "while", "assert") and after and after[0] != "not":
            yield [*before, token, "not" if after[0] != "(" else "!", *after]
        if token.isdigit():
            yield [*before, str(int(token) + random_.choice((-1, 1))), *after]
        if WORD.fullmatch(token) and token not in COMMON and len(names) > 1:
            yield [*before, random_.choice([name for name in names if name != token]), *after]
        if token == "," and before and after and WORD.fullmatch(before[-1]) and WORD.fullmatch(after[0]) and before[-1] != after[0]:
            yield [*before[:-1], after[0], ",", before[-1], *after[1:]]
