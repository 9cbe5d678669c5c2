"""Reads the labelled patches and runs, and turns them into numbers."""

from __future__ import annotations

import collections
import gzip
import json
from dataclasses import dataclass, field
from pathlib import Path

from features import Issue, LiveHunk, Patch, patch_features
from group import group_features
from steps import kind_of_action, step_features


@dataclass
class Row:
    """One candidate patch. `system` is read by evaluation and by the counting of votes, never by a model."""

    instance: str
    repo: str
    system: str
    resolved: bool
    is_full_run: bool
    patch: Patch
    own: list[float]
    licence: str
    source: str
    group: list[float] = field(default_factory=list)
    patch_id: str = ""


def read_lines(path: Path):
    with gzip.open(path, "rt", encoding="utf8") as lines:
        for line in lines:
            yield json.loads(line)


def read_rows(folder: Path, split: str) -> list[Row]:
    """Returns the patches that apply, or that nobody tried to apply, of runs that report failures too."""
    issues = read_issues(folder, split)
    nothing = Issue("")
    rows = []
    for record in read_lines(folder / f"patches.{split}.jsonl.gz"):
        if record["applied"] is False or record["positive_only_source"]:
            continue
        patch = Patch(record["patch_canon"])
        rows.append(
            Row(
                record["instance_id"], record["repo"], record["system"], bool(record["resolved"]), record["n_full_runs"] > 0,
                patch, patch_features(patch, issues.get(record["instance_id"], nothing)), record["licence"], record["source_repo"], patch_id=record["patch_id"],
            )
        )  # fmt: skip
    for members in by_instance(rows).values():
        shared = group_features([(row.system, row.patch, row.own) for row in members])
        for row, values in zip(members, shared):
            row.group = values
    return rows


def read_issues(folder: Path, split: str) -> dict[str, Issue]:
    return {record["instance_id"]: Issue(record["problem_statement"] or "") for record in read_lines(folder / f"instances.{split}.jsonl.gz")}


def by_instance(rows: list[Row]) -> dict[str, list[Row]]:
    groups: dict[str, list[Row]] = collections.defaultdict(list)
    for row in rows:
        groups[row.instance].append(row)
    return groups


def read_hunks(folder: Path, split: str, rows: list[Row]) -> tuple[list[list[float]], list[bool], list[str]]:
    """Features, label and instance of every hunk: right is what touches lines, or the three beside them, that the accepted fix changes."""
    issues = read_issues(folder, split)
    places: dict[str, set[tuple[str, int]]] = {}
    for record in read_lines(folder / f"instances.{split}.jsonl.gz"):
        if not record["gold_patch"]:
            continue
        fix = Patch(record["gold_patch"])
        places[record["instance_id"]] = {(path, at + off) for path, at in regions(fix.hunks) for off in range(-3, 4)}
    values, labels, instances = [], [], []
    for row in rows:
        if row.instance not in places:
            continue
        for hunk in row.patch.hunks:
            alone = Patch("")
            alone.hunks = [hunk]
            values.append(patch_features(alone, issues[row.instance]))
            labels.append(bool(regions([hunk]) & places[row.instance]))
            instances.append(row.instance)
    return values, labels, instances


def regions(hunks: list[LiveHunk]) -> set[tuple[str, int]]:
    """The old lines that hunks change, or stand before."""
    found = set()
    for hunk in hunks:
        at = hunk.start
        for line in hunk.written:
            if line.tag != " " and line.tokens:
                found.add((hunk.file.path, at))
            if line.tag != "+":
                at += 1
    return found


def read_steps(folder: Path, split: str) -> tuple[list[list[float]], list[bool], list[str], list[float]]:
    """Features, outcome, instance and how much of the run was seen, at the first step, the middle and the end of every run."""
    issues = read_issues(folder, split)
    nothing = Issue("")
    values, labels, instances, shares = [], [], [], []
    for record in read_lines(folder / f"trajectories.{split}.jsonl.gz"):
        if record["resolved"] is None or not record["steps"]:
            continue
        steps = record["steps"]
        issue = issues.get(record["instance_id"], nothing)
        kinds = [kind_of_action(step.get("action") or "", step.get("is_edit", False)) for step in steps]
        edits = [at for at, kind in enumerate(kinds) if kind == "edits"]
        # The patch is known before the first edit, when it is empty, and at the end; between the two it is not recorded.
        for share, end in ((0.0, edits[0] if edits else len(kinds)), (1.0, len(kinds))):
            patch = Patch(record["final_patch"] or "") if share == 1.0 else Patch("")
            counts = collections.Counter(kinds[:end])
            values.append(patch_features(patch, issue) + step_features({"steps": end, **counts}))
            labels.append(bool(record["resolved"]))
            instances.append(record["instance_id"])
            shares.append(share)
    return values, labels, instances, shares


