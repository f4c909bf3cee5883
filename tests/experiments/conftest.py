import numpy as np
import pandas as pd
import pytest

# numpy default_rng(7), made for the published list of reference numbers: fixture_ab_40
CLICKS = [
    4, 7, 3, 3, 3, 3, 4, 0, 4, 4, 4, 2, 1, 5, 1, 0, 2, 3, 2, 2,
    3, 3, 1, 3, 2, 6, 2, 2, 2, 2, 2, 2, 5, 4, 6, 1, 6, 0, 4, 0,
]  # fmt: skip
VIEWS = [
    7, 8, 9, 7, 3, 4, 9, 7, 9, 5, 10, 6, 7, 6, 3, 11, 4, 6, 8, 10,
    9, 11, 5, 10, 6, 7, 3, 4, 3, 9, 7, 9, 9, 5, 8, 6, 6, 5, 4, 7,
]  # fmt: skip
BEFORE = [
    4, 5, 3, 3, 7, 2, 5, 0, 5, 3, 6, 2, 2, 3, 2, 0, 3, 3, 2, 1,
    2, 4, 3, 4, 1, 4, 3, 2, 5, 5, 4, 3, 6, 5, 4, 1, 6, 3, 3, 2,
]  # fmt: skip


@pytest.fixture
def forty_users() -> pd.DataFrame:
    """One row per user of a small A/B test, 20 of each arm."""
    return pd.DataFrame(
        {
            "variant": ["control"] * 20 + ["treatment"] * 20,
            "clicks": CLICKS,
            "views": VIEWS,
            "before": BEFORE,
        }
    )


@pytest.fixture
def many_users() -> pd.DataFrame:
    """Users with orders, sessions and history; the treatment lifts orders by 10 %."""
    rng = np.random.default_rng(11)
    number = 4_000
    keen = rng.gamma(2.0, 1.0, number)
    treated = rng.random(number) < 0.5
    sessions = 1 + rng.poisson(2 * keen)
    sessions_before = 1 + rng.poisson(2 * keen)
    return pd.DataFrame(
        {
            "variant": np.where(treated, "treatment", "control"),
            "orders": rng.poisson(keen * np.where(treated, 1.1, 1.0)),
            "sessions": sessions,
            "orders_before": rng.poisson(keen),
            "sessions_before": sessions_before,
            "bought": rng.random(number) < 0.3,
        }
    )
