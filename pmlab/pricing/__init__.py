"""What it may cost: price sensitivity, tested prices, willingness to pay.

``van_westendorp`` reads the four price questions, ``gabor_granger`` finds the best of
tested prices, ``choice`` learns from what people chose what they would pay for a
feature. All public names are available as ``pmlab.pricing.NAME``.
"""

from pmlab.pricing.choice import (
    ChoiceModel,
    choice_shares,
    conditional_logit,
    willingness_to_pay,
)
from pmlab.pricing.sensitivity import PriceSensitivity, van_westendorp
from pmlab.pricing.tested import TestedPrices, gabor_granger

__all__ = [
    "ChoiceModel",
    "PriceSensitivity",
    "TestedPrices",
    "choice_shares",
    "conditional_logit",
    "gabor_granger",
    "van_westendorp",
    "willingness_to_pay",
]
