"""Feedback: what users say, with the error of saying it.

A map, by the question asked:

=====================================================  =============================
``contact_rates``                                      which theme got worse?
``net_promoter_score``, ``net_promoter_score_of``      would they recommend it?
``score_change``                                       is the change of the score real?
``system_usability_scale``                             how usable is it?
``fit_score``                                          would they miss it?
``time_to_told``                                       how long until they hear from us?
=====================================================  =============================
"""

from pmlab.feedback.closing import TimeToTold, time_to_told
from pmlab.feedback.contacts import ContactRates, contact_rates
from pmlab.feedback.fit import FitScore, fit_score
from pmlab.feedback.recommendation import (
    NetPromoterScore,
    ScoreChange,
    net_promoter_score,
    net_promoter_score_of,
    score_change,
)
from pmlab.feedback.usability import UsabilityScore, system_usability_scale

__all__ = [
    "ContactRates",
    "FitScore",
    "NetPromoterScore",
    "ScoreChange",
    "TimeToTold",
    "UsabilityScore",
    "contact_rates",
    "fit_score",
    "net_promoter_score",
    "net_promoter_score_of",
    "score_change",
    "system_usability_scale",
    "time_to_told",
]
