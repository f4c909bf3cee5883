"""What publishers and papers report about each data set holds in our copy.

Counts marked "of the copy" have no publisher: they were computed when the copy was
made, by other code than this, and guard the conversion of the file.
"""

import numpy as np
import pandas as pd
import pytest

import pmlab as pm


@pytest.fixture(scope="module")
def packages():
    return pm.datasets.load("upworthy_headline_tests", "packages")


def equal_split_p_values(packages):
    """Chi-square p-value per test of equal shares of viewers."""
    from scipy import stats

    groups = packages.groupby("test_id")["impressions"]
    expected = groups.transform("mean")
    statistic = (
        ((packages["impressions"] - expected) ** 2 / expected)
        .groupby(packages["test_id"])
        .sum()
    )
    degrees = groups.size() - 1
    return pd.Series(stats.chi2.sf(statistic, degrees), index=statistic.index)


def log_likelihood(utilities, chosen):
    """Multinomial logit: one row per choice, one column per alternative."""
    largest = utilities.max(axis=1, keepdims=True)
    log_sum = largest[:, 0] + np.log(np.exp(utilities - largest).sum(axis=1))
    return float((utilities[np.arange(len(chosen)), chosen] - log_sum).sum())


# World Bank, World Development Indicators


@pytest.mark.parametrize("year", [1990, 2000, 2010, 2023, 2024])
def test_the_countries_add_up_to_the_world_within_one_percent(year):
    table = pm.datasets.load("world_indicators")
    table = table[table["year"] == year]
    world = table.loc[table["iso3"] == "WLD", "population"].item()
    countries = table.loc[~table["is_aggregate"], "population"].sum()
    assert countries == pytest.approx(world, rel=0.01)


def test_adding_all_rows_counts_each_person_about_ten_times():
    table = pm.datasets.load("world_indicators").query("year == 2023")
    world = table.loc[table["iso3"] == "WLD", "population"].item()
    assert 10 <= table["population"].sum() / world <= 11


def test_the_world_panel_has_the_stated_coverage_in_2023():
    table = pm.datasets.load("world_indicators").query("year == 2023")
    known = table[~table["is_aggregate"]].notna().sum()
    assert known["population"] == 217
    assert known["gdp_pc_usd"] == 204
    assert known["internet_users_pct"] == 181
    assert known["mobile_subs_per_100"] == 172
    assert known["fixed_broadband_per_100"] == 169
    assert known["new_businesses_registered"] == 140


# U.S. Census Bureau, Statistics of U.S. Businesses 2021


@pytest.mark.parametrize(
    ("naics", "firms"), [("54", 860_202), ("72", 557_340), ("23", 764_546)]
)
def test_national_firms_by_sector_are_those_of_the_census_bureau(naics, firms):
    totals = pm.datasets.load("us_business_counts", "totals")
    found = totals.set_index(["state_fips", "naics"]).loc[("00", naics), "firms"]
    assert found == firms


def test_the_size_classes_add_up_to_the_national_totals_of_seventeen_sectors():
    totals = pm.datasets.load("us_business_counts", "totals")
    sizes = pm.datasets.load("us_business_counts", "by_size")
    by_sector = sizes[sizes["state_fips"] == "00"].groupby("naics")["firms"].sum()
    total = totals[totals["state_fips"] == "00"].set_index("naics")["firms"]
    assert len(by_sector) == 17
    assert (by_sector == total[by_sector.index]).all()


def test_twenty_sectors_add_up_to_more_firms_than_there_are():
    totals = pm.datasets.load("us_business_counts", "totals")
    national = totals[totals["state_fips"] == "00"]
    assert len(national) == 20
    assert national["firms"].sum() == 6_358_349


def test_suppressed_cells_leave_a_tenth_of_state_sectors_short():
    keys = ["state_fips", "naics"]
    totals = pm.datasets.load("us_business_counts", "totals").set_index(keys)["firms"]
    sizes = pm.datasets.load("us_business_counts", "by_size")
    sums = sizes.groupby(keys)["firms"].sum()
    agree = sums == totals[sums.index]
    assert agree.mean() == pytest.approx(0.901, abs=0.001)
    assert (sums <= totals[sums.index]).all()


def test_the_hyphenated_sectors_are_in_the_totals_only():
    totals = set(pm.datasets.load("us_business_counts", "totals")["naics"])
    sizes = set(pm.datasets.load("us_business_counts", "by_size")["naics"])
    assert totals - sizes == {"31-33", "44-45", "48-49"}


