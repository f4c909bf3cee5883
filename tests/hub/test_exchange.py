"""The exchange: owners and modes."""

import os
import stat

import pytest

from pmlab.hub import HubCourse
from pmlab.hub.exchange import prepare_exchange, problems
from pmlab.hub.faults import HubError


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_modes_let_learners_drop_in_but_not_list_or_take_over(tmp_path, courses):
    root = tmp_path / "exchange"
    prepare_exchange(root, courses)
    assert mode(root) == 0o1777
    assert mode(root / "pm-spring") == 0o755
    assert mode(root / "pm-spring" / "outbound") == 0o755
    assert mode(root / "pm-spring" / "inbound") == 0o3733
    assert mode(root / "pm-autumn" / "feedback") == 0o711
    assert problems(root, courses) == []


def test_preparing_again_keeps_content_and_mends_modes(tmp_path, courses):
    root = tmp_path / "exchange"
    prepare_exchange(root, courses)
    kept = root / "pm-spring" / "inbound" / "work"
    kept.write_text("x")
    root.chmod(0o777)
    assert problems(root, courses) == [f"{root} has mode 0777: chmod 1777 {root}"]
    prepare_exchange(root, courses)
    assert problems(root, courses) == []
    assert kept.read_text() == "x"


def test_a_link_in_place_of_a_folder_is_refused(tmp_path, courses):
    root = tmp_path / "exchange"
    root.mkdir()
    (root / "pm-spring").symlink_to(tmp_path)
    with pytest.raises(HubError, match="is a link"):
        prepare_exchange(root, courses)


def test_a_file_in_place_of_the_exchange_is_refused(tmp_path, courses):
    (tmp_path / "exchange").write_text("x")
    with pytest.raises(HubError, match="can't be made 1777"):
        prepare_exchange(tmp_path / "exchange", courses)


def test_a_missing_exchange_is_named(tmp_path, courses):
    found = problems(tmp_path / "nowhere", courses[:1])
    assert len(found) == 5
    assert "is missing" in found[0]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a stranger's folder")
def test_a_folder_that_a_stranger_put_there_is_refused(tmp_path):
    planted = tmp_path / "exchange" / "pm-spring"
    planted.mkdir(parents=True)
    os.chown(planted, 64321, 64321)
    course = HubCourse(id="pm-spring", folder=tmp_path, port=9101, grader="daemon")
    with pytest.raises(HubError, match="owned by user number 64321"):
        prepare_exchange(tmp_path / "exchange", [course])
