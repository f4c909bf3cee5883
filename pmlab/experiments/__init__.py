"""Experiments: what a change did, from the plan to the decision.

A map, in the order of a test:

**Plan** (``design``, ``duration``, ``detectable``, ``power``, ``clusters``)
    ``sample_size``                users and days for a rate: start here
    ``size_trade_off``             weeks for half to twice the effect
    ``sample_size_for_mean``       the same for a mean, such as revenue per user
    ``rule_of_sixteen``            the rule of thumb 16 sd^2 / d^2
    ``detectable_effect``          the smallest effect a given test can see
    ``detectable_effect_for_mean`` the same for a mean
    ``power_of_rates``             chance to see a given effect
    ``days_needed``                days, whole weeks, from traffic or a daily log
    ``design_effect``              users for a test that randomizes zones or teams

**Trust** (``sample_ratio``, ``aa_tests``, ``novelty``)
    ``srm_check``                  are the arms as large as designed? p < 0.001 blocks
    ``aa_check``, ``simulate_aa``  does the machinery alarm as often as it should?
    ``novelty_check``              does the effect fade?
    ``twyman_check``               is it too good to be true?

**Effect** (``rates``, ``comparison``, ``analysis``, ``bootstrap``)
    ``compare_rates``              two rates from counts
    ``compare_means``              two means per user, from values
    ``compare_ratios``             two ratios, delta method over users
    ``compare_rate_pairs``         all pairs of several arms, and whether one wins
    ``analyze``                    a table, several measures (``Rate``, ``Mean``,
                                   ``Ratio``, with covariates for CUPED)
    ``compare``, ``Totals``        the same from sums computed elsewhere
    ``bootstrap_effect``           by resampling users

**Decide** (``decision``, ``guardrails``, ``multiplicity``, ``false_positives``)
    ``readout``                    trust, effect, guardrails, then ship, iterate or stop
    ``adjust_p_values``            Holm and others for several metrics
    ``false_positive_risk``        how many winners are none

**Look early** (``sequential``, ``peeking``, ``any_time``, ``race``)
    ``group_sequential``           Pocock, O'Brien-Fleming, Lan-DeMets
    ``peeking_risk``               what unplanned looks cost, exactly
    ``simulate_peeking``           the same by simulation, for several rules
    ``always_valid``               intervals that hold at every look
    ``success_race``               stop by a lead in successes

**Believe** (``bayesian``, ``belief``, ``prediction``)
    ``bayesian_rates``             chance to be best and expected loss of each arm
    ``bayesian_effect``            the same for any effect, with a prior
    ``brier_score``                how good were the chances you stated

How many users and days for 4.8 % to rise by a tenth, with 1,500 new users a day?

>>> from pmlab import experiments
>>> plan = experiments.sample_size(0.048, relative_lift=0.10, new_users_per_day=1_500)
>>> plan.users_per_arm, plan.days
(32605, 49)
"""