# U.S. Census Bureau, County Business Patterns 2019 and ACS 2014-2018


def test_households_and_people_are_those_of_the_acs_profile():
    counties = pm.datasets.load("us_local_markets", "counties")
    states = counties[counties["state"] != "Puerto Rico"]
    assert states["state"].nunique() == 51
    assert states["population"].sum() == 322_903_030
    assert states["households"].sum() == 119_717_730
    # The profile prints 119,730,128: the difference is one withdrawn county.
    assert 119_730_128 - states["households"].sum() == 12_398


def test_one_county_has_no_households_and_is_named():
    counties = pm.datasets.load("us_local_markets", "counties")
    empty = counties[counties["households"].isna()]
    assert empty["county"].tolist() == ["Rio Arriba County"]


def test_county_codes_keep_their_leading_zeros():
    counties = pm.datasets.load("us_local_markets", "counties").set_index("county_fips")
    assert counties.loc["01001", "county"] == "Autauga County"
    assert counties.loc["06037", "county"] == "Los Angeles County"
    assert counties.index.str.len().unique().tolist() == [5]


def test_county_names_keep_their_accents():
    counties = pm.datasets.load("us_local_markets", "counties").set_index("county_fips")
    assert counties.loc["35013", "county"] == "Doña Ana County"
    assert counties.loc["72097", "county"] == "Mayagüez Municipio"


@pytest.mark.parametrize(("naics", "sites"), [("722511", 240_599), ("621210", 132_448)])
def test_sites_of_an_industry_are_those_of_the_copy(naics, sites):
    table = pm.datasets.load("us_local_markets", "establishments")
    assert table.loc[table["naics"] == naics, "establishments"].sum() == sites


def test_the_titles_count_the_sites_of_the_table():
    table = pm.datasets.load("us_local_markets", "establishments")
    titles = pm.datasets.load("us_local_markets", "naics_titles").set_index("naics")
    sums = table.groupby("naics")["establishments"].sum()
    assert (sums[titles.index] == titles["establishments_in_file"]).all()


# Upworthy Research Archive


def test_upworthy_has_the_published_packages_and_tests(packages):
    # Matias et al. 2021: exploratory part of the archive.
    assert len(packages) == 22_666
    assert packages["test_id"].nunique() == 4_873


def test_upworthy_has_the_stated_clicks_and_impressions(packages):
    assert packages["clicks"].sum() == 1_231_208
    assert packages["impressions"].sum() == 81_024_151
    assert (packages["clicks"] <= packages["impressions"]).all()


def test_a_fifth_of_upworthy_tests_were_made_while_the_split_was_broken(packages):
    # The authors' update of 2024: about 22 % of all tests of the archive.
    risky = packages.groupby("test_id")["randomization_risk"].first()
    assert risky.mean() == pytest.approx(0.22, abs=0.02)


def test_the_broken_splits_lie_in_the_flagged_weeks(packages):
    flagged = equal_split_p_values(packages) < 0.01
    risky = packages.groupby("test_id")["randomization_risk"].first()
    assert risky.sum() == 1_011
    assert flagged[risky].mean() == pytest.approx(0.784, abs=0.001)
    assert flagged[~risky].mean() == pytest.approx(0.031, abs=0.001)


# ASOS Digital Experiments Dataset


def test_asos_has_the_published_experiments_arms_and_rows():
    # Liu et al. 2021.
    table = pm.datasets.load("asos_digital_experiments")
    assert len(table) == 24_153
    assert table["experiment_id"].nunique() == 78
    assert len(table[["experiment_id", "variant_id"]].drop_duplicates()) == 99


def test_the_binary_metric_of_asos_has_a_binary_variance():
    # Metric 1 is a yes or no: its variance is p(1 - p), up to the n - 1.
    table = pm.datasets.load("asos_digital_experiments")
    binary = table[(table["metric_id"] == 1) & (table["count_c"] > 1000)]
    assert np.allclose(
        binary["variance_c"], binary["mean_c"] * (1 - binary["mean_c"]), rtol=2e-3
    )


# UCI Online Retail


def test_online_retail_has_the_well_known_totals_of_its_second_year():
    lines = pm.datasets.load("online_retail", "lines")
    assert len(lines) == 397_884
    assert lines["invoice"].nunique() == 18_532
    assert lines["customer_id"].nunique() == 4_338
    revenue = (lines["quantity"] * lines["unit_price"]).sum()
    assert revenue == pytest.approx(8_911_407.90, abs=0.01)


