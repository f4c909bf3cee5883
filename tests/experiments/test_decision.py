import pytest

from pmlab.experiments import (
    Analysis,
    Guardrail,
    check_guardrail,
    compare_rates,
    novelty_check,
    readout,
)


def analysis(primary=(5_400, 100_000), sizes=(100_000, 100_000), cancelled=9_000):
    def effect(control, treatment):
        """Scale counts of 100,000 users to the sizes of the arms."""
        counts = zip((control, treatment), sizes, strict=True)
        return compare_rates(*[(did * size // 100_000, size) for did, size in counts])

    return Analysis(
        arm_users={"control": sizes[0], "treatment": sizes[1]},
        control="control",
        treatment="treatment",
        effects={
            "booked": effect(4_800, primary[0]),
            "cancelled": effect(9_000, cancelled),
            "visits": effect(50_000, 50_400),
        },
    )


RAIL = Guardrail(measure="cancelled", margin=0.05, better="lower")


def test_a_clean_gain_above_the_line_ships():
    result = readout(
        analysis(),
        primary="booked",
        days_run=14,
        practical_line=0.02,
        guardrails=[RAIL],
    )
    assert result.decision == "ship"
    assert list(result.secondary) == ["visits"]
    words = repr(result)
    assert words.index("Trust") < words.index("Effect") < words.index("Guardrail")
    assert words.index("Guardrail") < words.index("Decision: ship")


def test_a_sample_ratio_mismatch_blocks_and_shows_no_effect():
    result = readout(analysis(sizes=(100_000, 98_000)), primary="booked", days_run=14)
    assert result.decision == "blocked"
    assert result.effect is None
    assert not result.secondary
    assert "Relative lift" not in repr(result)
    assert list(result.to_frame()["step"]) == ["trust", "decision"]


def test_the_designed_split_decides_what_a_mismatch_is():
    result = readout(
        analysis(sizes=(90_000, 10_000)),
        primary="booked",
        days_run=14,
        designed_shares={"control": 0.9, "treatment": 0.1},
    )
    assert result.decision == "ship"


def test_an_interval_that_contains_the_line_iterates():
    result = readout(analysis(), primary="booked", days_run=14, practical_line=0.12)
    assert result.decision == "iterate"
    assert "can't tell" in result.reasons[0]


def test_an_interval_below_the_line_stops():
    result = readout(analysis(), primary="booked", days_run=14, practical_line=0.20)
    assert result.decision == "stop"


def test_a_significant_gain_below_the_line_is_no_reason_to_ship():
    result = readout(
        analysis(primary=(4_920, 100_000)),
        primary="booked",
        days_run=14,
        practical_line=0.10,
    )
    assert result.decision == "stop"


@pytest.mark.parametrize(
    ("changes", "days", "word"),
    [
        ({"cancelled": 9_500}, 14, "Guardrail"),
        ({}, 13, "two full weeks"),
        ({"primary": (6_400, 100_000)}, 14, "Twyman"),
    ],
)
def test_a_gain_with_a_concern_iterates_and_names_it(changes, days, word):
    result = readout(
        analysis(**changes), primary="booked", days_run=days, guardrails=[RAIL]
    )
    assert result.decision == "iterate"
    assert any(word in reason for reason in result.reasons)


def test_a_fading_gain_iterates():
    novelty = novelty_check([4.0] * 7 + [1.0] * 7, standard_errors=[1.0] * 14)
    result = readout(analysis(), primary="booked", days_run=14, novelty=novelty)
    assert result.decision == "iterate"
    assert any("fades" in reason for reason in result.reasons)


def test_a_fall_can_be_the_gain():
    kwargs = {"primary": "cancelled", "days_run": 14, "better": "lower"}
    assert readout(analysis(cancelled=8_400), **kwargs).decision == "ship"
    assert readout(analysis(cancelled=9_600), **kwargs).decision == "stop"


def test_the_line_can_be_absolute():
    # Difference 0.6 points, interval about 0.41 to 0.79
    kwargs = {"primary": "booked", "days_run": 14, "scale": "absolute"}
    assert readout(analysis(), practical_line=0.003, **kwargs).decision == "ship"
    assert readout(analysis(), practical_line=0.006, **kwargs).decision == "iterate"


@pytest.mark.parametrize(
    ("cancelled", "verdict"), [(9_000, "holds"), (9_400, "unclear"), (10_500, "broken")]
)
def test_a_guardrail_holds_only_if_the_harm_is_excluded(cancelled, verdict):
    effect = compare_rates((9_000, 100_000), (cancelled, 100_000))
    result = check_guardrail(effect, RAIL)
    assert result.verdict == verdict
    assert "margin -5.0 %" in repr(result)


def test_a_guardrail_may_be_absolute():
    effect = compare_rates((9_000, 100_000), (8_900, 100_000))
    rail = Guardrail(measure="x", margin=0.004, scale="absolute")
    assert check_guardrail(effect, rail).verdict == "holds"


def test_an_unknown_measure_is_named_with_those_that_exist():
    with pytest.raises(ValueError, match="booked, cancelled, visits"):
        readout(analysis(), primary="orders", days_run=14)


def test_impossible_guardrails_are_refused():
    with pytest.raises(ValueError, match="margin == 0"):
        Guardrail(measure="x", margin=0)
    with pytest.raises(ValueError, match="higher, lower"):
        Guardrail(measure="x", margin=0.1, better="up")


def test_a_relative_line_without_a_lift_is_refused():
    none = Analysis(
        arm_users={"a": 100, "b": 100},
        control="a",
        treatment="b",
        effects={"x": compare_rates((0, 100), (9, 100))},
    )
    with pytest.raises(ValueError, match="must be 'absolute'"):
        readout(none, primary="x", days_run=14, practical_line=0.02)
    # Without a line the difference can be judged, but nobody in control is odd.
    result = readout(none, primary="x", days_run=14)
    assert result.decision == "iterate"
    assert "whether control was logged" in " ".join(result.reasons)


@pytest.mark.parametrize(("value", "meant"), [(5, "0.05"), (1, "0.01"), (-2, "-0.02")])
def test_a_line_or_margin_in_percent_is_refused(value, meant):
    with pytest.raises(ValueError, match=f"did you mean {meant}"):
        readout(analysis(), primary="booked", days_run=14, practical_line=value)
    if value > 0:
        with pytest.raises(ValueError, match=f"did you mean {meant}"):
            Guardrail(measure="x", margin=value)
        assert Guardrail(measure="x", margin=value, scale="absolute").margin == value


def test_effect_and_decision_agree_where_the_two_intervals_do_not():
    # Difference +0.70 points, interval above 0; lift -0.8 % to +28.6 %.
    test = Analysis(
        arm_users={"control": 8_120, "treatment": 8_050},
        control="control",
        treatment="treatment",
        effects={"booked": compare_rates((410, 8_120), (463, 8_050))},
    )
    assert "that of the lift contains 0" in test.effect("booked").summary()
    result = readout(test, primary="booked", days_run=14)
    assert result.decision == "ship"
    assert result.scale == "absolute"
    assert result.reasons == ("The whole interval of the absolute gain lies above 0.",)
    strict = readout(test, primary="booked", days_run=14, practical_line=0.01)
    assert strict.decision == "iterate"
    assert "relative gain contains the line +1.0 %" in strict.reasons[0]


def test_an_analysis_says_sizes_and_effects():
    text = repr(analysis())
    assert text.startswith("Users: control 100,000, treatment 100,000.")
    assert "booked: Treatment 5.40 %" in text


def test_the_table_of_a_readout_has_its_steps_in_order():
    frame = readout(
        analysis(), primary="booked", days_run=14, guardrails=[RAIL]
    ).to_frame()
    rows = dict(zip(frame["step"], frame["outcome"], strict=True))
    assert list(rows.items()) == [
        ("trust", "passed"),
        ("effect on booked", "read"),
        ("guardrail cancelled", "holds"),
        ("secondary", "0 of 1 stand"),
        ("decision", "ship"),
    ]


def test_secondary_measures_are_corrected_together_and_guardrails_are_not():
    result = readout(analysis(cancelled=9_300), primary="booked", days_run=14)
    family = result.secondary_p_values
    assert family.names == ("cancelled", "visits")
    # Holm doubles the smaller of two p-values.
    raw = result.secondary["cancelled"].p_value
    assert family.adjusted[0] == pytest.approx(2 * raw)
    alone = readout(analysis(), primary="booked", days_run=14, guardrails=[RAIL])
    assert alone.secondary_p_values.names == ("visits",)
    blocked = readout(analysis(sizes=(100, 300)), primary="booked", days_run=14)
    assert blocked.secondary_p_values is None


def few(control, treatment):
    return Analysis(
        arm_users={"control": control[1], "treatment": treatment[1]},
        control="control",
        treatment="treatment",
        effects={"booked": compare_rates(control, treatment)},
    )


@pytest.mark.parametrize(
    ("control", "treatment"), [((0, 1_000), (4, 1_000)), ((5, 1_000), (0, 1_000))]
)
def test_too_few_successes_neither_ship_nor_stop(control, treatment):
    # Fisher's exact p-values are 0.12 and 0.06; Wald's intervals exclude 0.
    result = readout(
        few(control, treatment), primary="booked", days_run=14, scale="absolute"
    )
    assert result.decision == "iterate"
    assert "Only 0 users of one kind" in repr(result)


def test_a_doubtful_lift_does_not_matter_to_an_absolute_line():
    test = few((20, 10_000), (60, 10_000))
    relative, absolute = (
        readout(
            test,
            primary="booked",
            days_run=14,
            plausible_lift=9,
            practical_line=line,
            scale=scale,
        )
        for scale, line in (("relative", 0.02), ("absolute", 0.0001))
    )
    assert relative.decision == "iterate"
    assert "relative_method='log'" in " ".join(relative.reasons)
    assert absolute.decision == "ship"


def test_counts_lead_to_a_decision_in_two_calls():
    effect = compare_rates((410, 8_120), (468, 8_050))
    result = readout(
        effect, days_run=14, designed_shares={"control": 0.5, "treatment": 0.5}
    )
    assert result.decision == "ship"
    assert result.sample_ratio.observed == (8_120, 8_050)
    assert result.primary == "rate"
    # The same split under a design of 60 / 40 is a mismatch.
    shares = {"control": 0.6, "treatment": 0.4}
    assert readout(effect, days_run=14, designed_shares=shares).decision == "blocked"


def test_the_only_measure_is_the_primary_one():
    test = Analysis(
        arm_users={"a": 1_000, "b": 1_000},
        control="a",
        treatment="b",
        effects={"booked": compare_rates((50, 1_000), (60, 1_000))},
    )
    assert readout(test, days_run=14).primary == "booked"
    with pytest.raises(ValueError, match="these exist: booked, cancelled, visits"):
        readout(analysis(), days_run=14)


def test_what_can_not_be_read_out_is_named():
    with pytest.raises(TypeError, match="analysis is a float, must be what analyze"):
        readout(0.03, primary="booked", days_run=14)
    with pytest.raises(TypeError, match="must be a list of them"):
        readout(analysis(), primary="booked", days_run=14, guardrails=RAIL)
    with pytest.raises(TypeError, match="must be a list of them"):
        readout(analysis(), primary="booked", days_run=14, guardrails=["visits"])
