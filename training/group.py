"""The numbers that the model reads of one patch among others for the same task.

The twin of src/reward/model/group-features.ts. No order of the candidates has a part in them, a system has one vote however
many patches it hands in, and copies of a patch count once.
"""

from __future__ import annotations

from diff_reader import Line
from features import FEATURES, Patch

LIKENESSES = ["tokens", "pairs", "regions", "files", "added", "removed", "lines", "in", "out", "touches"]
PEAKS = ["pairs", "regions", "lines"]
RELATIVE = ["pairs", "regions", "files", "added", "removed", "touches"]
OWN = ["tests", "scratch", "files", "runs", "longest", "added", "removed", "new_names", "context_in_issue", "net_added"]

GROUP_FEATURES = (
    [f"mean_{name}" for name in LIKENESSES]
    + [f"peak_{name}" for name in PEAKS]
    + ["top_pairs", "centre"]
    + [f"above_{name}" for name in RELATIVE]
    + [f"below_{name}" for name in RELATIVE]
    + [f"own_{name}" for name in OWN]
)


class Content:
    """What two candidates are compared by."""

    def __init__(self, patch: Patch) -> None:
        self.tokens: set[str] = set()
        self.pairs: set[str] = set()
        self.regions: set[str] = set()
        self.files: set[str] = set()
        self.lines: set[str] = set()
        self.added: dict[str, int] = {}
        self.removed: dict[str, int] = {}
        for hunk in patch.hunks:
            path = hunk.file.path
            self.files.add(path)
            at = hunk.start
            for line in hunk.written:
                self._read(path, line, at)
                if line.tag != "+":
                    at += 1
        self.key = "\n".join(sorted(f"{hunk.file.path} {line.tag} {' '.join(line.tokens)}" for hunk in patch.hunks for line in hunk.written if line.tag != " " and line.tokens))

    def _read(self, path: str, line: Line, at: int) -> None:
        if line.tag == " " or not line.tokens:
            return
        self.regions.add(f"{path} {at}")
        counts = self.removed
        if line.tag == "+":
            self.regions.add(f"{path} {at - 1}")
            self.lines.add(f"{path} {' '.join(line.tokens)}")
            counts = self.added
        last = [line.tag]
        for token in line.tokens:
            self.tokens.add(line.tag + token)
            counts[token] = counts.get(token, 0) + 1
            self.pairs.add(" ".join([*last[-1:], token]))
            if len(last) > 1:
                self.pairs.add(" ".join([*last[-2:], token]))
            last.append(token)


def group_features(candidates: list[tuple[str | None, Patch, list[float]]]) -> list[list[float]]:
    """Returns the features of every candidate, each given as its system, its patch and its own features."""
    contents = [Content(patch) for _, patch, _ in candidates]
    size = len(candidates)
    likeness = [[_likeness(a, b) for b in contents] for a in contents]
    rows: list[dict[str, float]] = []
    for me in range(size):
        voters = _voters(me, candidates, contents)
        row: dict[str, float] = {}
        for index, name in enumerate(LIKENESSES):
            votes = sorted(_mean(sorted(likeness[me][other][index] for other in voter)) for voter in voters)
            row[f"mean_{name}"] = _mean(votes)
            if name in PEAKS:
                row[f"peak_{name}"] = votes[-1] if votes else 0.0
            if name == "pairs":
                row["top_pairs"] = _mean(votes[-3:])
        rows.append(row)
    for me, row in enumerate(rows):
        voters = _voters(me, candidates, contents)
        # How much those that are like this one agree with everybody: a second round of the vote.
        weighted = sorted(_mean(sorted(likeness[me][other][1] * rows[other]["mean_pairs"] for other in voter)) for voter in voters)
        row["centre"] = _mean(weighted)
        for name in RELATIVE:
            values = sorted(other[f"mean_{name}"] for other in rows)
            row[f"above_{name}"] = row[f"mean_{name}"] - _mean(values)
            row[f"below_{name}"] = values[-1] - row[f"mean_{name}"]
        for name in OWN:
            at = FEATURES.index(name)
            mean = _mean(sorted(own[at] for _, _, own in candidates))
            mine = candidates[me][2][at]
            row[f"own_{name}"] = (mine - mean) / (1 + mine + mean)
    return [[float(row[name]) for name in GROUP_FEATURES] for row in rows]


def _voters(me: int, candidates: list[tuple[str | None, Patch, list[float]]], contents: list[Content]) -> list[list[int]]:
    """The others by who made them; without a name, every different patch speaks for itself."""
    system = candidates[me][0]
    by_voter: dict[str, dict[str, int]] = {}
    for other, (name, _, _) in enumerate(candidates):
        key = contents[other].key
        if other == me or (key == contents[me].key and (name is None or name == system)):
            continue
        by_voter.setdefault(f"key {key}" if name is None else f"system {name}", {}).setdefault(key, other)
    return [list(patches.values()) for patches in by_voter.values()]


def _likeness(a: Content, b: Content) -> list[float]:
    shared = len(a.pairs & b.pairs)
    return [
        _jaccard(a.tokens, b.tokens),
        _jaccard(a.pairs, b.pairs),
        _jaccard(a.regions, b.regions),
        _jaccard(a.files, b.files),
        _bag_jaccard(a.added, b.added),
        _bag_jaccard(a.removed, b.removed),
        _jaccard(a.lines, b.lines),
        shared / max(1, len(a.pairs)),
        shared / max(1, len(b.pairs)),
        1.0 if a.regions & b.regions else 0.0,
    ]


def _jaccard(a: set[str], b: set[str]) -> float:
    shared = len(a & b)
    return shared / max(1, len(a) + len(b) - shared)


def _bag_jaccard(a: dict[str, int], b: dict[str, int]) -> float:
    shared = sum(min(count, b.get(token, 0)) for token, count in a.items())
    return shared / max(1, sum(a.values()) + sum(b.values()) - shared)


def _mean(values: list[float]) -> float:
    total = 0.0
    for value in values:
        total += value
    return total / len(values) if values else 0.0