def test_orders_and_lines_of_online_retail_agree_on_the_second_year():
    orders = pm.datasets.load("online_retail", "orders")
    lines = pm.datasets.load("online_retail", "lines")
    second = orders[~orders["is_return"] & (orders["order_ts"] >= lines["ts"].min())]
    assert second["customer_id"].nunique() == 4_338
    assert second["value_gbp"].sum() == pytest.approx(8_911_407.90, abs=1)
    assert second["n_lines"].sum() == 397_884


def test_online_retail_orders_have_the_stated_purchases_and_returns():
    orders = pm.datasets.load("online_retail", "orders")
    purchases = orders[~orders["is_return"]]
    assert orders["customer_id"].nunique() == 5_939
    assert len(purchases) == 36_851
    assert purchases["value_gbp"].sum() == pytest.approx(17_431_533.16, abs=0.01)
    assert orders["is_return"].sum() == 7_894


def test_every_line_of_online_retail_has_a_product_text():
    lines = pm.datasets.load("online_retail", "lines")
    products = pm.datasets.load("online_retail", "products")
    assert set(lines["stock_code"]) == set(products["stock_code"])


# CDNOW


def test_cdnow_has_the_published_customers_all_of_the_first_quarter():
    # Fader and Hardie: 23,570 people who first bought in January to March 1997.
    table = pm.datasets.load("cdnow")
    first = table.groupby("customer_id")["date"].min()
    assert len(table) == 69_659
    assert len(first) == 23_570
    assert first.min() == pd.Timestamp(1997, 1, 1)
    assert first.max() < pd.Timestamp(1997, 4, 1)
    assert table["date"].max() == pd.Timestamp(1998, 6, 30)


# IBM telco sample


def test_telco_churn_is_the_well_known_share():
    table = pm.datasets.load("telco_churn")
    assert len(table) == 7_043
    assert (table["Churn"] == "Yes").sum() == 1_869


def test_telco_churn_by_contract_is_the_stated_one():
    table = pm.datasets.load("telco_churn")
    churn = (table["Churn"] == "Yes").groupby(table["Contract"]).mean()
    assert churn["Month-to-month"] == pytest.approx(0.427, abs=5e-4)
    assert churn["One year"] == pytest.approx(0.113, abs=5e-4)
    assert churn["Two year"] == pytest.approx(0.028, abs=5e-4)


def test_only_new_telco_customers_lack_total_charges():
    table = pm.datasets.load("telco_churn")
    missing = table[table["TotalCharges"].isna()]
    assert len(missing) == 11
    assert (missing["tenure"] == 0).all()


# Open University


def test_oulad_has_the_published_registrations_and_results():
    # Kuzilek et al. 2017.
    table = pm.datasets.load("oulad_registrations")
    presentations = table[["code_module", "code_presentation"]].drop_duplicates()
    assert len(table) == 32_593
    assert len(presentations) == 22
    assert table["final_result"].value_counts().to_dict() == {
        "Pass": 12_361,
        "Withdrawn": 10_156,
        "Fail": 7_052,
        "Distinction": 3_024,
    }


def test_oulad_days_are_missing_where_the_caveats_say():
    table = pm.datasets.load("oulad_registrations")
    withdrawn = table["final_result"] == "Withdrawn"
    left = table["date_unregistration"].notna()
    assert table["date_registration"].isna().sum() == 45
    assert (withdrawn & ~left).sum() == 93
    assert (~withdrawn & left).sum() == 9


# UCI Online Shoppers


def test_online_shoppers_has_the_published_sessions_and_purchases():
    # Sakar et al. 2019: 12,330 sessions, 1,908 with a purchase.
    table = pm.datasets.load("online_shoppers")
    assert len(table) == 12_330
    assert table["Revenue"].sum() == 1_908


def test_online_shoppers_has_the_stated_flaws():
    table = pm.datasets.load("online_shoppers")
    assert table.duplicated().sum() == 119
    assert table["Administrative"].isna().sum() == 14
    assert (table["ProductRelated_Duration"] < 0).sum() == 33


# CFPB


def test_cfpb_complaints_have_the_counts_of_the_copy():
    table = pm.datasets.load("cfpb_loan_complaints")
    assert len(table) == 2_827
    assert table["issue"].value_counts().iloc[0] == 712
    assert table["issue"].mode().item().startswith("Charged fees or interest")
    assert (table["timely"] == "No").sum() == 108
    assert (table["response"] == "Closed with monetary relief").sum() == 142
    assert table["narrative"].duplicated().sum() == 5


