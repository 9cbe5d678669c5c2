"""Within-task figures with bootstrap intervals over tasks."""

from __future__ import annotations

import collections
import math
from dataclasses import dataclass

import numpy as np

from data import Row, by_instance
from fit import SEED

DRAWS = 2000
CLOSE = 0.10


@dataclass
class Figure:
    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


def strengths(rows: list[Row]) -> dict[str, float]:
    """Share of resolved patches by system, in the training split."""
    results = collections.defaultdict(list)
    for row in rows:
        if row.is_full_run:
            results[row.system].append(row.resolved)
    return {system: float(np.mean(values)) for system, values in results.items()}


def within(rows: list[Row], scores, rates: dict[str, float]) -> dict[str, Figure]:
    """AUC and pick inside tasks that have both labels; right-wrong pairs of equally strong systems, and of one system."""
    tasks = tasks_of(rows, scores)
    tables = {"auc": [], "pick": [], "equal": [], "same": []}
    for members in tasks:
        right = [score for row, score in members if row.resolved]
        wrong = [score for row, score in members if not row.resolved]
        wins = [won(a, b) for a in right for b in wrong]
        tables["auc"].append((sum(wins) / len(wins), 1))
        tables["pick"].append((expected_pick(members, len(members)), 1))
        equal, same = [], []
        for row, score in members:
            for other, beaten in members:
                if row.resolved and not other.resolved:
                    if row.system == other.system:
                        same.append(won(score, beaten))
                    elif row.system in rates and other.system in rates and abs(rates[row.system] - rates[other.system]) <= CLOSE:
                        equal.append(won(score, beaten))
        tables["equal"].append((sum(equal), len(equal)))
        tables["same"].append((sum(same), len(same)))
    return {name: ratio(values) for name, values in tables.items()} | {"tasks": len(tasks)}


def tasks_of(rows: list[Row], scores) -> list[list[tuple[Row, float]]]:
    scored = {id(row): float(score) for row, score in zip(rows, scores)}
    tasks = []
    for members in by_instance(rows).values():
        kept = [(row, scored[id(row)]) for row in members if row.is_full_run]
        if len({row.resolved for row, _ in kept}) == 2:
            tasks.append(kept)
    return tasks


def difference(rows: list[Row], ours, theirs) -> dict:
    """Of within-task AUC and pick, with its standard error over tasks."""
    out = {}
    for name, of in (("withinAuc", task_auc), ("pick", lambda members: expected_pick(members, len(members)))):
        values = np.array([of(a) - of(b) for a, b in zip(tasks_of(rows, ours), tasks_of(rows, theirs))])
        out[name] = {"difference": round(float(values.mean()), 4), "standardError": round(float(values.std(ddof=1) / len(values) ** 0.5), 4)}
    return out


def task_auc(members) -> float:
    """The share of right-wrong pairs of a task in order."""
    return float(np.mean([won(a, b) for right, a in members if right.resolved for wrong, b in members if not wrong.resolved]))


def won(a: float, b: float) -> float:
    return float(a > b) + 0.5 * float(a == b)


def expected_pick(members, k: int) -> float:
    """Chance that the best-scored of k of them drawn at random is right, ties shared; exact."""
    ranked = sorted(members, key=lambda item: -item[1])
    n, total, at = len(ranked), 0.0, 0
    k = min(k, n)
    while at < n:
        end = at
        while end < n and ranked[end][1] == ranked[at][1]:
            end += 1
        # None better drawn, at least one of this tie drawn.
        chance = (math.comb(n - at, k) - math.comb(n - end, k)) / math.comb(n, k)
        total += chance * float(np.mean([row.resolved for row, _ in ranked[at:end]]))
        at = end
    return total


def best_of(rows: list[Row], scores, k: int) -> Figure:
    return ratio([(expected_pick(members, k), 1) for members in tasks_of(rows, scores)])


def ratio(parts: list[tuple[float, float]]) -> Figure:
    """Sum over sum, with the 2.5th and 97.5th percentile of draws of whole tasks."""
    values = np.array(parts, float)
    draws = np.random.default_rng(SEED).integers(0, len(values), (DRAWS, len(values)))
    sums = values[draws].sum(1)
    sums = sums[sums[:, 1] > 0]
    low, high = np.percentile(sums[:, 0] / sums[:, 1], [2.5, 97.5])
    return Figure(float(values[:, 0].sum() / values[:, 1].sum()), float(low), float(high))


def pooled_auc(right, scores) -> float:
    order = np.argsort(scores, kind="stable")
    ranks = np.empty(len(scores))
    values = np.asarray(scores)[order]
    at = 0
    while at < len(values):
        end = at
        while end < len(values) and values[end] == values[at]:
            end += 1
        ranks[order[at:end]] = (at + end + 1) / 2
        at = end
    right = np.asarray(right, bool)
    return float((ranks[right].sum() - right.sum() * (right.sum() + 1) / 2) / (right.sum() * (~right).sum()))


def calibration_error(p: np.ndarray, right: np.ndarray, bins: int = 15) -> float:
    index = np.minimum(bins - 1, (p * bins).astype(int))
    return float(sum(abs(p[index == at].mean() - right[index == at].mean()) * (index == at).mean() for at in range(bins) if (index == at).any()))


def risk_coverage(p: np.ndarray, right: np.ndarray) -> list[dict[str, float]]:
    surest = np.argsort(-np.abs(p - 0.5), kind="stable")
    curve = []
    for tenth in range(1, 11):
        kept = surest[: max(1, round(len(p) * tenth / 10))]
        curve.append({"coverage": tenth / 10, "risk": round(float(((p[kept] >= 0.5) != right[kept]).mean()), 4)})
    return curve
