"""Time the funnel and the retention matrix against queries written by hand.

Each contestant runs in a process of its own on the same Parquet file, loads its table
first (not timed), gives its answer, and is timed only if the answer equals the first
one. Shown are the best time, peak memory of the process after loading, and the ratio to
the hand-written query on the same engine.

    python tests/benchmarks/bench_metrics.py            1 million events
    python tests/benchmarks/bench_metrics.py --millions 1 5
    python tests/benchmarks/bench_metrics.py --millions 20 --repeats 3
"""

# ruff: noqa: S608, T201 - a script that prints, with queries made of its own constants
import argparse
import importlib.metadata
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

STEPS = ["visit", "search", "quote", "book"]
EVENTS = [*STEPS, "help"]
WINDOW_DAYS = 7
THREADS = "2"
LIMIT_SECONDS = 300


def write_events(path: Path, rows: int) -> None:
    """Write a log with 20 events a user over 120 days, five kinds, in order of time."""
    import numpy as np
    import polars as pl

    rng = np.random.default_rng(20250301)
    users = rows // 20
    user = rng.integers(0, users, rows)
    start = rng.uniform(0, 60, users)
    at = start[user] + rng.exponential(12, rows)
    time_us = np.datetime64("2025-01-01", "us") + (at * 86_400e6).astype("m8[us]")
    kind = rng.choice(len(EVENTS), rows, p=[0.4, 0.25, 0.15, 0.08, 0.12])
    log = pl.DataFrame(
        {"user_id": user, "event": np.array(EVENTS)[kind], "time": time_us}
    )
    log = log.with_columns(pl.col("event").cast(pl.Categorical)).sort("time")
    log.write_parquet(path)


def load(engine: str, path: Path):
    if engine == "pandas":
        import pandas as pd

        return pd.read_parquet(path)
    if engine == "polars":
        import polars as pl

        return pl.read_parquet(path).lazy()
    import duckdb

    connection = duckdb.connect()
    connection.execute(f"set threads = {THREADS}")
    connection.execute(
        "create table events as select user_id, event::varchar as event, time "
        "from read_parquet(?)",
        [str(path)],
    )
    return connection.table("events")


def retention_pmlab(table):
    from pmlab.metrics import cohort_triangle

    triangle = cohort_triangle(table, cohort="week", counting="calendar").to_frame()
    known = triangle.dropna()
    return [
        [str(cohort.date()), int(period), int(kept)]
        for cohort, period, kept in zip(
            known["cohort"], known["period"], known["retained_users"], strict=True
        )
    ]


def funnel_pmlab(table):
    from pmlab.metrics import funnel

    return list(funnel(table, STEPS, window_days=WINDOW_DAYS).users)


def _mature(rows, last_week):
    """Keep cells whose week is over, as a triangle does; the last week is not."""
    from datetime import date, timedelta

    monday = date(1970, 1, 1) - timedelta(days=3)
    cells = {(cohort, period): kept for cohort, period, kept in rows}
    cohorts = sorted({cohort for cohort, _ in cells})
    return [
        [
            str(monday + timedelta(weeks=cohort)),
            period,
            int(cells.get((cohort, period), 0)),
        ]
        for cohort in cohorts
        for period in range(last_week - cohort)
    ]


