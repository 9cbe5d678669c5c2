"""Trains a text encoder: python training/encoder.py --data DIR --clones REPO... --out models/encoder [--size tiny|small|base]

First on fix commits of local clones, with no labels: a fix above the same fix undone, spoiled, in another place or for another
problem. Then on labelled patches: right above wrong inside a task. Writes model.onnx, tokenizer.json and card.json, which
`assay score --model OUT/card.json` runs, and says how it compares with the default model on the dev split.

`--size small` is meant for a GPU (minutes); `tiny` shows on a CPU that everything fits together. Clones of repositories that
the labelled patches come from, and of their namesakes, are left out: their history holds the answers.
"""

from __future__ import annotations

import argparse
import collections
import hashlib
import json
import os
import random
import time
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

import numpy as np
import torch
from tokenizers import Tokenizer, models, pre_tokenizers, trainers
from torch import nn
from torch.nn import functional

import train as default
from commits import Fix, name_of, read_fixes, spoiled, text_of, view_of
from data import Row, by_instance, read_lines, read_rows
from evaluate import calibration_error, difference, pooled_auc, risk_coverage, strengths, within
from fit import SEED, fit_platt

RIGHT, WRONG = 0.93, 0.03
"""What a label is worth: some are wrong."""
HELD = 0
"""The fold of tasks that the encoder is calibrated on and never trained on."""


@dataclass(frozen=True)
class Size:
    layers: int
    width: int
    heads: int
    tokens: int
    problem: int
    """Characters of the problem that are read, so that it leaves room for the patch."""
    vocabulary: int
    batch: int
    pretraining: int
    training: int
    """Steps of the two stages."""


SIZES = {
    "tiny": Size(2, 64, 2, 256, 120, 1024, 8, 240, 240),
    "small": Size(4, 256, 4, 512, 400, 8192, 128, 6000, 1500),
    "base": Size(6, 384, 6, 768, 600, 8192, 128, 20000, 2500),
}