from pmlab.experiments.aa_tests import AACheck, aa_check, simulate_aa
from pmlab.experiments.analysis import Analysis, analyze
from pmlab.experiments.any_time import (
    AlwaysValidEffect,
    AlwaysValidRate,
    always_valid,
    always_valid_rate,
)
from pmlab.experiments.bayesian import (
    BayesianRates,
    BetaPrior,
    bayesian_rates,
    best_chances,
)
from pmlab.experiments.belief import BayesianEffect, bayesian_effect
from pmlab.experiments.bootstrap import (
    BootstrapEffect,
    BootstrapInterval,
    bootstrap_effect,
    bootstrap_interval,
)
from pmlab.experiments.clusters import (
    design_effect,
    effective_users,
    intraclass_correlation,
)
from pmlab.experiments.comparison import compare, compare_means, compare_ratios
from pmlab.experiments.decision import Readout, readout
from pmlab.experiments.design import (
    rule_of_sixteen,
    sample_size,
    sample_size_for_mean,
)
from pmlab.experiments.detectable import (
    DetectableEffect,
    detectable_effect,
    detectable_effect_for_mean,
)
from pmlab.experiments.duration import Duration, days_needed
from pmlab.experiments.effect import Effect
from pmlab.experiments.false_positives import false_positive_risk
from pmlab.experiments.guardrails import Guardrail, GuardrailCheck, check_guardrail
from pmlab.experiments.many_rates import (
    EqualRatesTest,
    PairwiseRates,
    compare_rate_pairs,
    equal_rates_test,
)
from pmlab.experiments.measures import Mean, Measure, Rate, Ratio
from pmlab.experiments.mixture import (
    mixture_boundary,
    mixture_log_ratio,
    mixture_p,
    mixture_rho,
)
from pmlab.experiments.multiplicity import AdjustedPValues, adjust_p_values
from pmlab.experiments.novelty import (
    NoveltyCheck,
    TwymanCheck,
    novelty_check,
    twyman_check,
)
from pmlab.experiments.peeking import (
    PeekingRisk,
    PeekingSimulation,
    peeking_risk,
    simulate_peeking,
)
from pmlab.experiments.plan import SamplePlan
from pmlab.experiments.power import power_of_means, power_of_rates
from pmlab.experiments.prediction import PredictionScore, brier_score
from pmlab.experiments.race import SuccessRace, success_race
from pmlab.experiments.rates import compare_rates
from pmlab.experiments.rows import arm_totals
from pmlab.experiments.sample_ratio import SampleRatioCheck, srm_check
from pmlab.experiments.sequential import (
    GroupSequentialPlan,
    group_sequential,
    obrien_fleming_spent,
    pocock_spent,
)
from pmlab.experiments.totals import Totals, pooled
from pmlab.experiments.trade_off import SizeTradeOff, size_trade_off

__all__ = [
    "AACheck",
    "AdjustedPValues",
    "AlwaysValidEffect",
    "AlwaysValidRate",
    "Analysis",
    "BayesianEffect",
    "BayesianRates",
    "BetaPrior",
    "BootstrapEffect",
    "BootstrapInterval",
    "DetectableEffect",
    "Duration",
    "Effect",
    "EqualRatesTest",
    "GroupSequentialPlan",
    "Guardrail",
    "GuardrailCheck",
    "Mean",
    "Measure",
    "NoveltyCheck",
    "PairwiseRates",
    "PeekingRisk",
    "PeekingSimulation",
    "PredictionScore",
    "Rate",
    "Ratio",
    "Readout",
    "SamplePlan",
    "SampleRatioCheck",
    "SizeTradeOff",
    "SuccessRace",
    "Totals",
    "TwymanCheck",
    "aa_check",
    "adjust_p_values",
    "always_valid",
    "always_valid_rate",
    "analyze",
    "arm_totals",
    "bayesian_effect",
    "bayesian_rates",
    "best_chances",
    "bootstrap_effect",
    "bootstrap_interval",
    "brier_score",
    "check_guardrail",
    "compare",
    "compare_means",
    "compare_rate_pairs",
    "compare_rates",
    "compare_ratios",
    "days_needed",
    "design_effect",
    "detectable_effect",
    "detectable_effect_for_mean",
    "effective_users",
    "equal_rates_test",
    "false_positive_risk",
    "group_sequential",
    "intraclass_correlation",
    "mixture_boundary",
    "mixture_log_ratio",
    "mixture_p",
    "mixture_rho",
    "novelty_check",
    "obrien_fleming_spent",
    "peeking_risk",
    "pocock_spent",
    "pooled",
    "power_of_means",
    "power_of_rates",
    "readout",
    "rule_of_sixteen",
    "sample_size",
    "sample_size_for_mean",
    "simulate_aa",
    "simulate_peeking",
    "size_trade_off",
    "srm_check",
    "success_race",
    "twyman_check",
]


def __dir__() -> list[str]:
    """Offer the public names, not the modules that hold them."""
    return __all__
