"""Time a simulation of a million draws and the BG/NBD fit against code by hand.

python tests/benchmarks/bench_models.py
"""

# ruff: noqa: T201 - a script that prints
import importlib.metadata
import platform
import time
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import optimize, special, stats

import pmlab as pm

DRAWS = 1_000_000
REPEATS = 5
SAMPLE = Path(__file__).parents[1] / "metrics" / "data" / "cdnow_sample.csv"
RANGES = {"homes": (90_000, 140_000), "share": (0.05, 0.12), "price_usd": (80, 130)}
Z = stats.norm.ppf(0.95)


def simulate_pmlab():
    inputs = {name: pm.market.value_range(*ends) for name, ends in RANGES.items()}
    result = pm.market.simulate(spend, inputs, draws=DRAWS, rng=1)
    return float(np.median(result.outcomes))


def spend(homes, share, price_usd):
    return homes * share * price_usd


def simulate_by_hand():
    rng = np.random.default_rng(1)
    drawn = {}
    for name, (low, high) in RANGES.items():
        middle = (np.log(low) + np.log(high)) / 2
        spread = (np.log(high) - np.log(low)) / (2 * Z)
        drawn[name] = np.exp(middle + spread * rng.standard_normal(DRAWS))
    return float(np.median(spend(**drawn)))


def fit_pmlab():
    model = pm.metrics.fit_bg_nbd(pd.read_csv(SAMPLE))
    return [model.r, model.alpha, model.a, model.b]


def fit_by_hand():
    table = pd.read_csv(SAMPLE)
    x, last, age = (table[name].to_numpy(float) for name in table.columns[1:4])

    def loss(logs):
        r, alpha, a, b = np.exp(logs)
        base = special.gammaln(r + x) - special.gammaln(r) + r * np.log(alpha)
        alive = special.betaln(a, b + x) - special.betaln(a, b)
        alive -= (r + x) * np.log(alpha + age)
        gone = special.betaln(a + 1, b + np.maximum(x, 1) - 1) - special.betaln(a, b)
        gone -= (r + x) * np.log(alpha + last)
        both = np.where(x > 0, np.logaddexp(alive, gone), alive)
        return -(base + both).sum()

    done = optimize.minimize(loss, np.zeros(4), method="Nelder-Mead", tol=1e-8)
    return list(np.exp(done.x))


def best_time(job):
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        job()
        times.append(time.perf_counter() - start)
    return min(times)


def main():
    packages = ("numpy", "pandas", "scipy")
    versions = [f"{name} {importlib.metadata.version(name)}" for name in packages]
    print(f"Python {platform.python_version()}, {', '.join(versions)}\n")
    print("| task | contender | seconds | of pmlab |\n|---|---|---|---|")
    for task, ours, by_hand, tolerance in (
        (
            "simulation, 1,000,000 draws of 3 inputs",
            simulate_pmlab,
            simulate_by_hand,
            0.005,
        ),
        ("BG/NBD fit, 2,357 CDNOW customers", fit_pmlab, fit_by_hand, 0.005),
    ):
        np.testing.assert_allclose(ours(), by_hand(), rtol=tolerance)
        base = best_time(ours)
        print(f"| {task} | pmlab | {base:.3f} | 1.0 x |")
        other = best_time(by_hand)
        print(f"| {task} | by hand | {other:.3f} | {other / base:.1f} x |")


if __name__ == "__main__":
    main()