def test_the_mixed_complaints_are_twenty_for_each_of_eleven_products():
    table = pm.datasets.load("cfpb_loan_complaints", "mixed_products")
    assert table["product"].value_counts().tolist() == [20] * 11


# Conjoint and brand choice


def test_yogurt_shares_are_the_published_ones():
    # Jain, Vilcassim and Chintagunta 1994, rounded to whole percents.
    choice = pm.datasets.load("yogurt_choice")["choice"]
    shares = choice.value_counts(normalize=True).round(2).to_dict()
    assert len(choice) == 2_412
    assert shares == {"dannon": 0.40, "yoplait": 0.34, "weight": 0.23, "hiland": 0.03}


def test_the_published_yogurt_logit_has_its_published_likelihood():
    # Documentation of the package logitr; base Dannon.
    table = pm.datasets.load("yogurt_choice")
    brands = ["dannon", "hiland", "weight", "yoplait"]
    constants = np.array([0, -3.7156, -0.6412, 0.7346])
    utilities = (
        constants
        - 0.3666 * table[[f"price_{brand}" for brand in brands]].to_numpy()
        + 0.4914 * table[[f"feat_{brand}" for brand in brands]].to_numpy()
    )
    chosen = table["choice"].map(brands.index).to_numpy()
    assert log_likelihood(utilities, chosen) == pytest.approx(-2656.888, abs=0.001)


def test_the_conjoint_has_the_stated_respondents_and_one_choice_per_question():
    table = pm.datasets.load("vehicle_conjoint")
    people = table.groupby("country")["id"].nunique()
    assert people.to_dict() == {"CN": 448, "US": 384}
    assert (table.groupby(["country", "question"])["choice"].sum() == 1).all()
    assert (table.groupby(["country", "id"])["question"].nunique() == 15).all()


@pytest.mark.parametrize(
    ("country", "likelihood", "price", "willingness"),
    [
        ("US", -4616.95, -0.0739, {"hev": 0.81, "bev75": -16.05, "opCost": -1.64}),
        ("CN", -6655.56, -0.0350, {"hev": 5.98, "bev75": -6.82, "bev150": -2.15}),
    ],
)
def test_a_logit_of_the_conjoint_gives_the_stated_willingness_to_pay(
    country, likelihood, price, willingness
):
    table = pm.datasets.load("vehicle_conjoint")
    table = table[table["country"] == country]
    attributes = [
        name
        for name in table.columns
        if name not in {"country", "id", "question", "alt", "choice", "weights"}
    ]
    design = table[attributes].to_numpy(float).reshape(-1, 3, len(attributes))
    chosen = table["choice"].to_numpy().reshape(-1, 3).argmax(axis=1)
    coefficients = logit_fit(design, chosen)
    found = dict(zip(attributes, coefficients, strict=True))
    assert log_likelihood(design @ coefficients, chosen) == pytest.approx(
        likelihood, abs=0.01
    )
    assert found["price"] == pytest.approx(price, abs=5e-5)
    for attribute, value in willingness.items():
        assert -found[attribute] / found["price"] == pytest.approx(value, abs=0.006)


def logit_fit(design, chosen):
    """Newton steps on the concave likelihood of the multinomial logit."""
    coefficients = np.zeros(design.shape[2])
    picked = design[np.arange(len(chosen)), chosen]
    for _ in range(25):
        weights = np.exp(design @ coefficients)
        weights /= weights.sum(axis=1, keepdims=True)
        mean = np.einsum("qa,qak->qk", weights, design)
        centered = design - mean[:, None, :]
        curvature = np.einsum("qa,qak,qal->kl", weights, centered, centered)
        step = np.linalg.solve(curvature, (picked - mean).sum(axis=0))
        coefficients = coefficients + step
    return coefficients


def test_reeses_wins_most_match_ups():
    # Hickey 2017.
    table = pm.datasets.load("candy_ranking").set_index("competitorname")
    assert len(table) == 85
    assert table["winpercent"].idxmax() == "Reese's Peanut Butter cup"
    assert table["winpercent"].max() == pytest.approx(84.2, abs=0.05)


def test_chocolate_goes_with_about_twenty_points_more_wins():
    # Hickey 2017: regression of wins on all attributes.
    import statsmodels.api as sm

    table = pm.datasets.load("candy_ranking").set_index("competitorname")
    fit = sm.OLS(table.pop("winpercent"), sm.add_constant(table)).fit()
    assert fit.params["chocolate"] == pytest.approx(20, abs=1)


# Diffusion and life cycle


