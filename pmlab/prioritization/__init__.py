"""What comes first: scores, cost of delay, robust ranks, the best plan.

``scores`` ranks by formula (RICE, ICE, MoSCoW, weighted sums), ``delay`` by what
waiting costs, ``stability`` asks whether a rank survives rough estimates,
``selection`` finds the best set of work under a capacity, and ``displacement`` says
what a wish would push out of it. All public names are
available as ``pmlab.prioritization.NAME``.
"""

from pmlab.prioritization.delay import (
    WorkOrder,
    compare_sequences,
    cost_of_delay,
    sequence,
    wsjf,
)
from pmlab.prioritization.displacement import PriceOfAYes, price_of_a_yes
from pmlab.prioritization.scores import ice, moscow, rice, weighted_scores
from pmlab.prioritization.selection import Plan, best_plan, compare_plans, greedy_plan
from pmlab.prioritization.stability import RankStability, rank_stability

__all__ = [
    "Plan",
    "PriceOfAYes",
    "RankStability",
    "WorkOrder",
    "best_plan",
    "compare_plans",
    "compare_sequences",
    "cost_of_delay",
    "greedy_plan",
    "ice",
    "moscow",
    "price_of_a_yes",
    "rank_stability",
    "rice",
    "sequence",
    "weighted_scores",
    "wsjf",
]
