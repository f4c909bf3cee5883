"""Every data package: files, hashes, license, schema, and nothing undeclared."""

import hashlib
import json
import re
from pathlib import Path

import pandas as pd
import pytest

import pmlab as pm

COURSE_DATA = Path(__file__).parents[2] / "datasets"
PACKAGES = {
    path.parent.name: json.loads(path.read_text(encoding="utf-8"))
    for path in sorted(COURSE_DATA.glob("*/datapackage.json"))
}
RESOURCES = [
    pytest.param({"package": name, **resource}, id=f"{name}/{resource['name']}")
    for name, package in PACKAGES.items()
    for resource in package["resources"]
]
ALLOWED_LICENSES = {
    "CC0-1.0",
    "CC-BY-4.0",
    "other-pd",
    "MIT",
    "BSD-3-Clause",
    "Apache-2.0",
}
# These licenses ask that their text, and the copyright notice, travel with a copy.
TEXT_REQUIRED = {"MIT", "BSD-3-Clause", "Apache-2.0"}
# Its own counts of five projects' histories: nothing of the projects is copied.
NO_COPY = {"oss_contributor_cohorts"}
LARGEST_TOTAL_BYTES = 15_000_000

each_package = pytest.mark.parametrize("package", PACKAGES.values(), ids=PACKAGES)
each_resource = pytest.mark.parametrize("resource", RESOURCES)


def load(resource):
    return pm.datasets.load(resource["package"], resource["name"])


def path_of(resource):
    return COURSE_DATA / resource["package"] / resource["path"]


def test_there_are_twenty_two_data_sets():
    assert len(PACKAGES) == 22


def test_all_data_sets_together_stay_below_fifteen_megabytes():
    total = sum(path.stat().st_size for path in COURSE_DATA.rglob("*"))
    assert total < LARGEST_TOTAL_BYTES


def test_every_folder_is_a_data_package_and_only_the_readme_lies_beside():
    folders = {path.name for path in COURSE_DATA.iterdir() if path.is_dir()}
    files = {path.name for path in COURSE_DATA.iterdir() if path.is_file()}
    assert folders == set(PACKAGES)
    assert files == {"README.md"}


@each_package
def test_a_package_holds_no_undeclared_file(package):
    declared = {resource["path"] for resource in package["resources"]}
    present = {path.name for path in (COURSE_DATA / package["name"]).iterdir()}
    assert present - {"datapackage.json", "LICENSE"} == declared


@each_package
def test_a_package_follows_the_data_package_standard(package):
    assert package["$schema"] == "https://datapackage.org/profiles/2.0/datapackage.json"
    assert COURSE_DATA.joinpath(package["name"]).is_dir()
    assert re.fullmatch(r"[a-z0-9._/-]+", package["name"])
    assert re.fullmatch(r"\d+\.\d+\.\d+", package["version"])
    assert pd.Timestamp(package["created"]).tzinfo is not None
    assert all({"title", "path"} <= set(source) for source in package["sources"])
    assert all("title" in person for person in package["contributors"])


@each_package
def test_a_package_says_what_it_is_and_what_to_watch(package):
    texts = ("title", "description", "use", "license_note", "caution", "citation")
    assert all(package[key] for key in texts)
    assert package["kind"] in {"observed", "sample", "synthetic"}
    assert package["sources"]
    assert package["caveats"]
    assert package["changes"]
    assert package["published_results"]


@each_package
def test_a_package_has_an_open_license_without_share_alike(package):
    licenses = {item["name"] for item in package["licenses"]}
    assert licenses
    assert licenses <= ALLOWED_LICENSES
    assert all(item["path"].startswith("https://") for item in package["licenses"])


@each_package
def test_a_license_text_lies_beside_the_data_where_the_license_asks_for_it(package):
    licenses = {item["name"] for item in package["licenses"]}
    needed = bool(licenses & TEXT_REQUIRED) and package["name"] not in NO_COPY
    assert (COURSE_DATA / package["name"] / "LICENSE").exists() == needed


@each_package
def test_the_main_table_exists(package):
    names = [resource["name"] for resource in package["resources"]]
    assert package.get("main_resource", names[0]) in names
    assert len(set(names)) == len(names)


def test_synthetic_data_say_so_in_title_and_caution():
    listing = pm.datasets.available()
    synthetic = listing[listing["kind"] == "synthetic"]
    assert synthetic["name"].tolist() == ["ecom_clickstream_synthetic", "fernbroom"]
    assert synthetic["caution"].str.contains("Synthetic").all()
    assert synthetic["title"].str.contains("Made-up").all()


@each_resource
def test_a_file_has_the_declared_bytes_and_hash(resource):
    content = path_of(resource).read_bytes()
    assert len(content) == resource["bytes"]
    assert resource["hash"] == "sha256:" + hashlib.sha256(content).hexdigest()


@each_resource
def test_a_resource_declares_how_to_read_it(resource):
    assert resource["type"] == "table"
    assert resource["format"] == "csv"
    assert resource["encoding"] == "utf-8"
    packed = resource["path"].endswith(".csv.gz")
    assert packed or resource["path"].endswith(".csv")
    assert (resource.get("compression") == "gz") == packed


@each_resource
def test_a_packed_file_carries_no_time_stamp_or_name(resource):
    if not resource["path"].endswith(".gz"):
        return
    header = path_of(resource).read_bytes()[:8]
    assert header[3] == 0, "flags: neither file name nor comment"
    assert header[4:8] == bytes(4), "time stamp"


@each_resource
def test_every_column_has_a_meaning_and_every_measure_a_unit(resource):
    for field in resource["schema"]["fields"]:
        assert field["description"], field["name"]
        if field["type"] == "number":
            assert field.get("unit"), field["name"]


@each_resource
def test_a_table_loads_with_the_declared_rows_columns_and_types(resource):
    table = load(resource)
    assert len(table) == resource["rows"]
    kinds = {
        "string": pd.api.types.is_string_dtype,
        "integer": pd.api.types.is_integer_dtype,
        "year": pd.api.types.is_integer_dtype,
        "number": pd.api.types.is_float_dtype,
        "boolean": pd.api.types.is_bool_dtype,
        "date": pd.api.types.is_datetime64_any_dtype,
        "datetime": pd.api.types.is_datetime64_any_dtype,
    }
    for field in resource["schema"]["fields"]:
        assert kinds[field["type"]](table[field["name"]]), field["name"]


@each_resource
def test_a_table_keeps_its_constraints(resource):
    table = load(resource)
    for field in resource["schema"]["fields"]:
        column, rules = table[field["name"]], field.get("constraints", {})
        assert column.notna().all() == rules.get("required", False), field["name"]
        if "pattern" in rules:
            assert column.str.fullmatch(rules["pattern"]).all(), field["name"]
    key = resource["schema"].get("primaryKey")
    if key:
        assert not table.duplicated(key).any()


@each_resource
def test_no_text_holds_a_broken_encoding(resource):
    table = load(resource)
    for column in table.select_dtypes("str"):
        broken = table[column].str.contains("\ufffd|√|Ã.|â€", na=False)
        assert not broken.any(), column
