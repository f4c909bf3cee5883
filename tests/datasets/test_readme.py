"""The table in datasets/README.md says what the packages say."""

import json
from pathlib import Path

COURSE_DATA = Path(__file__).parents[2] / "datasets"
README = (COURSE_DATA / "README.md").read_text(encoding="utf-8")
PACKAGES = [
    json.loads(path.read_text(encoding="utf-8"))
    for path in sorted(COURSE_DATA.glob("*/datapackage.json"))
]
HEADER = "| name | use | tables (rows) | license | source | caution |"


def row(package):
    main = package.get("main_resource")
    tables = ", ".join(
        f"{resource['name']} ({resource['rows']:,})"
        + (" (main)" if resource["name"] == main else "")
        for resource in package["resources"]
    )
    licenses = ", ".join(
        item["name"].replace("other-pd", "public domain")
        for item in package["licenses"]
    )
    source = package["sources"][0]
    name = package["name"]
    return (
        f"| [{name}]({name}/datapackage.json) | {package['use']} | {tables} "
        f"| {licenses} | [{source['title']}]({source['path']}) | {package['caution']} |"
    )


def test_the_table_lists_every_package_as_its_description_does():
    lines = README.splitlines()
    start = lines.index(HEADER)
    listed = lines[start + 2 : start + 2 + len(PACKAGES)]
    assert listed == [row(package) for package in PACKAGES]
    assert not lines[start + 2 + len(PACKAGES)].startswith("|")


def test_the_text_states_how_many_packages_there_are():
    assert f"{len(PACKAGES)} data packages" in README


def test_every_key_of_our_own_is_explained():
    standard = {
        "$schema",
        "name",
        "title",
        "description",
        "version",
        "created",
        "licenses",
        "sources",
        "contributors",
        "resources",
    }
    own = {key for package in PACKAGES for key in package} - standard
    assert all(f"| `{key}` | package |" in README for key in own)
