import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmlab.discovery import kano_analysis, kano_category, kano_points

WORDS = ["like", "must", "neutral", "live", "dislike"]
ONE_PAIR = {
    "A": ("like", "neutral"),
    "O": ("like", "dislike"),
    "M": ("neutral", "dislike"),
    "I": ("neutral", "neutral"),
    "R": ("dislike", "like"),
    "Q": ("like", "like"),
}


def answers(**features: dict[str, int]) -> pd.DataFrame:
    rows = [
        (feature, *ONE_PAIR[letter])
        for feature, counts in features.items()
        for letter, count in counts.items()
        for _ in range(count)
    ]
    return pd.DataFrame(rows, columns=["feature", "functional", "dysfunctional"])


@pytest.mark.parametrize(
    ("functional", "letters"),
    [
        ("like", "QAAAO"),
        ("must", "RIIIM"),
        ("neutral", "RIIIM"),
        ("live", "RIIIM"),
        ("dislike", "RRRRQ"),
    ],
)
def test_the_standard_table_is_the_published_one(functional, letters):
    # Berger et al. (1993); Sauerwein, Bailom, Matzler and Hinterhuber (1996).
    assert "".join(kano_category(functional, word) for word in WORDS) == letters


def test_the_modified_table_doubts_must_twice_and_live_twice():
    changed = [
        (there, missing)
        for there in WORDS
        for missing in WORDS
        if kano_category(there, missing)
        != kano_category(there, missing, table="modified")
    ]
    assert changed == [("must", "must"), ("live", "live")]
    assert kano_category("must", "must", table="modified") == "Q"


def test_numbers_stand_for_the_words():
    assert kano_category(1, 5) == kano_category("like", "dislike") == "O"


# Reppel (2022), six features of money transfers, 358 respondents: A/O/M/I/R/Q, class,
# satisfaction and dissatisfaction as printed in the author's README.
PUBLISHED = [
    ("F6", (91, 19, 9, 160, 49, 30), "I", 0.394, -0.100),
    ("F7", (70, 121, 59, 77, 9, 22), "O", 0.584, -0.550),
    ("F8", (78, 122, 66, 62, 7, 23), "O", 0.610, -0.573),
    ("F9", (145, 76, 25, 78, 12, 22), "A", 0.682, -0.312),
    ("F10", (18, 174, 90, 42, 7, 27), "O", 0.593, -0.815),
    ("F11", (88, 90, 32, 105, 15, 28), "O", 0.565, -0.387),
]


@pytest.mark.parametrize(("feature", "counts", "letter", "better", "worse"), PUBLISHED)
def test_coefficients_of_a_published_study(feature, counts, letter, better, worse):
    data = answers(**{feature: dict(zip("AOMIRQ", counts, strict=True))})
    row = kano_analysis(data).features.loc[0]
    assert row["respondents"] == 358
    assert row["better"] == pytest.approx(better, abs=0.0006)
    assert row["worse"] == pytest.approx(worse, abs=0.0006)
    grouped = kano_analysis(data, rule="grouped").features.loc[0]
    assert grouped["category"] == letter
    # Only F11 depends on the rule: I is its mode, but A + O + M beats I + R + Q.
    assert row["category"] == ("I" if feature == "F11" else letter)


def test_ties_go_to_the_worse_to_miss():
    result = kano_analysis(answers(chat={"A": 2, "M": 2, "I": 2}))
    assert result.features.loc[0, "category"] == "M"
    assert result.features.loc[0, "tied"]
    other = kano_analysis(answers(chat={"A": 2, "M": 2}), tie_order="AOMIRQ")
    assert other.features.loc[0, "category"] == "A"


def test_features_keep_the_order_of_the_table():
    result = kano_analysis(answers(z={"A": 1}, a={"M": 1}))
    assert result.to_frame()["feature"].tolist() == ["z", "a"]
    assert "must-be: a; attractive: z" in result.summary()


def test_no_clear_answer_means_no_coefficient_with_a_reason():
    row = kano_analysis(answers(chat={"R": 2, "Q": 1})).features.loc[0]
    assert pd.isna(row["better"])
    assert "no coefficients" in row["note"]


@settings(deadline=None, max_examples=40)
@given(st.lists(st.integers(0, 9), min_size=6, max_size=6).filter(lambda c: sum(c[:4])))
def test_coefficients_stay_in_their_bounds(counts):
    data = answers(x=dict(zip("AOMIRQ", counts, strict=True)))
    row = kano_analysis(data).features.loc[0]
    assert 0 <= row["better"] <= 1
    assert -1 <= row["worse"] <= 0


def test_unknown_answers_are_refused():
    with pytest.raises(ValueError, match="functional == 'love', must be one of like"):
        kano_category("love", "dislike")
    with pytest.raises(ValueError, match="dysfunctional == 6, must be one of"):
        kano_category(1, 6)
    with pytest.raises(ValueError, match="must hold each letter of MOAIRQ once"):
        kano_analysis(answers(x={"A": 1}), tie_order="MOAI")
    with pytest.raises(ValueError, match="functional holds 1 missing"):
        kano_analysis(answers(x={"A": 1}).assign(functional=None))


@pytest.mark.parametrize("letter", "AOMI")
def test_pure_answers_have_the_same_category_by_points(letter):
    assert kano_points(answers(x={letter: 3})).loc[0, "category"] == letter


def test_points_by_hand():
    # Functional like 4 and dislike -2: mean 1, sd 6 / sqrt(2); dysfunctional dislike 4
    # and like -2 the same.
    mixed = kano_points(answers(x={"O": 1, "R": 1})).loc[0]
    assert mixed["functional_mean"] == mixed["dysfunctional_mean"] == 1
    assert mixed["functional_sd"] == pytest.approx(6 / 2**0.5)
    assert mixed["category"] == "I"


def test_many_reverse_answers_ask_about_the_coding():
    # Planted: plausible answers, then the two columns swapped, so A and M turn to R.
    good = answers(x={"A": 5, "O": 2, "M": 3})
    names = {"functional": "dysfunctional", "dysfunctional": "functional"}
    assert "swapped" not in repr(kano_analysis(good))
    swapped = repr(kano_analysis(good.rename(columns=names)))
    assert "100 % of the answers are reverse" not in repr(kano_analysis(good))
    assert "are reverse or questionable: are the answers coded backwards" in swapped
    edge = kano_analysis(answers(x={"O": 6, "R": 4}))
    assert "swapped" not in repr(edge)