def retention_pandas(table):
    week = (table["time"].astype("int64") // 86_400_000_000 + 3) // 7
    cohort = week.groupby(table["user_id"]).transform("min")
    cells = table[["user_id"]].assign(cohort=cohort, period=week - cohort)
    counts = cells.drop_duplicates().groupby(["cohort", "period"]).size()
    rows = [(int(c), int(p), int(n)) for (c, p), n in counts.items()]
    return _mature(rows, int(week.max()))


def funnel_pandas(table):
    window = 86_400_000_000 * WINDOW_DAYS
    micros = table["time"].astype("int64")
    last = micros.max() - window
    event, user = table["event"], table["user_id"]
    here = event == STEPS[0]
    first = micros[here].groupby(user[here]).min()
    first = first[first <= last]
    reached, users = first, [len(first)]
    for step in STEPS[1:]:
        here = (event == step) & user.isin(reached.index)
        now, who = micros[here], user[here]
        fine = (now >= who.map(reached)) & (now <= who.map(first) + window)
        reached = now[fine].groupby(who[fine]).min()
        users.append(len(reached))
    return users


def retention_polars(table):
    import polars as pl

    week = (pl.col("time").dt.timestamp("us") // 86_400_000_000 + 3) // 7
    cells = (
        table.select("user_id", week=week)
        .unique()
        .with_columns(cohort=pl.col("week").min().over("user_id"))
        .group_by("cohort", period=pl.col("week") - pl.col("cohort"))
        .len()
        .collect()
    )
    rows = cells.rows()
    return _mature(rows, max(cohort + period for cohort, period, _ in rows))


def funnel_polars(table):
    import polars as pl

    window = pl.duration(days=WINDOW_DAYS)
    last = table.select(pl.col("time").max()).collect().item()
    first = (
        table.filter(pl.col("event") == STEPS[0])
        .group_by("user_id")
        .agg(first=pl.col("time").min())
        .filter(pl.col("first") <= pl.lit(last) - window)
        .with_columns(reached=pl.col("first"))
        .collect()
    )
    users = [first.height]
    for step in STEPS[1:]:
        first = (
            table.filter(pl.col("event") == step)
            .join(first.lazy(), on="user_id")
            .filter(
                pl.col("time") >= pl.col("reached"),
                pl.col("time") <= pl.col("first") + window,
            )
            .group_by("user_id")
            .agg(pl.col("first").first(), reached=pl.col("time").min())
            .collect()
        )
        users.append(first.height)
    return users


def retention_duckdb(table):
    query = """
        with weeks as (
            select distinct user_id, (epoch_us(time) // 86400000000 + 3) // 7 as week
            from events
        ), starts as (
            select user_id, min(week) as cohort from weeks group by user_id
        )
        select cohort, week - cohort as period, count(*)
        from weeks join starts using (user_id) group by all
    """
    rows = table.query("events", query).fetchall()
    return _mature(rows, max(cohort + period for cohort, period, _ in rows))


def funnel_duckdb(table):
    chain = "\n".join(
        f""", s{k} as (
            select s.user_id, any_value(s.first) as first, min(e.time) as reached
            from s{k - 1} s join events e on e.user_id = s.user_id
            and e.event = '{step}' and e.time >= s.reached
            and e.time <= s.first + interval {WINDOW_DAYS} day group by s.user_id
        )"""
        for k, step in enumerate(STEPS[1:], start=2)
    )
    counts = ", ".join(f"(select count(*) from s{k})" for k in range(1, 5))
    query = f"""
        with s1 as (
            select user_id, min(time) as first, min(time) as reached from events
            where event = '{STEPS[0]}' group by user_id
            having min(time) <= (select max(time) from events)
            - interval {WINDOW_DAYS} day
        ) {chain} select {counts}
    """
    return list(table.query("events", query).fetchall()[0])


CONTESTANTS = {
    task: {
        "by hand": {
            engine: globals()[f"{task}_{engine}"]
            for engine in ("pandas", "polars", "duckdb")
        },
        "pmlab": dict.fromkeys(
            ("pandas", "polars", "duckdb"), globals()[f"{task}_pmlab"]
        ),
    }
    for task in ("retention", "funnel")
}


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def run_one(task: str, who: str, engine: str, path: Path, repeats: int) -> None:
    """Answer once, then take the best time; print JSON for the parent."""
    function = CONTESTANTS[task][who][engine]
    table = load(engine, path)
    loaded = peak_mb()
    answer = function(table)
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        function(table)
        times.append(time.perf_counter() - start)
    result = {
        "answer": answer,
        "seconds": min(times),
        "loaded": loaded,
        "mb": peak_mb(),
    }
    print(json.dumps(result))


def measure(task: str, who: str, engine: str, path: Path, repeats: int) -> dict:
    command = [sys.executable, __file__, "--one", task, who, engine, str(path)]
    pinned = dict.fromkeys(
        ("POLARS_MAX_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), THREADS
    )
    done = subprocess.run(
        [*command, "--repeats", str(repeats)],
        capture_output=True,
        text=True,
        check=False,
        timeout=LIMIT_SECONDS,
        env=os.environ | pinned,
    )
    if done.returncode:
        raise SystemExit(f"{who} {task} on {engine} failed:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def compare(task: str, millions: float, path: Path, repeats: int) -> None:
    expected = None
    for engine in ("pandas", "polars", "duckdb"):
        by_hand = measure(task, "by hand", engine, path, repeats)
        ours = measure(task, "pmlab", engine, path, repeats)
        for name, result in (("by hand", by_hand), ("pmlab", ours)):
            expected = expected or result["answer"]
            if result["answer"] != expected:
                raise SystemExit(f"{name} {task} on {engine} gives another answer")
        print(
            f"| {task} | {millions:g} M | {engine} | {by_hand['seconds']:.3f} "
            f"| {ours['seconds']:.3f} | {ours['seconds'] / by_hand['seconds']:.2f} "
            f"| {by_hand['mb'] - by_hand['loaded']:.0f} "
            f"| {ours['mb'] - ours['loaded']:.0f} |",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--millions", type=float, nargs="+", default=[1.0])
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--one", nargs=4, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        task, who, engine, path = options.one
        run_one(task, who, engine, Path(path), options.repeats)
        return
    names = ("pmlab", "narwhals", "pandas", "polars", "duckdb")
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in names)
    print(f"Python {platform.python_version()}, {versions}; {THREADS} threads\n")
    print("| task | events | engine | by hand s | pmlab s | ratio | MB by hand | MB |")
    print("|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for millions in options.millions:
            path = Path(folder) / f"events_{millions:g}.parquet"
            write_events(path, int(millions * 1_000_000))
            for task in CONTESTANTS:
                compare(task, millions, path, options.repeats)
            path.unlink()


if __name__ == "__main__":
    main()
