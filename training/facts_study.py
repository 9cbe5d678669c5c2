"""What measured facts add to the model: python training/facts_study.py --data DIR --facts FACTS

FACTS is what `npm run study:diagnostics -- price` wrote for a part of the labelled patches. Patches of the training split are scored
by models that were fitted on other tasks. A ranking is `logit p + k · (φ_D after − before)`, what a gate rules out comes last.
"""

from __future__ import annotations

import argparse
import json
import math
from pathlib import Path

import numpy as np

import train as trainer
from data import Row, by_instance, read_rows
from evaluate import difference, strengths, within

HAND, REACH = 4.0, 4.0
"""The weight of facts before it is fitted, and how far from it it may well lie: see `assay calibrate`."""
PHI_D = 0.45 / 0.75
"""What φ_D weighs in a reward without a model."""
RULED_OUT = {"parse-broken", "scope-escape", "tests-weakened", "env-sniffing", "no-op"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--facts", type=Path, required=True)
    given = parser.parse_args()
    facts = {record["patch"]: record for record in map(json.loads, given.facts.read_text().splitlines()) if record["error"] is None and not record["abstain"]}
    train, dev = read_rows(given.data, "train"), read_rows(given.data, "dev")
    rates = strengths(train)
    for name, fit in (("alone", trainer.fit_patch), ("with the candidates", trainer.fit_group)):
        cross = trainer.held_out(train, train, lambda row: row.instance, fit)
        known = trainer.counted(train)
        slope, intercept = trainer.calibrate(cross[known], trainer.labels(train)[known])
        logits = np.clip(slope * np.r_[cross, fit(train)[0](dev)] + intercept, -4, 4)
        kept = [(row, logit, facts[row.patch_id]) for row, logit in zip(train + dev, logits) if row.patch_id in facts and row.is_full_run]
        table(name, [row for row, _, _ in kept], np.array([logit for _, logit, _ in kept]), [fact for _, _, fact in kept], rates)


def table(name: str, rows: list[Row], logits: np.ndarray, facts: list[dict], rates) -> None:
    out = np.array([bool(RULED_OUT & set(fact["gates"])) for fact in facts])
    gain = np.array([0.0 if ruled else fact["v2"] / PHI_D for fact, ruled in zip(facts, out)])
    veto = np.where(out, -100.0, 0.0)
    weight = fitted(rows, logits, gain, out)
    others = {task: fitted(rows, logits, gain, out, without=task) for task in {row.instance for row in rows}}
    scores = {
        "facts alone": gain + veto,
        "no facts": logits,
        "gates only": logits + veto,
        f"facts by hand (k = {HAND:g})": logits + HAND * gain + veto,
        f"facts, k fitted on the other tasks ({min(others.values()):.1f} to {max(others.values()):.1f})": logits + np.array([others[row.instance] for row in rows]) * gain + veto,
    }
    moved = [task for task in by_instance(rows).values() if len({row.resolved for row in task}) == 2]
    print(f"\n### {name}: {len(rows)} patches, {len(moved)} tasks with both labels, {int((gain != 0).sum())} patches that change φ_D, {int(out.sum())} ruled out; k fitted on all: {weight:.2f}\n")
    print("| score | within-task AUC | pick | against no facts: AUC | pick |\n| --- | --- | --- | --- | --- |")
    for label, values in scores.items():
        figures, against = within(rows, values, rates), difference(rows, values, logits)
        print(f"| {label} | {figures['auc']} | {figures['pick']} | " + " | ".join(f"{against[key]['difference']:+.3f} ± {against[key]['standardError']:.3f}" for key in ("withinAuc", "pick")) + " |")


def fitted(rows: list[Row], logits: np.ndarray, gain: np.ndarray, out: np.ndarray, without: str | None = None) -> float:
    """The k that `assay calibrate` fits: see src/reward/model/fit-fusion.ts."""
    groups: dict[str, list[int]] = {}
    for at, row in enumerate(rows):
        if row.instance != without and not out[at]:
            groups.setdefault(row.instance, []).append(at)
    pairs = []
    for members in groups.values():
        right, wrong = [at for at in members if rows[at].resolved], [at for at in members if not rows[at].resolved]
        pairs += [(logits[a] - logits[b], gain[a] - gain[b], (len(right) * len(wrong)) ** -0.5) for a in right for b in wrong]
    k = HAND
    for _ in range(300):
        slope, curve = (k - HAND) / REACH**2, 1 / REACH**2
        for base, more, weight in pairs:
            slope -= weight * more / (1 + math.exp(base + k * more))
            curve += weight * more**2 / 4
        k = max(0.0, k - slope / curve)
    return k


if __name__ == "__main__":
    main()
