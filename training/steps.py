"""What the step head reads beside the features of the patch so far. The twin of src/reward/model/step-features.ts."""

from __future__ import annotations

import re

STEP_FEATURES = ["step_steps", "step_searches", "step_views", "step_edits", "step_runs", "step_viewed_first"]
COUNT_MAX = 60


def step_features(counts: dict[str, int]) -> list[float]:
    steps, searches, views, edits, runs = (counts.get(name, 0) for name in ("steps", "searches", "views", "edits", "runs"))
    capped = [float(min(COUNT_MAX, count)) for count in (steps, searches, views, edits, runs)]
    return [*capped, min(1, (views + searches) / (3 * edits)) if edits > 0 else 0.0]


EDITS = frozenset("edit create str_replace_editor append insert sed write_patch apply_patch".split())
VIEWS = frozenset("open goto scroll_down scroll_up cat head tail view less ls".split())
RUNS = frozenset("python python3 pytest npm node mvn tox bash run gradle".split())
WORDS = re.compile(r"[ \t\r\n]*([A-Za-z_]*)[ \t]*([A-Za-z_]*)")


def kind_of_action(action: str, is_edit: bool) -> str:
    """What an action is by its first word, as agents' editors and shells name it."""
    word, second = WORDS.match(action).groups()
    word = word.lower()
    if word == "str_replace_editor" and second == "view":
        return "views"
    if is_edit or word in EDITS:
        return "edits"
    if word.startswith(("search", "find", "grep", "rg")):
        return "searches"
    if word in VIEWS:
        return "views"
    return "runs" if word in RUNS else "other"
