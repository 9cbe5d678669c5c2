"""The tables of docs/study-model.md."""

from __future__ import annotations

import collections

import numpy as np

from data import Row, by_instance, read_hunks, read_steps
from evaluate import best_of, calibration_error, pooled_auc, risk_coverage, within
from features import FEATURES
from fit import SEED, squash
from group import Content, group_features

squashed = squash


class Study:
    """Everything is measured on the dev split with models that were fitted on the training split alone."""

    def __init__(self, folder, train: list[Row], dev: list[Row], rates: dict[str, float]) -> None:
        self.folder, self.train, self.dev, self.rates = folder, train, dev, rates
        self.lines: list[str] = []
        self.risk: list[dict[str, float]] = []

    def run(self, patch_score, group_score, patch_cross, group_cross, calibrations, hunk_model, step_model) -> dict:
        import train as trainer

        dev, full = self.dev, trainer.counted(self.dev)
        right = trainer.labels(dev)
        alone, among = patch_score(dev), group_score(dev)
        table: dict[str, np.ndarray] = {
            "random": np.zeros(len(dev)),
            "shortest": -column(dev, "added") - column(dev, "removed"),
            "vote (equal patches)": votes(dev),
            "consensus (tokens)": np.array([row.group[0] for row in dev]),
            "format and length only": trainer.fit_patch(self.train, {"files", "dirs", "hunks", "runs", "added", "removed", "longest", "few_added", "few_runs", "tests", "scratch", "other", "new"})[0](dev),
            "agent identity (a leak)": np.array([self.rates.get(row.system, 0.3) for row in dev]),
            "oracle": right.astype(float),
            "model, alone on a patch": alone,
            "model, with the candidates": among,
        }
        metrics = self.main_table("Dev split", table)
        self.best_table(table, group_score)
        reads = set(trainer.OWN_READ)
        place = {name for name in reads if "issue" in name or name.startswith("trace")}
        self.main_table(
            "Ablations, alone on a patch",
            {
                "all inputs": alone,
                "without the issue (text)": trainer.fit_patch(self.train, reads - place)[0](dev),
                "the issue only": trainer.fit_patch(self.train, place)[0](dev),
                "without tests and left-over files": trainer.fit_patch(self.train, reads - {"tests", "scratch", "other"})[0](dev),
                "without sizes": trainer.fit_patch(self.train, place | {"tests", "scratch", "other", "is_python", "is_java", "first_line"})[0](dev),
            },
        )
        linear = trainer.fit_group(self.train, with_trees=False)[0](dev)
        self.main_table("Ablations, with the candidates", {"all inputs": among, "without trees": linear, "without group features": alone, "consensus only": table["consensus (tokens)"]})
        splits = {}
        for name, key in (("leave repository out", lambda row: row.repo), ("leave agent out", lambda row: row.system)):
            splits[f"alone, {name}"] = trainer.held_out(self.train, dev, key, trainer.fit_patch)
            splits[f"with the candidates, {name}"] = trainer.held_out(self.train, dev, key, trainer.fit_group)
        metrics |= {name: figures for name, figures in self.main_table("Held-out repositories and agents", splits).items()}
        self.main_table("Cross-validation inside the training split (five folds of tasks)", {"alone": patch_cross, "with the candidates": group_cross}, self.train)
        for name, scores, head in (("patch", alone, "patch"), ("group", among, "group")):
            slope, intercept = calibrations[head]
            p = 1 / (1 + np.exp(-(slope * scores[full] + intercept)))
            base = right[full].mean()
            brier = float(((p - right[full]) ** 2).mean())
            metrics[f"{name} calibration"] = {"ece": round(calibration_error(p, right[full]), 4), "brier": round(brier, 4), "brierSkill": round(1 - brier / float(base * (1 - base)), 4)}
            if head == "patch":
                self.risk = risk_coverage(p, right[full])
        self.heads(hunk_model, step_model, metrics)
        unseen = [row for row in dev if row.is_full_run and not row.patch.is_seen]
        metrics["unseen"] = {"share": round(len(unseen) / sum(row.is_full_run for row in dev), 4), "right": sum(row.resolved for row in unseen), "patches": len(unseen), "noOps": sum(trainer.is_no_op(row) for row in dev if row.is_full_run)}
        self.lines += ["", "### Calibration and heads", "", *(f"- {name}: {values}" for name, values in metrics.items() if "calibration" in name or "head" in name or name == "unseen")]
        self.lines += ["", "### Risk and coverage, alone on a patch", "", "| coverage | risk |", "| --- | --- |", *(f"| {point['coverage']} | {point['risk']} |" for point in self.risk)]
        return metrics

    def main_table(self, title: str, table: dict[str, np.ndarray], rows: list[Row] | None = None) -> dict:
        rows = self.dev if rows is None else rows
        self.lines += ["", f"### {title}", "", "| score | within-task AUC | pairs of equal agents | pairs of one agent | pick | pooled AUC |", "| --- | --- | --- | --- | --- | --- |"]
        metrics = {}
        full = [row.is_full_run for row in rows]
        for name, scores in table.items():
            figures = within(rows, scores, self.rates)
            pooled = pooled_auc([row.resolved for row, kept in zip(rows, full) if kept], np.asarray(scores, float)[full])
            self.lines.append(f"| {name} | {figures['auc']} | {figures['equal']} | {figures['same']} | {figures['pick']} | {pooled:.3f} |")
            metrics[name] = {"withinAuc": round(figures["auc"].value, 4), "equalPairs": round(figures["equal"].value, 4), "pick": round(figures["pick"].value, 4), "pooledAuc": round(pooled, 4), "tasks": figures["tasks"]}
            print(self.lines[-1], flush=True)
        return metrics

    def best_table(self, table: dict[str, np.ndarray], group_score) -> None:
        self.lines += ["", "### Best of k", "", "| score | " + " | ".join(f"k = {k}" for k in range(1, 6)) + " |", "| --- " * 6 + "|"]
        for name, scores in table.items():
            if name != "model, with the candidates":
                self.lines.append(f"| {name} | " + " | ".join(str(best_of(self.dev, scores, k)) for k in range(1, 6)) + " |")
        self.lines.append("| model, with the k candidates | " + " | ".join(f"{self.best_of_group(group_score, k):.3f}" for k in range(1, 6)) + " |")

    def best_of_group(self, group_score, k: int, draws: int = 20) -> float:
        """The group is the k that were drawn: nothing is known of the others."""
        random = np.random.default_rng(SEED + k)
        subsets: list[list[Row]] = []
        owners: list[int] = []
        tasks = [[row for row in rows if row.is_full_run] for rows in by_instance(self.dev).values()]
        tasks = [rows for rows in tasks if len({row.resolved for row in rows}) == 2]
        for task, rows in enumerate(tasks):
            for _ in range(draws):
                drawn = [rows[at] for at in random.permutation(len(rows))[:k]]
                values = group_features([(row.system, row.patch, row.own) for row in drawn])
                subsets.append([Row(**{**row.__dict__, "group": group}) for row, group in zip(drawn, values)])
                owners.append(task)
        flat = [row for rows in subsets for row in rows]
        scores = group_score(flat)
        picks = collections.defaultdict(list)
        at = 0
        for task, rows in zip(owners, subsets):
            own = scores[at : at + len(rows)]
            at += len(rows)
            picks[task].append(np.mean([row.resolved for row, score in zip(rows, own) if score == own.max()]))
        return float(np.mean([np.mean(values) for values in picks.values()]))

    def heads(self, hunk_model, step_model, metrics: dict) -> None:
        import train as trainer

        hunks, right, instances = read_hunks(self.folder, "dev", self.dev)
        scores = hunk_model(np.array(hunks)[:, [FEATURES.index(name) for name in trainer.HUNK_READ]])
        inside = collections.defaultdict(list)
        for instance, label, score in zip(instances, right, scores):
            inside[instance].append((label, score))
        aucs = [pooled_auc([label for label, _ in members], [score for _, score in members]) for members in inside.values() if len({label for label, _ in members}) == 2]
        metrics["hunk head"] = {"pooledAuc": round(pooled_auc(right, scores), 4), "withinAuc": round(float(np.mean(aucs)), 4), "hunks": len(right), "ece": round(calibration_error(1 / (1 + np.exp(-scores)), np.array(right)), 4)}
        steps, outcomes, _, shares = read_steps(self.folder, "dev")
        at = [(trainer.FEATURES + trainer.STEP_FEATURES).index(name) for name in trainer.STEP_READ]
        scores = step_model(np.array(steps)[:, at])
        outcomes, shares = np.array(outcomes), np.array(shares)
        metrics["step head"] = {f"aucAt{share:g}": round(pooled_auc(outcomes[shares == share], scores[shares == share]), 4) for share in (0.0, 1.0)} | {"runs": int((shares == 1).sum()), "ece": round(calibration_error(1 / (1 + np.exp(-scores[shares == 1])), outcomes[shares == 1]), 4)}

    def markdown(self) -> str:
        return "\n".join(self.lines).strip() + "\n"


def column(rows: list[Row], name: str) -> np.ndarray:
    return np.array([row.own[FEATURES.index(name)] for row in rows])


def votes(rows: list[Row]) -> np.ndarray:
    """How many systems handed in the same change."""
    counts: dict[tuple[str, str], set[str]] = collections.defaultdict(set)
    keys = [(row.instance, Content(row.patch).key) for row in rows]
    for row, key in zip(rows, keys):
        counts[key].add(row.system)
    return np.array([float(len(counts[key])) for key in keys])


