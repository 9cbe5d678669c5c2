"""Takes out of a hunk what does nothing, so that padding a patch cannot move its score.

The twin of src/reward/model/live-code.ts.
"""

from __future__ import annotations

from diff_reader import HASH_LANGUAGES, STRING, FilePatch, Line, extension

NEVER = (["if", "False", ":"], ["if", "0", ":"], ["while", "False", ":"], ["while", "0", ":"])
NEVER_BRACED = ("if(false)", "if(0)", "while(false)", "while(0)")
LEAVES = ("return", "raise", "throw", "break", "continue")
DECLARES = ("const", "let", "var", "int", "final", "auto")
DEFINES = ("def", "function", "class", "func", "fn")
PURE = frozenset("str int float bool len list dict tuple set repr abs id type String Number Boolean Object Array Symbol".split())
FRAME = frozenset("{ } ( ) [ ] ; , : try catch finally else do".split())


def token_counts(files: list[FilePatch]) -> dict[str, int]:
    """How often a token occurs in the code of a whole patch."""
    counts: dict[str, int] = {}
    for file in files:
        for hunk in file.hunks:
            for line in hunk.lines:
                for token in line.tokens:
                    counts[token] = counts.get(token, 0) + 1
    return counts


def live_lines(file: FilePatch, counts: dict[str, int]) -> list[list[Line]]:
    """Returns the lines of every hunk with the tokens of dead added lines, and of edits that change no token, emptied."""
    is_hash = extension(file.path) in HASH_LANGUAGES
    return [_without_moot_runs(_without_frames(_without_dead(hunk.lines, counts, is_hash), is_hash)) for hunk in file.hunks]


def _without_dead(lines: list[Line], counts: dict[str, int], is_hash: bool) -> list[Line]:
    out: list[Line] = []
    block: int | None = None
    """The indentation of a dead block's head; its added lines that lie deeper are dead, too."""
    depth = 0
    """Braces that a dead block has open, for languages that have them."""
    left: int | None = None
    """The indentation of an added line that leaves its block: added lines behind it at that depth are never reached."""
    for line in lines:
        if line.tag != "+":
            if line.tag == " " and line.tokens:
                block, depth, left = None, 0, None
            out.append(line)
            continue
        tokens = line.tokens
        if not tokens:
            out.append(line)
            continue
        if depth > 0:
            depth += tokens.count("{") - tokens.count("}")
            out.append(Line(line.tag, [], line.indent))
            continue
        if block is not None:
            if line.indent > block:
                out.append(Line(line.tag, [], line.indent))
                continue
            block = None
        if left is not None:
            if line.indent >= left and tokens[0] not in ("}", "case", "default", "else", "elif", "except", "finally"):
                out.append(Line(line.tag, [], line.indent))
                continue
            left = None
        opens = _opens_dead_block(tokens, counts)
        if opens and is_hash:
            block = line.indent
        elif opens:
            depth = max(0, tokens.count("{") - tokens.count("}"))
        if opens or _is_moot(tokens, counts):
            out.append(Line(line.tag, [], line.indent))
            continue
        if tokens[0] in LEAVES and _is_balanced(tokens) and tokens[-1] not in (",", "\\", "+", "and", "or", "&&", "||", "="):
            left = line.indent
        out.append(line)
    return out


def _opens_dead_block(tokens: list[str], counts: dict[str, int]) -> bool:
    if any(tokens[: len(never)] == never for never in NEVER):
        return True
    if "".join(tokens[:4]).startswith(NEVER_BRACED):
        return True
    start = 1 if tokens[0] == "async" else 0
    if len(tokens) <= start + 1 or tokens[start] not in DEFINES or not _is_unused(tokens[start + 1], counts):
        return False
    # A public method or class may be called from anywhere; a function that this patch adds is used by this patch.
    return tokens[start + 1].startswith("_") or (tokens[start] != "class" and "self" not in tokens and "cls" not in tokens)


def _is_moot(tokens: list[str], counts: dict[str, int]) -> bool:
    """An assignment of a thing to itself, of a pure value to a name that nothing reads, an import that nothing uses, or a bare value."""
    body = tokens[:-1] if tokens[-1] == ";" else tokens
    if len(body) >= 3 and len(body) % 2 == 1:
        middle = len(body) // 2
        if body[middle] == "=" and body[:middle] == body[middle + 1 :]:
            return True
    if len(body) == 1:
        return body[0] == STRING or body[0][0].isdigit() or body[0] in ("None", "True", "False", "null", "undefined", "true", "false")
    if body[0] == "import" or (body[0] == "from" and "import" in body):
        return _is_unused_import(body, counts)
    if len(body) >= 3 and body[0] in PURE and body[1] == "(" and body[-1] == ")":
        return not any(token[0].isalpha() for token in body[2:] if token != STRING)
    start = 1 if body[0] in DECLARES else 0
    if len(body) <= start + 2 or "=" not in body[: start + 5] or "(" in body or body[-1] == ",":
        return False
    return _is_unused(body[start], counts) and body[start + 1] in ("=", ":")


def _is_unused_import(body: list[str], counts: dict[str, int]) -> bool:
    """Names in front of `as` do not count; an import of everything is used."""
    start = body.index("import") + 1
    stop = body.index("from") if "from" in body[start:] else len(body)
    names = [token for at, token in enumerate(body) if start <= at < stop and (token[0].isalpha() or token[0] == "_") and token != "as" and body[at + 1 : at + 2] != ["as"]]
    return "*" not in body and "(" not in body and all(counts.get(name, 0) == 1 for name in names)


def _is_unused(name: str, counts: dict[str, int]) -> bool:
    """A name that occurs nowhere else in the patch; names with a meaning to the language are used by it."""
    if name.startswith("__") and name.endswith("__") and len(name) > 4:
        return False
    return name == "_" or (counts.get(name, 0) == 1 and (name[0].isalpha() or name[0] in "_$"))


def _without_frames(lines: list[Line], is_hash: bool) -> list[Line]:
    """Empties added lines that only frame others: brackets and bare `try {`; in Python, heads of blocks that nothing is left in."""
    out = list(lines)
    below: int | None = None
    """The indentation of the next line that has code."""
    for at in range(len(out) - 1, -1, -1):
        line = out[at]
        if line.tag == "-" or not line.tokens:
            continue
        is_frame = all(token in FRAME for token in line.tokens)
        is_empty = is_hash and line.tokens[-1] == ":" and below is not None and below <= line.indent
        if line.tag == "+" and (is_frame or is_empty):
            out[at] = Line(line.tag, [], line.indent)
        else:
            below = line.indent
    return out


def _is_balanced(tokens: list[str]) -> bool:
    return all(tokens.count(a) == tokens.count(b) for a, b in ("()", "[]", "{}"))


def _without_moot_runs(lines: list[Line]) -> list[Line]:
    """Empties runs of changed lines whose removed and added tokens are the same: only their layout changed."""
    out = list(lines)
    start = 0
    while start < len(out):
        if out[start].tag == " ":
            start += 1
            continue
        end = start
        while end < len(out) and out[end].tag != " ":
            end += 1
        removed = [token for line in out[start:end] if line.tag == "-" for token in line.tokens]
        added = [token for line in out[start:end] if line.tag == "+" for token in line.tokens]
        if removed == added:
            for at in range(start, end):
                out[at] = Line(out[at].tag, [], out[at].indent)
        start = end
    return out
