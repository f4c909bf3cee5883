"""Loading, describing and citing data sets, and what happens when a file changed."""

import gzip
import hashlib
import html
import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

import pmlab as pm
from pmlab.errors import DataError

COURSE_DATA = Path(__file__).parent.parent / "datasets"


@pytest.fixture
def folder(tmp_path):
    """A folder with copies of two real data packages, to damage at will."""
    for name in ("us_business_counts", "us_local_markets"):
        shutil.copytree(COURSE_DATA / name, tmp_path / name)
    return tmp_path


@pytest.fixture
def tiny(tmp_path):
    """Write a data package of one small table whose answers can be seen by eye."""

    def write(text, *fields, **changes):
        content = text.encode()
        package = tmp_path / "tiny"
        package.mkdir(exist_ok=True)
        (package / "table.csv").write_bytes(content)
        resource = {
            "name": "table",
            "path": "table.csv",
            "description": "One row per thing",
            "bytes": len(content),
            "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
            "rows": text.count("\n") - 1,
            "schema": {
                "fields": [{"description": "", **field} for field in fields],
                "missingValues": [""],
            },
        }
        description = {
            "name": "tiny",
            "title": "A tiny table",
            "description": "Made for a test",
            "use": "tests",
            "kind": "synthetic",
            "caution": "Made up.",
            "citation": "Nobody. CC0.",
            "license_note": "",
            "licenses": [{"name": "CC0-1.0", "title": "CC0"}],
            "caveats": [],
            "changes": [],
            "published_results": [],
            "sources": [],
            "resources": [resource],
        }
        (package / "datapackage.json").write_text(json.dumps(description | changes))
        return tmp_path

    return write


def test_the_only_table_of_a_set_needs_no_name():
    assert len(pm.datasets.load("world_indicators")) == 9540


def test_the_main_table_of_a_set_needs_no_name():
    main = pm.datasets.load("us_business_counts")
    pd.testing.assert_frame_equal(
        main, pm.datasets.load("us_business_counts", "totals")
    )


def test_a_set_without_a_main_table_asks_for_a_name():
    with pytest.raises(DataError, match="has 3 tables: establishments, counties"):
        pm.datasets.load("us_local_markets")


def test_a_misspelled_set_gets_the_nearest_name_and_all_names():
    with pytest.raises(
        DataError, match=r"did you mean 'world_indicators'.*us_local_markets"
    ):
        pm.datasets.load("world_indicator")


def test_an_unknown_set_far_from_all_names_gets_the_list_only():
    with pytest.raises(DataError, match="no data set 'zzz'; There are: ") as caught:
        pm.datasets.load("zzz")
    assert "did you mean" not in str(caught.value)


def test_a_path_is_not_a_name():
    with pytest.raises(DataError, match=r"no data set '../datasets/world_indicators'"):
        pm.datasets.load("../datasets/world_indicators")


def test_a_misspelled_table_gets_the_nearest_name():
    with pytest.raises(DataError, match="no table 'county'; did you mean 'counties'"):
        pm.datasets.load("us_local_markets", "county")


@pytest.mark.parametrize("name", [None, 3, ["world_indicators"]])
def test_a_name_must_be_a_text(name):
    with pytest.raises(TypeError, match=r"name == .* must be a text"):
        pm.datasets.load(name)


def test_a_table_name_must_be_a_text():
    with pytest.raises(TypeError, match="resource == 0, must be a text"):
        pm.datasets.load("us_local_markets", 0)


def test_changing_a_loaded_table_does_not_reach_the_next_load():
    first = pm.datasets.load("us_local_markets", "naics_titles")
    first.loc[:, "title"] = "gone"
    del first["naics"]
    second = pm.datasets.load("us_local_markets", "naics_titles")
    assert second.columns.tolist() == ["naics", "title", "establishments_in_file"]
    assert "gone" not in second["title"].tolist()


def test_changing_the_values_in_place_does_not_reach_the_next_load():
    first = pm.datasets.load("us_business_counts")
    before = first["firms"].sum()
    first.loc[0, "firms"] = -1
    assert pm.datasets.load("us_business_counts")["firms"].sum() == before


def test_each_schema_type_becomes_its_pandas_type(tiny):
    folder = tiny(
        "code,count,maybe,share,flag,day,moment,year\n"
        "007,1,,0.5,true,2024-02-29,2024-02-29T23:59:00,1999\n"
        "NA,2,3,,false,,2024-03-01T00:00:00,2000\n",
        {"name": "code", "type": "string"},
        {"name": "count", "type": "integer", "constraints": {"required": True}},
        {"name": "maybe", "type": "integer"},
        {"name": "share", "type": "number"},
        {"name": "flag", "type": "boolean", "constraints": {"required": True}},
        {"name": "day", "type": "date"},
        {"name": "moment", "type": "datetime"},
        {"name": "year", "type": "year", "constraints": {"required": True}},
    )
    frame = pm.datasets.load("tiny", folder=folder)
    assert frame["code"].tolist() == ["007", "NA"]
    assert frame.dtypes.astype(str).to_dict() | {"code": ""} == {
        "code": "",
        "count": "int64",
        "maybe": "Int64",
        "share": "float64",
        "flag": "bool",
        "day": "datetime64[us]",
        "moment": "datetime64[us]",
        "year": "int64",
    }
    assert frame["maybe"].isna().tolist() == [True, False]
    assert frame.loc[0, "day"] == pd.Timestamp(2024, 2, 29)
    assert frame["day"].isna().tolist() == [False, True]


