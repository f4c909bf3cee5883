"""Metrics: what users do, how many stay, and what they are worth.

A map, by the question asked:

==============================================  ====================================
``funnel``                                      how many users get how far?
``proportion``                                  how sure is a share?
``retention_curve``, ``cohort_triangle``        how many come back, and of which cohort?
``active_users``, ``stickiness``                how many are active, and how often?
``growth_accounting``                           where do active users come from?
``revenue_retention``                           what is left of recurring revenue?
``log_contributions``, ``mix_shift``            why did a number move?
``kaplan_meier``, ``survival_of_spells``        how long does it last?
``log_rank``                                    does it last longer in one group?
``lifetime_value``, ``margin_multiple``         what does a customer bring?
``acquisition_cost``, ``customer_payback``      what does a customer cost, and when is
                                                it earned back?
``unit_economics``                              retention curve to payback in one step
``fit_shifted_beta_geometric``                  how many will stay under contract?
``purchase_summary``, ``fit_bg_nbd``,           who will buy again without a contract?
``fit_pareto_nbd``, ``fit_gamma_gamma``         and for how much?
==============================================  ====================================

Tables of events may be pandas, Polars, DuckDB relations or PySpark frames; the rows
stay in their engine, only counts come back. Calendar days are those of the time
column's zone; DuckDB and PySpark keep one zone for the whole session, so set it first.
"""

from pmlab.metrics._fitting import NotConvergedError
from pmlab.metrics.cohorts import CohortTriangle, cohort_triangle
from pmlab.metrics.contractual import (
    ShiftedBetaGeometric,
    fit_shifted_beta_geometric,
)
from pmlab.metrics.conversion import Proportion, proportion
from pmlab.metrics.decomposition import (
    FactorContributions,
    MixShift,
    log_contributions,
    mix_shift,
)
from pmlab.metrics.engagement import Stickiness, active_users, stickiness
from pmlab.metrics.funnels import Funnel, funnel
from pmlab.metrics.growth import GrowthAccounting, growth_accounting
from pmlab.metrics.lifetime import (
    CustomerPayback,
    LifetimeValue,
    acquisition_cost,
    customer_payback,
    lifetime_value,
    margin_multiple,
)
from pmlab.metrics.pareto_nbd import ParetoNBD, fit_pareto_nbd
from pmlab.metrics.purchases import purchase_summary
from pmlab.metrics.repeat_buying import BetaGeometricNBD, fit_bg_nbd
from pmlab.metrics.retention import RetentionCurve, retention_curve
from pmlab.metrics.revenue import RevenueRetention, revenue_retention
from pmlab.metrics.spend import GammaGamma, fit_gamma_gamma
from pmlab.metrics.survival import SurvivalCurve, kaplan_meier, survival_of_spells
from pmlab.metrics.survival_comparison import LogRankTest, log_rank
from pmlab.metrics.unit_economics import UnitEconomics, unit_economics

__all__ = [
    "BetaGeometricNBD",
    "CohortTriangle",
    "CustomerPayback",
    "FactorContributions",
    "Funnel",
    "GammaGamma",
    "GrowthAccounting",
    "LifetimeValue",
    "LogRankTest",
    "MixShift",
    "NotConvergedError",
    "ParetoNBD",
    "Proportion",
    "RetentionCurve",
    "RevenueRetention",
    "ShiftedBetaGeometric",
    "Stickiness",
    "SurvivalCurve",
    "UnitEconomics",
    "acquisition_cost",
    "active_users",
    "cohort_triangle",
    "customer_payback",
    "fit_bg_nbd",
    "fit_gamma_gamma",
    "fit_pareto_nbd",
    "fit_shifted_beta_geometric",
    "funnel",
    "growth_accounting",
    "kaplan_meier",
    "lifetime_value",
    "log_contributions",
    "log_rank",
    "margin_multiple",
    "mix_shift",
    "proportion",
    "purchase_summary",
    "retention_curve",
    "revenue_retention",
    "stickiness",
    "survival_of_spells",
    "unit_economics",
]
