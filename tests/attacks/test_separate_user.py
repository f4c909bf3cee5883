"""The weaker tier, tried with attacks by a learner of the unit before."""

import json
import os
import tempfile

import pytest

from pmlab.grading.sandbox import tiers

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not hasattr(os, "getuid") or os.getuid() != 0,
        reason="only root can give each session a user",
    ),
]
ATTACK = """\
import os, tempfile
here = os.getcwd()
try:
    os.rename(here, here + '-kept')
    print('LEAK: renamed')
except OSError:
    pass
for place in (os.path.dirname(here), os.path.dirname(os.path.dirname(here))):
    try:
        os.symlink('/etc/passwd', place + '/planted')
        print('LEAK: planted in ' + place)
    except OSError:
        pass
assert os.path.dirname(tempfile.mkdtemp()) == here
print('nothing')
"""


def test_a_learner_moves_and_plants_nothing(attack_course, tmp_path, monkeypatch):
    with tempfile.TemporaryDirectory(dir="/var/tmp") as place:
        os.chmod(place, 0o777)  # noqa: S103 - as /tmp is
        monkeypatch.setenv("TMPDIR", place)
        monkeypatch.setattr(tempfile, "tempdir", None)
        monkeypatch.setattr(
            tiers, "_probed", lambda _: (tiers.SEPARATE_USER, "as if without bwrap")
        )
        course = attack_course.Course(tmp_path)
        course.submit("a", attack_course.submitted(extra=ATTACK))
        course.submit("b", attack_course.submitted(**attack_course.HONEST))
        lines = course.grade()
        assert os.listdir(place) == []
    shown = json.dumps([c.get("outputs", []) for c in course.graded("a")["cells"]])
    assert "nothing" in shown
    assert "LEAK" not in shown
    assert lines["b"].outcome.credit == 10
    assert lines["b"].outcome.tier == "separate user"
