"""What hurts and what is wanted: from interviews and surveys to the next test.

``agreement`` compares two coders, ``needs`` ranks pains and unmet needs, ``surveys``
weights a sample to its population, ``observation`` sets what people say against what
they do, ``kano`` classifies features, ``competitors``
compares rivals and concentration, ``assumptions`` says which test is worth its money.
All public names are available as ``pmlab.discovery.NAME``.
"""

from pmlab.discovery.agreement import CoderAgreement, cohens_kappa
from pmlab.discovery.assumptions import (
    PerfectInformation,
    perfect_information,
    rank_assumptions,
)
from pmlab.discovery.competitors import (
    Concentration,
    competitor_matrix,
    market_concentration,
)
from pmlab.discovery.kano import KanoResult, kano_analysis, kano_category, kano_points
from pmlab.discovery.needs import (
    opportunity_score,
    opportunity_scores,
    pain_ranking,
)
from pmlab.discovery.observation import SayDoGap, say_do_gap
from pmlab.discovery.surveys import PostStratifiedShare, post_stratified_share

__all__ = [
    "CoderAgreement",
    "Concentration",
    "KanoResult",
    "PerfectInformation",
    "PostStratifiedShare",
    "SayDoGap",
    "cohens_kappa",
    "competitor_matrix",
    "kano_analysis",
    "kano_category",
    "kano_points",
    "market_concentration",
    "opportunity_score",
    "opportunity_scores",
    "pain_ranking",
    "perfect_information",
    "post_stratified_share",
    "rank_assumptions",
    "say_do_gap",
]
