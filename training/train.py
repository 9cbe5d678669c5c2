"""Trains the default model: python training/train.py --data DIR --out models/default [--tables FILE]

DIR holds the labelled patches (patches.{train,dev}.jsonl.gz, instances.…, trajectories.…). Writes model.onnx, card.json and the
tables of the study. One thread, fixed seed; minutes on two cores.
"""

from __future__ import annotations

import argparse
import collections
import hashlib
import json
import os
from pathlib import Path

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")

import numpy as np

import study
from data import Row, read_hunks, read_rows, read_steps
from evaluate import strengths, within
from export_onnx import export
from features import FEATURES
from fit import SEED, fit_labels, fit_pairs, fit_platt, fit_trees, pairs_of, scaled
from group import GROUP_FEATURES
from steps import STEP_FEATURES

FOLDS = 5
RIDGE = 0.1
NEVER_HURTS = set(
    "tests deletes few_added few_runs few_inserts few_longest context_in_issue path_in_issue file_in_issue stem_in_issue head_in_issue "
    "issue_covered new_names_in_issue trace_file trace_name net_removed".split()
)
EITHER_WAY = {"removed", "first_line", "is_python", "is_java"}
OWN_READ = [name for name in FEATURES if name != "has_issue"]
OWN_AT = [FEATURES.index(name) for name in OWN_READ]
# Whatever grows when code is added may only count against a patch; the `few_…` numbers stop growing soon.
SIGNS = np.array([1 if name in NEVER_HURTS else 0 if name in EITHER_WAY else -1 for name in OWN_READ])
HUNK_READ = [name for name in OWN_READ if name not in ("tests", "scratch", "other", "files", "dirs", "hunks")]
GROUP_READ = GROUP_FEATURES + OWN_READ
STEP_READ = ["tests", "scratch", "files", "few_added", "few_runs", "few_longest", "context_in_issue", "path_in_issue", "file_in_issue", "issue_covered", *STEP_FEATURES]


def own(rows: list[Row]) -> np.ndarray:
    return np.array([row.own for row in rows])[:, OWN_AT]


def shared(rows: list[Row]) -> np.ndarray:
    return np.array([row.group for row in rows])


def counted(rows: list[Row]) -> np.ndarray:
    """Patches of complete runs without those whose p is 0 by rule."""
    return np.array([row.is_full_run and not is_no_op(row) for row in rows])


NO_OP = -1e3
"""What changes nothing, or only code that nothing uses, comes last, as in `assay rank`."""


def is_no_op(row: Row) -> bool:
    return not (row.patch.is_seen or row.patch.changes_strings)


def no_op_last(rows: list[Row], scores: np.ndarray) -> np.ndarray:
    return np.where([is_no_op(row) for row in rows], NO_OP, scores)


def labels(rows: list[Row]) -> np.ndarray:
    return np.array([row.resolved for row in rows])


def pairs(rows: list[Row]):
    return pairs_of([row.instance for row in rows], labels(rows), np.array([row.is_full_run for row in rows]))


def fit_patch(rows: list[Row], reads=None):
    keep = np.array([reads is None or name in reads for name in OWN_READ])
    model = fit_pairs(own(rows)[:, keep], SIGNS[keep], pairs(rows), RIDGE)
    return lambda other: no_op_last(other, model(own(other)[:, keep])), model


def fit_group(rows: list[Row], with_trees: bool = True):
    """A linear and a boosted model of equal say."""
    chosen = pairs(rows)
    values = np.c_[shared(rows), own(rows)]
    linear = fit_pairs(values, np.zeros(values.shape[1]), chosen, RIDGE)
    linear.weights /= linear(values).std()
    if not with_trees:
        return lambda other: no_op_last(other, linear(np.c_[shared(other), own(other)])), linear, None, 0.0
    trees = fit_trees(shared(rows), chosen)
    say = 1 / float(np.std(trees.predict(shared(rows).astype(np.float32), raw_score=True)))
    score = lambda other: linear(np.c_[shared(other), own(other)]) + say * trees.predict(shared(other).astype(np.float32), raw_score=True)
    return lambda other: no_op_last(other, score(other)), linear, trees, say


def fold_of(key: str) -> int:
    return int(hashlib.sha256(f"{SEED} {key}".encode()).hexdigest(), 16) % FOLDS


