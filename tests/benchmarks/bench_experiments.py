"""How fast are the read-outs of experiments? One script, one table.

``python tests/benchmarks/bench_experiments.py [--users 1000000] [--task read-out]``

Each contender runs in a process of its own. Answers of all contenders for a task are
compared first; nothing is timed unless they agree. Time is the best of the repeats
after a warm-up, memory the peak of the process above what it held before the call.
CPU seconds add up all threads and bear a busy machine better. Reading the table from
disk is not part of the time; DuckDB reads it in the query.
"""

import argparse
import importlib.metadata
import json
import math
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

RESAMPLES = 2_000
BOOTSTRAP_USERS = 100_000
PACKAGES = (
    "pmlab", "numpy", "pandas", "scipy", "narwhals", "polars", "duckdb",
    "tea-tasting", "statsmodels",
)  # fmt: skip


def make_users(number: int) -> pd.DataFrame:
    """Return one row per user with orders, sessions and history."""
    rng = np.random.default_rng(20)
    keen = rng.gamma(2.0, 1.0, number)
    treated = rng.random(number) < 0.5
    return pd.DataFrame(
        {
            "user_id": np.arange(number),
            "variant": treated.astype(np.int64),
            "orders": rng.poisson(keen * np.where(treated, 1.02, 1.0)),
            "sessions": 1 + rng.poisson(2 * keen),
            "orders_before": rng.poisson(keen),
        }
    )


def load(engine: str, path: str):
    """Return the table in an engine; DuckDB gets the file."""
    if engine == "pandas":
        return pd.read_parquet(path)
    if engine == "polars":
        import polars as pl

        return pl.read_parquet(path)
    import duckdb

    return duckdb.read_parquet(path)


def read_with_pmlab(data) -> list[float]:
    """Return differences and errors of mean, ratio and CUPED."""
    from pmlab.experiments import Mean, Ratio, analyze

    result = analyze(
        data,
        {
            "mean": Mean("orders"),
            "ratio": Ratio("orders", "sessions"),
            "cuped": Mean("orders", covariate_column="orders_before"),
        },
        control=0,
    )
    effects = result.effects.values()
    return [x for e in effects for x in (e.difference, e.difference_low)]


def read_with_tea_tasting(data) -> list[float]:
    """Return the same by tea-tasting."""
    import tea_tasting as tt

    result = tt.Experiment(
        mean=tt.Mean("orders"),
        ratio=tt.RatioOfMeans("orders", "sessions"),
        cuped=tt.Mean("orders", covariate="orders_before"),
    ).analyze(data)
    effects = [result[name] for name in ("mean", "ratio", "cuped")]
    return [x for e in effects for x in (e.effect_size, e.effect_size_ci_lower)]


def read_with_statsmodels(data: pd.DataFrame) -> list[float]:
    """Return the same by statsmodels, with ratio and CUPED prepared by hand."""
    from statsmodels.api import OLS, add_constant
    from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

    treated = data["variant"].to_numpy() == 1
    y, d, x = (
        data[name].to_numpy(dtype=float)
        for name in ("orders", "sessions", "orders_before")
    )
    answers: list[float] = []

    def compare(values, difference=None):
        arms = [DescrStatsW(values[part]) for part in (treated, ~treated)]
        low, _ = CompareMeans(*arms).tconfint_diff(usevar="unequal")
        seen = arms[0].mean - arms[1].mean
        answers.extend((seen, low) if difference is None else difference(seen, low))

    compare(y)
    linear = np.empty(len(y))
    ratio = {}
    for arm in (True, False):
        part = treated == arm
        ratio[arm] = y[part].sum() / d[part].sum()
        linear[part] = (y[part] - ratio[arm] * d[part]) / d[part].mean()
    gap = ratio[True] - ratio[False]
    compare(linear, lambda seen, low: (gap, gap + low - seen))
    theta = OLS(y, add_constant(x)).fit().params[1]
    compare(y - theta * (x - x.mean()))
    return answers


def bootstrap_arms(kind: str):
    """Return two arms of continuous amounts or of counts."""
    rng = np.random.default_rng(21)
    if kind == "amounts":
        return [rng.gamma(2.0, 10.0 * f, BOOTSTRAP_USERS) for f in (1.0, 1.02)]
    return [rng.poisson(2 * f, BOOTSTRAP_USERS).astype(float) for f in (1.0, 1.02)]


def bootstrap_with_pmlab(arms) -> list[float]:
    """Return difference and its error."""
    from pmlab.experiments import bootstrap_effect

    result = bootstrap_effect(*arms, resamples=RESAMPLES, rng=1)
    return [result.difference, result.standard_error]


def bootstrap_with_scipy(arms) -> list[float]:
    """Return the same by scipy."""
    from scipy.stats import bootstrap

    def difference(a, b, axis):
        return b.mean(axis=axis) - a.mean(axis=axis)

    result = bootstrap(
        arms, difference, n_resamples=RESAMPLES, batch=20, method="percentile", rng=1
    )
    return [float(arms[1].mean() - arms[0].mean()), float(result.standard_error)]


