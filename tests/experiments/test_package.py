from pmlab import experiments


def test_the_package_offers_its_functions_and_not_its_modules():
    offered = dir(experiments)
    assert "peeking_risk" in offered
    assert not {"power", "effect", "peeking", "design"} & set(offered)


def test_the_map_names_each_function_that_answers_a_question():
    for name in ("peeking_risk", "detectable_effect_for_mean", "readout"):
        assert f"``{name}``" in experiments.__doc__
