import pandas as pd
import pytest

from pmlab.delivery import roadmap_findings
from pmlab.errors import ColumnsMissingError

GOOD = {
    "item": "Fewer no-shows",
    "theme": "Trust",
    "outcome_metric": "no-show rate 8 % to 4 %",
    "horizon": "Now",
    "confidence": 0.8,
}


def findings(**changes: object) -> pd.DataFrame:
    return roadmap_findings(pd.DataFrame([{**GOOD, **changes}]))


def test_a_good_row_has_no_findings():
    table = findings()
    assert table.empty
    assert list(table.columns) == ["item", "column", "value", "problem", "repair"]


@pytest.mark.parametrize(
    ("changes", "column", "problem"),
    [
        ({"theme": " "}, "theme", "no theme"),
        ({"outcome_metric": None}, "outcome_metric", "no outcome metric"),
        ({"outcome_metric": "Launch chat"}, "outcome_metric", "an output"),
        ({"horizon": "2026-05-01"}, "horizon", "not one of now, next, later"),
        ({"horizon": None}, "horizon", "no horizon"),
        ({"confidence": None}, "confidence", "no confidence"),
        ({"confidence": 80}, "confidence", "not a fraction"),
        ({"confidence": "high"}, "confidence", "not a fraction"),
        ({"horizon": "later", "confidence": 0.9}, "confidence", "too sure"),
    ],
)
def test_each_rule_names_the_column_and_a_repair(changes, column, problem):
    table = findings(**changes)
    assert table["column"].tolist() == [column]
    assert table.loc[0, "problem"].startswith(problem)
    assert table.loc[0, "repair"]


def test_missing_columns_are_an_error_not_a_finding():
    with pytest.raises(ColumnsMissingError, match="not found: confidence"):
        roadmap_findings(pd.DataFrame([GOOD]).drop(columns="confidence"))