class Block(nn.Module):
    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.first, self.second = nn.LayerNorm(width), nn.LayerNorm(width)
        self.attention, self.joined = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.wide, self.narrow = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, states: torch.Tensor, hidden: torch.Tensor) -> torch.Tensor:
        batch, length, width = states.shape
        query, key, value = self.attention(self.first(states)).reshape(batch, length, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4).unbind(0)
        weights = (query @ key.transpose(-1, -2) / (width // self.heads) ** 0.5 + hidden).softmax(-1)
        states = states + self.joined((weights @ value).transpose(1, 2).reshape(batch, length, width))
        return states + self.narrow(functional.gelu(self.wide(self.second(states))))


class Encoder(nn.Module):
    """One logit per text, from the mean and the greatest of its states."""

    def __init__(self, size: Size) -> None:
        super().__init__()
        self.words, self.places = nn.Embedding(size.vocabulary, size.width), nn.Embedding(size.tokens, size.width)
        self.blocks = nn.ModuleList(Block(size.width, size.heads) for _ in range(size.layers))
        self.norm, self.out = nn.LayerNorm(size.width), nn.Linear(2 * size.width, 1)
        for table in (self.words, self.places):
            nn.init.normal_(table.weight, std=0.02)

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        mask = attention_mask.to(self.words.weight.dtype)
        states = self.words(input_ids) + self.places(torch.arange(input_ids.shape[1], device=input_ids.device))
        hidden = (1 - mask)[:, None, None, :] * -1e4
        for block in self.blocks:
            states = block(states, hidden)
        states = self.norm(states)
        mean = (states * mask[:, :, None]).sum(1) / mask.sum(1, keepdim=True)
        peak = (states + hidden[:, 0, 0, :, None]).amax(1)
        return self.out(torch.cat([mean, peak], -1))


class Reader:
    """Turns texts into batches of token ids."""

    def __init__(self, texts: list[str], size: Size, device: str) -> None:
        self.size, self.device = size, device
        self.tokenizer = Tokenizer(models.BPE())
        # Every token is made of bytes of the text: there is no special one that a patch could spell.
        self.tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        self.tokenizer.train_from_iterator(texts, trainers.BpeTrainer(vocab_size=size.vocabulary, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False))
        self.known: dict[str, list[int]] = {}

    def ids(self, text: str) -> list[int]:
        found = self.known.get(text)
        if found is None:
            found = self.known[text] = self.tokenizer.encode(text).ids[: self.size.tokens]
        return found

    def batch(self, texts: list[str]) -> tuple[torch.Tensor, torch.Tensor]:
        lists = [self.ids(text) for text in texts]
        ids = torch.zeros(len(lists), max(map(len, lists)), dtype=torch.int64)
        mask = torch.zeros_like(ids)
        for row, own in enumerate(lists):
            ids[row, : len(own)] = torch.tensor(own)
            mask[row, : len(own)] = 1
        return ids.to(self.device), mask.to(self.device)


def fit(encoder: Encoder, reader: Reader, steps: int, draw, rate: float, name: str) -> list[float]:
    """Minimises a loss over pairs that `draw` gives: texts of which the first is right, and whether the two are labelled. Returns the share in order by fifths."""
    optimizer = torch.optim.AdamW(encoder.parameters(), lr=rate, weight_decay=0.05)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=max(2, steps), pct_start=0.1)
    shares, recent = [], []
    encoder.train()
    for step in range(steps):
        right, wrong, is_labelled = draw(reader.size.batch)
        ids, mask = reader.batch(right + wrong)
        with torch.autocast(reader.device, torch.bfloat16, enabled=reader.device == "cuda"):
            logits = encoder(ids, mask)[:, 0].float()
        good, bad = logits[: len(right)], logits[len(right) :]
        loss = functional.softplus(bad - good).mean()
        if is_labelled:
            target = torch.cat([torch.full_like(good, RIGHT), torch.full_like(bad, WRONG)])
            loss = loss + 0.3 * functional.binary_cross_entropy_with_logits(logits, target)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(encoder.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        recent.append(float(((1 + (good - bad).detach().sign()) / 2).mean()))
        if (step + 1) % max(1, steps // 5) == 0:
            shares.append(round(float(np.mean(recent)), 3))
            print(f"{name}: step {step + 1}, in order {shares[-1]:.3f}", flush=True)
            recent = []
    return shares


def pretraining_pairs(fixes: list[Fix], problem_max: int, random_: random.Random):
    def draw(count: int):
        right, wrong = [], []
        while len(right) < count:
            fix = random_.choice(fixes)
            bad = spoiled(fix, fixes, random_)
            if bad is not None:
                right.append(text_of(fix.message, fix.view, problem_max))
                wrong.append(text_of(*bad, problem_max))
        return right, wrong, False

    return draw


def labelled_pairs(rows: list[Row], texts: dict[int, str], random_: random.Random):
    tasks = []
    for members in by_instance(rows).values():
        right, wrong = [row for row in members if row.resolved], [row for row in members if not row.resolved]
        if right and wrong:
            tasks.append((right, wrong))

    def draw(count: int):
        chosen = [random_.choice(tasks) for _ in range(count)]
        return [texts[id(random_.choice(right))] for right, _ in chosen], [texts[id(random_.choice(wrong))] for _, wrong in chosen], True

    return draw


def scores(encoder: Encoder, reader: Reader, texts: list[str]) -> np.ndarray:
    encoder.eval()
    order = sorted(range(len(texts)), key=lambda at: len(reader.ids(texts[at])))
    found = np.zeros(len(texts))
    with torch.no_grad():
        for start in range(0, len(order), 64):
            part = order[start : start + 64]
            found[part] = encoder(*reader.batch([texts[at] for at in part]))[:, 0].float().cpu().numpy()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--clones", type=Path, nargs="*", default=[])
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--size", choices=SIZES, default="small")
    parser.add_argument("--commits", type=int, default=3000, help="the most of a clone")
    parser.add_argument("--device", choices=["auto", "cpu", "cuda"], default="auto")
    given = parser.parse_args()
    size = SIZES[given.size]
    device = given.device if given.device != "auto" else "cuda" if torch.cuda.is_available() else "cpu"
    started = time.process_time()
    torch.manual_seed(SEED)
    if device == "cpu":
        torch.set_num_threads(1)
    random_ = random.Random(SEED)

    train, dev = read_rows(given.data, "train"), read_rows(given.data, "dev")
    problems = {record["instance_id"]: record["problem_statement"] or "" for split in ("train", "dev") for record in read_lines(given.data / f"instances.{split}.jsonl.gz")}
    texts = {id(row): text_of(problems.get(row.instance, ""), view_of(row.patch), size.problem) for row in train + dev}
    fixes = fixes_of(given.clones, {row.repo.lower() for row in train + dev}, given.commits)
    learned = [row for row, is_counted in zip(train, default.counted(train)) if is_counted]
    fitted = [row for row in learned if default.fold_of(row.instance) != HELD]
    held = [row for row in learned if default.fold_of(row.instance) == HELD]
    sample = [text_of(fix.message, fix.view, size.problem) for fix in fixes] + [texts[id(row)] for row in fitted]
    reader = Reader(random_.sample(sample, min(len(sample), 20_000)), size, device)
    encoder = Encoder(size).to(device)
    print(f"{len(fixes)} fixes, {len(fitted)} labelled patches, {sum(p.numel() for p in encoder.parameters())} parameters, on {device}", flush=True)

    stages = {}
    if fixes:
        stages["pretraining"] = fit(encoder, reader, size.pretraining, pretraining_pairs(fixes, size.problem, random_), 1e-3 if given.size == "tiny" else 4e-4, "fixes")
    stages["training"] = fit(encoder, reader, size.training, labelled_pairs(fitted, texts, random_), 5e-4 if given.size == "tiny" else 1e-4, "labels")

    unseen = scores(encoder, reader, [texts[id(row)] for row in held])
    slope, intercept = fit_platt(unseen, default.labels(held), np.ones(len(held)))
    metrics, risk = judged(encoder, reader, texts, train, dev, slope, intercept)
    metrics |= {"size": given.size, "device": device, "stages": stages, "processorSeconds": round(time.process_time() - started)}
    given.out.mkdir(parents=True, exist_ok=True)
    reader.tokenizer.save(str(given.out / "tokenizer.json"), pretty=False)
    export(encoder.cpu().eval(), reader, given.out / "model.onnx")
    card = card_of(given.out, size, (slope, intercept), metrics, risk, train, fixes, given.size)
    (given.out / "card.json").write_text(json.dumps(card, indent=2, ensure_ascii=False) + "\n", encoding="utf8")
    print(json.dumps(metrics, indent=2))


def fixes_of(clones: list[Path], labelled: set[str], most: int) -> list[Fix]:
    names = {repo.split("/")[-1] for repo in labelled}
    fixes: list[Fix] = []
    for clone in clones:
        name = name_of(clone)
        if name.split("/")[-1] in names:
            print(f"{name} is left out: labelled patches come from it", flush=True)
        else:
            fixes += read_fixes(clone, most)
    return fixes


def judged(encoder: Encoder, reader: Reader, texts: dict[int, str], train: list[Row], dev: list[Row], slope: float, intercept: float) -> tuple[dict, list]:
    """Against the default model's head on the dev split, alone and summed with it."""
    rates = strengths(train)
    ours, theirs = default.no_op_last(dev, scores(encoder, reader, [texts[id(row)] for row in dev])), default.fit_patch(train)[0](dev)
    full, right = default.counted(dev), default.labels(dev)
    p = 1 / (1 + np.exp(-(slope * ours[full] + intercept)))
    both = ours / ours[full].std() + theirs / theirs[full].std()
    figures = {}
    for name, values in (("encoder", ours), ("default", theirs), ("both", both)):
        found = within(dev, values, rates)
        figures[name] = {"withinAuc": str(found["auc"]), "equalPairs": str(found["equal"]), "pick": str(found["pick"]), "pooledAuc": round(pooled_auc(right[full], values[full]), 4)}
    against = {"encoder": difference(dev, ours, theirs), "both": difference(dev, both, theirs)}
    beats = against["encoder"]["withinAuc"]["difference"] > against["encoder"]["withinAuc"]["standardError"]
    return {"dev": figures, "againstDefault": against, "calibrationError": round(calibration_error(p, right[full]), 4), "ships": bool(beats)}, risk_coverage(p, right[full])


def export(encoder: Encoder, reader: Reader, path: Path) -> None:
    reader.device = "cpu"
    ids, mask = reader.batch(["a b\n+ c", "a"])
    free = {0: torch.export.Dim("batch", max=1024), 1: torch.export.Dim("sequence", max=reader.size.tokens)}
    torch.onnx.export(encoder, (ids, mask), str(path), input_names=["input_ids", "attention_mask"], output_names=["logits"], opset_version=18, dynamo=True, external_data=False, dynamic_shapes=(free, free))


def card_of(out: Path, size: Size, calibration: tuple[float, float], metrics: dict, risk: list, train: list[Row], fixes: list[Fix], name: str) -> dict:
    def pin(file: str) -> dict:
        content = (out / file).read_bytes()
        return {"file": file, "digest": f"sha256:{hashlib.sha256(content).hexdigest()}", "bytes": len(content)}

    sources = collections.Counter((row.source, row.licence) for row in train)
    commits = collections.Counter(fix.repo for fix in fixes)
    return {
        "schema": "assay-model/1",
        "name": f"assay-encoder-{name}",
        "model": pin("model.onnx"),
        "input": {"kind": "text", "tokenizer": pin("tokenizer.json"), "maxTokens": size.tokens, "problemMax": size.problem, "ids": "input_ids", "mask": "attention_mask", "types": None, "positive": 0},
        "heads": {"patch": {"output": "logits", "calibration": {"slope": round(calibration[0], 6), "intercept": round(calibration[1], 6)}}},
        "fusion": {"p": 1, "facts": 4, "safety": 2, "consensus": 1},
        "clipEta": 0.5,
        "abstain": {"novelty": None, "margin": 0.02, "withoutProblem": True},
        "training": {
            "command": f"python training/encoder.py --data DIR --clones REPO... --out OUT --size {name}",
            "seed": SEED,
            "labels": "first fix commits against the same ones spoiled; then tests of the task pass after the patch, as the runs' own reports say",
            "data": [
                *({"source": source, "licence": licence, "records": count} for (source, licence), count in sorted(sources.items())),
                *({"source": repo, "licence": "as the repository states", "records": count} for repo, count in sorted(commits.items())),
            ],
        },
        "metrics": metrics,
        "riskCoverage": risk,
        "limits": ["Experimental: it ships only when it orders patches better than the default model by more than one standard error.", "Padding may move it: unlike the default model's, its weights have no sides."],
    }


if __name__ == "__main__":
    main()