def bootstrap_with_a_loop(arms) -> list[float]:
    """Return the same by the loop one writes by hand."""
    rng = np.random.default_rng(1)
    drawn = [
        rng.choice(arms[1], len(arms[1])).mean()
        - rng.choice(arms[0], len(arms[0])).mean()
        for _ in range(RESAMPLES)
    ]
    return [float(arms[1].mean() - arms[0].mean()), float(np.std(drawn, ddof=1))]


# task: (relative tolerance of the answers, {contender: (function, what it gets)})
TASKS = {
    "read-out: mean, ratio, CUPED": (
        1e-6,
        {
            "pmlab, pandas": (read_with_pmlab, "pandas"),
            "tea-tasting, pandas": (read_with_tea_tasting, "pandas"),
            "statsmodels, pandas": (read_with_statsmodels, "pandas"),
            "pmlab, Polars": (read_with_pmlab, "polars"),
            "tea-tasting, Polars": (read_with_tea_tasting, "polars"),
            "pmlab, DuckDB": (read_with_pmlab, "duckdb"),
        },
    ),
    f"bootstrap {RESAMPLES:,} x 2 x {BOOTSTRAP_USERS:,}, amounts": (
        0.08,
        {
            "pmlab": (bootstrap_with_pmlab, "amounts"),
            "scipy.stats.bootstrap": (bootstrap_with_scipy, "amounts"),
            "loop with numpy": (bootstrap_with_a_loop, "amounts"),
        },
    ),
    f"bootstrap {RESAMPLES:,} x 2 x {BOOTSTRAP_USERS:,}, counts": (
        0.08,
        {
            "pmlab": (bootstrap_with_pmlab, "counts"),
            "scipy.stats.bootstrap": (bootstrap_with_scipy, "counts"),
            "loop with numpy": (bootstrap_with_a_loop, "counts"),
        },
    ),
}


def child(task: str, contender: str, path: str, repeats: int) -> None:
    """Run one contender and print its answers, best time and peak memory."""
    function, source = TASKS[task][1][contender]
    engines = ("pandas", "polars", "duckdb")
    data = load(source, path) if source in engines else bootstrap_arms(source)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    answers = function(data)
    times, work = [], []
    for _ in range(repeats):
        start, start_work = time.perf_counter(), time.process_time()
        function(data)
        times.append(time.perf_counter() - start)
        work.append(time.process_time() - start_work)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    record = {
        "answers": [float(value) for value in answers],
        "seconds": min(times, default=math.nan),
        "cpu_seconds": min(work, default=math.nan),
        "peak_mb": (peak - before) / 1024,
    }
    sys.stdout.write(json.dumps(record) + "\n")


def run(task: str, contender: str, path: str, repeats: int) -> dict:
    """Run one contender in a process of its own."""
    command = [sys.executable, __file__, "--child", task, contender]
    command += ["--path", path, "--repeats", str(repeats)]
    threads = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        command,
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, **threads},
    )
    return json.loads(done.stdout.splitlines()[-1])


def agree(task: str, answers: dict[str, list[float]]) -> None:
    """Raise unless all contenders found the same."""
    tolerance = TASKS[task][0]
    reference = next(iter(answers.values()))
    for contender, found in answers.items():
        if not np.allclose(found, reference, rtol=tolerance, atol=0):
            raise SystemExit(f"{task}: {contender} found {found}, not {reference}")


def main() -> None:
    """Compare answers, then time, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--users", type=int, default=1_000_000)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--task", default="", help="part of a task's name")
    parser.add_argument("--child", nargs=2)
    parser.add_argument("--path", default="")
    options = parser.parse_args()
    if options.child:
        child(*options.child, options.path, options.repeats)
        return
    tasks = {name: task for name, task in TASKS.items() if options.task in name}
    write = sys.stdout.write
    versions = [f"{name} {importlib.metadata.version(name)}" for name in PACKAGES]
    write(f"Python {platform.python_version()}, {os.cpu_count()} cores; ")
    write(", ".join(versions) + f"; {options.users:,} users\n\n")
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "users.parquet")
        make_users(options.users).to_parquet(path)
        for task, (_, contenders) in tasks.items():
            answers = {c: run(task, c, path, 0)["answers"] for c in contenders}
            agree(task, answers)
        write("| task | contender | seconds | CPU seconds | of pmlab (CPU) | MB |\n")
        write("|---|---|---|---|---|---|\n")
        for task, (_, contenders) in tasks.items():
            own = math.nan
            for contender in contenders:
                seen = run(task, contender, path, options.repeats)
                if contender.startswith("pmlab"):
                    own = seen["cpu_seconds"]
                write(
                    f"| {task} | {contender} | {seen['seconds']:.3f} | "
                    f"{seen['cpu_seconds']:.3f} | {seen['cpu_seconds'] / own:.1f} x | "
                    f"{seen['peak_mb']:.0f} |\n"
                )


if __name__ == "__main__":
    main()
