import pandas as pd
import pytest

from pmlab import case


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    folder = tmp_path_factory.mktemp("large")
    files = case.write_world(folder, bookings=60_000, variant="seed-0")
    return folder, files.set_index("table")


def read(world, table):
    return pd.read_parquet(world[0] / f"{table}.parquet")


def test_the_files_hold_the_rows_that_are_reported(world):
    _, files = world
    assert files.loc["bookings", "rows"] >= 60_000
    for table in files.index:
        assert len(read(world, table)) == files.loc[table, "rows"]


def test_columns_are_those_of_the_small_world(world):
    for table in world[1].index:
        columns = case.describe(table)["column"].tolist()
        assert read(world, table).columns.tolist() == columns


def test_ids_stay_apart_and_fit_together(world):
    users, bookings = read(world, "users"), read(world, "bookings")
    assert users["user_id"].is_unique
    assert bookings["booking_id"].is_unique
    assert bookings["user_id"].isin(users["user_id"]).all()
    assert bookings["plan_id"].dropna().isin(read(world, "plans")["plan_id"]).all()
    assert users["county_fips"].nunique() == 6


def test_the_same_arguments_give_the_same_rows(world, tmp_path):
    case.write_world(tmp_path, bookings=60_000, variant="seed-0")
    again = pd.read_parquet(tmp_path / "bookings.parquet")
    assert again.equals(read(world, "bookings"))
    assert not list(tmp_path.glob("*.part"))


def test_a_number_of_bookings_that_cannot_be_is_refused(tmp_path):
    with pytest.raises(ValueError, match="bookings == 0, must be a whole number >= 1"):
        case.write_world(tmp_path, bookings=0)
    with pytest.raises(ValueError, match="must be 1 to 32 letters"):
        case.write_world(tmp_path, bookings=10, variant="a/b")