def test_a_changed_byte_is_refused_with_both_hashes(folder):
    path = folder / "us_business_counts" / "totals.csv"
    content = path.read_bytes()
    path.write_bytes(content.replace(b"764546", b"764547", 1))
    expected = hashlib.sha256(content).hexdigest()
    actual = hashlib.sha256(path.read_bytes()).hexdigest()
    with pytest.raises(
        DataError,
        match=rf"totals\.csv has changed: .*{actual}, must be .*{expected}; restore it",
    ):
        pm.datasets.load("us_business_counts", folder=folder)


def test_an_undamaged_table_of_a_damaged_set_still_loads(folder):
    (folder / "us_local_markets" / "counties.csv.gz").write_bytes(b"")
    assert (
        len(pm.datasets.load("us_local_markets", "naics_titles", folder=folder)) == 44
    )


def test_a_file_packed_again_with_another_time_stamp_is_refused(folder):
    path = folder / "us_local_markets" / "counties.csv.gz"
    path.write_bytes(gzip.compress(gzip.decompress(path.read_bytes()), mtime=1))
    with pytest.raises(DataError, match="has changed"):
        pm.datasets.load("us_local_markets", "counties", folder=folder)


def test_a_missing_file_is_named(folder):
    (folder / "us_business_counts" / "totals.csv").unlink()
    with pytest.raises(DataError, match=r"totals\.csv can't be read \(No such file"):
        pm.datasets.load("us_business_counts", folder=folder)


def test_a_text_in_a_number_column_is_refused(tiny):
    folder = tiny(
        "count\nmany\n",
        {"name": "count", "type": "integer", "constraints": {"required": True}},
    )
    with pytest.raises(DataError, match=r"can't be read as its datapackage\.json"):
        pm.datasets.load("tiny", folder=folder)


def test_a_column_that_is_not_described_is_refused(tiny):
    folder = tiny("code,extra\n1,2\n", {"name": "code", "type": "string"})
    with pytest.raises(
        DataError, match="has the columns code, extra; described are code"
    ):
        pm.datasets.load("tiny", folder=folder)


def test_a_described_column_that_is_absent_is_refused(tiny):
    folder = tiny(
        "code\n1\n", {"name": "code", "type": "string"}, {"name": "b", "type": "string"}
    )
    with pytest.raises(DataError, match="has the columns code; described are code, b"):
        pm.datasets.load("tiny", folder=folder)


def test_a_day_that_does_not_exist_is_refused(tiny):
    folder = tiny("day\n2023-02-29\n", {"name": "day", "type": "date"})
    with pytest.raises(DataError, match="can't be read as"):
        pm.datasets.load("tiny", folder=folder)


def test_an_unknown_schema_type_is_named(tiny):
    folder = tiny("code\n1\n", {"name": "code", "type": "geopoint"})
    with pytest.raises(DataError, match="type 'geopoint', must be one of string"):
        pm.datasets.available(folder=folder)


def test_a_description_that_is_not_json_is_named(tmp_path):
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "datapackage.json").write_text("{")
    with pytest.raises(DataError, match=r"broken.*is not a data package"):
        pm.datasets.load("broken", folder=tmp_path)


def test_a_description_without_a_license_is_refused(tiny):
    folder = tiny("code\n1\n", {"name": "code", "type": "string"}, licenses=None)
    with pytest.raises(DataError, match="is not a data package"):
        pm.datasets.about("tiny", folder=folder)


def test_another_hash_than_sha256_is_refused(folder):
    path = folder / "us_business_counts" / "datapackage.json"
    path.write_text(path.read_text().replace("sha256:", "md5:"))
    with pytest.raises(DataError, match=r"hash == 'md5:.*must start with 'sha256:'"):
        pm.datasets.about("us_business_counts", folder=folder)


def test_a_folder_that_does_not_exist_is_named(tmp_path):
    with pytest.raises(
        DataError, match=r"no folder of data sets at .*nowhere.*folder="
    ):
        pm.datasets.available(folder=tmp_path / "nowhere")


def test_an_empty_folder_lists_no_data_sets(tmp_path):
    listing = pm.datasets.available(folder=tmp_path)
    assert listing.empty
    assert "license" in listing.columns


def test_the_listing_names_each_set_once_with_its_license():
    listing = pm.datasets.available()
    assert listing["name"].is_unique
    assert listing["name"].tolist() == sorted(listing["name"])
    assert (listing["license"] != "").all()


def test_the_listing_puts_the_main_table_first():
    listing = pm.datasets.available().set_index("name")
    assert listing.loc["us_business_counts", "resources"] == "totals, by_size"


def test_the_description_has_a_unit_for_money_and_none_for_codes():
    columns = pm.datasets.describe("us_business_counts")
    assert columns.columns.tolist() == [
        "resource",
        "column",
        "type",
        "unit",
        "description",
    ]
    unit = columns[columns["resource"] == "totals"].set_index("column")["unit"]
    assert unit["annual_payroll_kusd"] == "1,000 US$"
    assert unit["naics"] == ""


def test_what_a_set_is_reads_as_plain_sentences():
    text = repr(pm.datasets.about("world_indicators"))
    assert text.startswith("World development indicators")
    assert "indicators (9,540 rows)" in text
    assert "Caution: Holds countries and groups" in text


def test_a_citation_names_publisher_and_license():
    assert pm.datasets.cite("world_indicators").startswith("World Bank")
    assert "CC BY 4.0" in pm.datasets.cite("world_indicators")


def test_descriptions_are_shown_whole_also_in_part():
    table = pm.datasets.describe("us_local_markets")
    longest = max(table["description"], key=len)
    assert len(longest) > 60
    assert html.escape(longest, quote=False) in table._repr_html_()
    assert longest in repr(table[["column", "description"]].tail(50))
    assert 'style="text-align:left"' in table._repr_html_()
