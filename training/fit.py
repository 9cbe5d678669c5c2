"""Fits the heads: linear ones by a logistic loss over pairs of one task, the group head with boosted trees beside it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

CLIP = 4.0
SEED = 20261121


def squash(values: np.ndarray) -> np.ndarray:
    """Signed logarithm: a patch ten times as long is a step further, not ten."""
    return np.sign(values) * np.log1p(np.abs(values))


@dataclass
class Linear:
    """logit = weights · clip((squash(x) - mean) / deviation, ±4) + bias."""

    mean: np.ndarray
    deviation: np.ndarray
    weights: np.ndarray
    bias: float = 0.0

    def standard(self, values: np.ndarray) -> np.ndarray:
        return np.clip((squash(values) - self.mean) / self.deviation, -CLIP, CLIP)

    def __call__(self, values: np.ndarray) -> np.ndarray:
        return self.standard(values) @ self.weights + self.bias


def scaled(values: np.ndarray) -> Linear:
    squashed = squash(values)
    return Linear(squashed.mean(0), squashed.std(0) + 1e-6, np.zeros(values.shape[1]))


def pairs_of(instances: list[str], right: np.ndarray, counts: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Every right patch with every wrong one of its task; a task weighs as the root of its pairs."""
    groups: dict[str, list[int]] = {}
    for at, instance in enumerate(instances):
        if counts[at]:
            groups.setdefault(instance, []).append(at)
    first, second, weights = [], [], []
    for members in groups.values():
        good = [at for at in members if right[at]]
        bad = [at for at in members if not right[at]]
        for a in good:
            for b in bad:
                first.append(a)
                second.append(b)
                weights.append((len(good) * len(bad)) ** -0.5)
    return np.array(first, int), np.array(second, int), np.array(weights)


def fit_pairs(values: np.ndarray, signs: np.ndarray, pairs, ridge: float) -> Linear:
    """Pairwise logistic regression; a sign of ±1 keeps a weight on its side of 0, so that padding never pays."""
    model = scaled(values)
    first, second, weights = pairs
    weights = weights / weights.sum()
    difference = model.standard(values)[first] - model.standard(values)[second]

    def loss(w: np.ndarray):
        margin = difference @ w
        return (weights * np.logaddexp(0, -margin)).sum() + ridge * (w @ w) / 2, -difference.T @ (weights / (1 + np.exp(margin))) + ridge * w

    model.weights = minimize(loss, np.zeros(values.shape[1]), jac=True, bounds=bounds_of(signs), method="L-BFGS-B", options={"maxiter": 200}).x
    return model


def fit_labels(values: np.ndarray, right: np.ndarray, signs: np.ndarray, weights: np.ndarray, ridge: float) -> Linear:
    """Logistic regression with the same constraints."""
    model = scaled(values)
    z = np.c_[model.standard(values), np.ones(len(values))]
    weights = weights / weights.sum()

    def loss(w: np.ndarray):
        margin = z @ w
        p = 1 / (1 + np.exp(-margin))
        return (weights * (np.logaddexp(0, margin) - right * margin)).sum() + ridge * (w[:-1] @ w[:-1]) / 2, z.T @ (weights * (p - right)) + ridge * np.r_[w[:-1], 0]

    w = minimize(loss, np.zeros(z.shape[1]), jac=True, bounds=[*bounds_of(signs), (None, None)], method="L-BFGS-B", options={"maxiter": 200}).x
    model.weights, model.bias = w[:-1], float(w[-1])
    return model


def bounds_of(signs: np.ndarray):
    return [(0, None) if sign > 0 else (None, 0) if sign < 0 else (None, None) for sign in signs]


def fit_trees(values: np.ndarray, pairs, rounds: int = 150):
    """Boosted trees of depth 3 on the same pairs. Returns a LightGBM model whose raw score is the logit."""
    import lightgbm

    first, second, weights = pairs
    weights = weights / weights.mean()
    used = np.zeros(len(values), bool)
    used[first] = used[second] = True
    index = np.cumsum(used) - 1
    a, b, size = index[first], index[second], int(used.sum())

    def objective(scores, _):
        p = weights / (1 + np.exp(scores[a] - scores[b]))
        curve = p * (1 - p / weights)
        return np.bincount(b, p, size) - np.bincount(a, p, size), np.bincount(a, curve, size) + np.bincount(b, curve, size) + 1e-3

    parameters = {
        "objective": objective, "learning_rate": 0.05, "num_leaves": 8, "max_depth": 3, "min_data_in_leaf": 40, "feature_fraction": 0.3,
        "bagging_fraction": 0.7, "bagging_freq": 1, "lambda_l2": 10, "verbose": -1, "num_threads": 1, "seed": SEED, "deterministic": True,
    }  # fmt: skip
    return lightgbm.train(parameters, lightgbm.Dataset(values[used].astype(np.float32), np.zeros(size)), rounds)


def fit_platt(logits: np.ndarray, right: np.ndarray, weights: np.ndarray) -> tuple[float, float]:
    """Slope and intercept by maximum likelihood."""

    def loss(w: np.ndarray):
        margin = w[0] * logits + w[1]
        p = 1 / (1 + np.exp(-margin))
        return (weights * (np.logaddexp(0, margin) - right * margin)).sum(), np.array([(weights * (p - right) * logits).sum(), (weights * (p - right)).sum()])

    slope, intercept = minimize(loss, np.array([1.0, 0.0]), jac=True, bounds=[(1e-3, None), (None, None)], method="L-BFGS-B").x
    return float(slope), float(intercept)
