"""What the step head reads beside the features of the patch so far. The twin of src/reward/model/step-features.ts."""

from __future__ import annotations

STEP_FEATURES = ["step_steps", "step_searches", "step_views", "step_edits", "step_runs", "step_viewed_first"]
COUNT_MAX = 60


def step_features(counts: dict[str, int]) -> list[float]:
    steps, searches, views, edits, runs = (counts.get(name, 0) for name in ("steps", "searches", "views", "edits", "runs"))
    capped = [float(min(COUNT_MAX, count)) for count in (steps, searches, views, edits, runs)]
    return [*capped, min(1, (views + searches) / (3 * edits)) if edits > 0 else 0.0]