def held_out(train: list[Row], test: list[Row], key, fit) -> np.ndarray:
    """Scores each row of `test` by a model that saw nothing with the same key (a task, a repository, an agent)."""
    scores = np.zeros(len(test))
    for fold in range(FOLDS):
        score = fit([row for row in train if fold_of(key(row)) != fold])[0]
        members = [at for at, row in enumerate(test) if fold_of(key(row)) == fold]
        if members:
            scores[members] = score([test[at] for at in members])
    return scores


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--tables", type=Path)
    given = parser.parse_args()
    train, dev = read_rows(given.data, "train"), read_rows(given.data, "dev")
    print(f"{len(train)} patches to train on, {len(dev)} to look at", flush=True)
    rates = strengths(train)

    patch_score, patch_model = fit_patch(train)
    patch_cross = held_out(train, train, lambda row: row.instance, fit_patch)
    group_score, group_model, trees, say = fit_group(train)
    group_cross = held_out(train, train, lambda row: row.instance, fit_group)
    print("fitted", within(train, patch_cross, rates)["auc"], within(train, group_cross, rates)["auc"], flush=True)

    full = counted(train)
    has_issue = np.array([row.own[FEATURES.index("has_issue")] for row in train])
    known = full & (has_issue == 1)
    calibrations = {"patch": calibrate(patch_cross[known], labels(train)[known]), "group": calibrate(group_cross[full], labels(train)[full])}

    hunks, hunk_labels, hunk_instances = read_hunks(given.data, "train", train)
    hunk_values = np.array(hunks)[:, [FEATURES.index(name) for name in HUNK_READ]]
    hunk_signs = np.array([SIGNS[OWN_READ.index(name)] for name in HUNK_READ])
    hunk_model = fit_labels(hunk_values, np.array(hunk_labels), hunk_signs, even_weights(hunk_instances), 0.001)
    steps, step_labels, step_instances, _ = read_steps(given.data, "train")
    step_at = [(FEATURES + STEP_FEATURES).index(name) for name in STEP_READ]
    step_signs = np.array([SIGNS[OWN_READ.index(name)] if name in OWN_READ else 0 for name in STEP_READ])
    step_model = fit_labels(np.array(steps)[:, step_at], np.array(step_labels), step_signs, even_weights(step_instances), 0.003)
    calibrations |= {"hunk": (1.0, 0.0), "step": (1.0, 0.0)}

    names = [*OWN_READ, *GROUP_FEATURES, *STEP_FEATURES]
    novelty_model = scaled(own(train))
    novelty_model.deviation = np.maximum(novelty_model.deviation, 0.1)
    spread = np.clip((study.squashed(own(train)) - novelty_model.mean) / novelty_model.deviation, -8, 8)
    novelty_max = float(np.percentile((spread**2).mean(1), 99))
    sizes = {name: float(np.ceil(np.percentile([row.own[FEATURES.index(name)] for row in train], 99))) for name in ("files", "hunks", "added", "removed")}
    given.out.mkdir(parents=True, exist_ok=True)
    export(
        given.out / "model.onnx", names,
        {"patch": (OWN_READ, patch_model), "hunk": (HUNK_READ, hunk_model), "step": (STEP_READ, step_model), "group": (GROUP_READ, group_model)},
        {"group": (GROUP_FEATURES, trees, say)}, (OWN_READ, novelty_model),
    )  # fmt: skip

    results = study.Study(given.data, train, dev, rates)
    metrics = results.run(patch_score, group_score, patch_cross, group_cross, calibrations, hunk_model, step_model)
    card = card_of(given.out, names, calibrations, novelty_max, sizes, metrics, results.risk, train)
    (given.out / "card.json").write_text(json.dumps(card, indent=2, ensure_ascii=False) + "\n", encoding="utf8")
    if given.tables:
        given.tables.write_text(results.markdown(), encoding="utf8")
    print(results.markdown())


def calibrate(logits: np.ndarray, right: np.ndarray) -> tuple[float, float]:
    return fit_platt(logits, right, np.ones(len(logits)))


def even_weights(instances: list[str]) -> np.ndarray:
    """Every task counts the same."""
    counts = collections.Counter(instances)
    return np.array([1 / counts[instance] for instance in instances])


def card_of(out: Path, names, calibrations, novelty_max, sizes, metrics, risk, train: list[Row]) -> dict:
    model = (out / "model.onnx").read_bytes()
    sources = collections.Counter((row.source, row.licence) for row in train)
    return {
        "schema": "assay-model/1",
        "name": "assay-default-1",
        "model": {"file": "model.onnx", "digest": f"sha256:{hashlib.sha256(model).hexdigest()}", "bytes": len(model)},
        "input": {"kind": "features", "tensor": "features", "names": names},
        "heads": {
            head: {"output": head, "calibration": {"slope": round(calibrations[head][0], 6), "intercept": round(calibrations[head][1], 6)}}
            for head in ("patch", "hunk", "step", "group")
        },
        "fusion": {"p": 1, "facts": 4, "safety": 2, "consensus": 0},
        "clipEta": 0.5,
        "abstain": {"novelty": {"output": "novelty", "max": round(novelty_max, 4)}, "sizes": sizes, "margin": 0.02, "withoutProblem": True},
        "training": {
            "command": "python training/train.py --data DIR --out models/default",
            "seed": SEED,
            "labels": "tests of the task pass after the patch, as the runs' own reports say; no identity of an agent is read",
            "data": [{"source": source, "licence": licence, "records": count} for (source, licence), count in sorted(sources.items())],
        },
        "metrics": metrics,
        "riskCoverage": risk,
        "limits": [
            "Learned from patches of SWE-bench and SWE-PolyBench tasks, four fifths of them Python: elsewhere p is a guess until `assay calibrate` has seen labels.",
            "It sees where and how much a patch changes, not what the code computes; within one task it is right about two pairs in three.",
            "Facts of language servers are not among its inputs: they are weighed in afterwards, with a weight chosen by hand that the patches measured so far bear out, until `assay calibrate --facts` refits it.",
            "About 1 label in 30 is wrong.",
        ],
    }


if __name__ == "__main__":
    main()
