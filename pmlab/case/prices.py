"""Prices and rates that many parts of the case share."""

from pmlab.case.draws import Draws

DISCOUNT_RATE = 0.12
"""Yearly rate at which the company discounts."""


def price_usd(variant: str) -> float:
    """Return the planned price of a clean, in whole dollars."""
    return float(Draws(variant, "price").whole(98, 138, 1)[0])


def take_rate(variant: str) -> float:
    """Return the planned share of the price that Fernbroom keeps."""
    return float(Draws(variant, "take").whole(22, 29, 1)[0]) / 100


def variable_cost_usd(variant: str) -> float:
    """Return the planned variable cost of a clean."""
    share = Draws(variant, "variable cost").one(0.36, 0.46)
    return round(price_usd(variant) * take_rate(variant) * share, 2)