@pytest.mark.parametrize(
    ("product", "p", "q", "m"),
    [
        ("room air conditioners", 0.0094, 0.3748, 18_713),
        ("colour televisions", 0.0185, 0.6159, 39_659),
        ("clothes dryers", 0.0136, 0.3267, 16_497),
    ],
)
def test_nonlinear_least_squares_gives_the_published_bass_parameters(product, p, q, m):
    # Mahajan, Mason and Srinivasan 1986.
    from scipy import optimize

    def share(time, p, q):
        decay = np.exp(-(p + q) * time)
        return (1 - decay) / (1 + q / p * decay)

    def adoptions(year, p, q, m):
        return m * (share(year, p, q) - share(year - 1, p, q))

    table = pm.datasets.load("bass_durables")
    sales = table.loc[table["product"] == product, "adoptions"].to_numpy(float)
    years = np.arange(1, len(sales) + 1, dtype=float)
    start = (0.01, 0.4, 2 * sales.sum())
    estimate, _ = optimize.curve_fit(adoptions, years, sales, p0=start)
    assert estimate[0] == pytest.approx(p, abs=5e-5)
    assert estimate[1] == pytest.approx(q, abs=5e-5)
    assert estimate[2] == pytest.approx(m, abs=0.6)


def test_google_ended_the_products_of_the_copy():
    table = pm.datasets.load("google_graveyard")
    assert table["type"].value_counts().to_dict() == {
        "service": 215,
        "app": 68,
        "hardware": 24,
    }
    assert table["age_days"].median() / 365.25 == pytest.approx(4.1, abs=0.05)
    days = (table["date_close"] - table["date_open"]).dt.days
    assert (days == table["age_days"]).all()


# Delivery and contributors


def test_rust_proposals_have_the_cycle_times_of_the_copy():
    table = pm.datasets.load("rust_rfcs")
    days = table["days"].dropna().astype(float)
    assert len(days) == 635
    assert days.median() == 81
    assert days.quantile(0.85) == pytest.approx(241, abs=1)
    assert days.quantile(0.95) == pytest.approx(534, abs=1)
    difference = (table["merged_date"] - table["start_date"]).dt.days
    assert (difference.dropna() == days).all()


@pytest.mark.parametrize(
    ("project", "count", "median", "percentile_85"),
    [("jupyterhub", 2_068, 0.97, 11.4), ("nbgrader", 638, 0.28, 9.0)],
)
def test_pull_requests_have_the_cycle_times_of_the_copy(
    project, count, median, percentile_85
):
    table = pm.datasets.load("oss_pull_requests")
    days = table.loc[(table["project"] == project) & ~table["is_bot"], "cycle_days"]
    assert len(days) == count
    assert days.median() == pytest.approx(median, abs=0.006)
    assert days.quantile(0.85) == pytest.approx(percentile_85, abs=0.05)


def test_the_cycle_days_of_pull_requests_are_merge_minus_first_commit():
    table = pm.datasets.load("oss_pull_requests")
    days = (table["merged_utc"] - table["first_commit_utc"]) / pd.Timedelta(days=1)
    assert np.allclose(days, table["cycle_days"], atol=0.01)


def test_python_proposals_have_the_statuses_of_the_copy():
    status = pm.datasets.load("python_peps")["status"].value_counts()
    assert status.sum() == 736
    assert status[["Final", "Rejected", "Withdrawn", "Draft", "Active"]].tolist() == [
        374,
        131,
        71,
        49,
        38,
    ]


def test_contributors_come_back_at_the_rates_of_the_copy():
    table = pm.datasets.load("oss_contributor_cohorts")
    second = table[table["age_quarters"] == 1].groupby("project")
    rates = second["active_contributors"].sum() / second["cohort_size"].sum()
    assert rates.round(3).to_dict() == {
        "click": 0.051,
        "jupyterhub": 0.144,
        "python-peps": 0.230,
        "rust-rfcs": 0.259,
        "statsmodels": 0.108,
    }


def test_the_whole_cohort_is_active_in_its_first_quarter():
    table = pm.datasets.load("oss_contributor_cohorts").query("age_quarters == 0")
    assert (table["active_contributors"] == table["cohort_size"]).all()


def test_the_synthetic_shop_has_the_stated_users_and_sessions():
    table = pm.datasets.load("ecom_clickstream_synthetic")
    assert len(table) == 31_106
    assert table["user_id"].nunique() == 600
    assert table["session_id"].nunique() == 3_605
    assert table["event"].nunique() == 19
