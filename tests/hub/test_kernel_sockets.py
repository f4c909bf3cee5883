"""Sockets of kernels: files that only their owner reaches."""

import stat
import tempfile
from pathlib import Path

from pmlab.hub.kernel_sockets import private_sockets


def test_the_folder_of_sockets_is_closed_to_others():
    with tempfile.TemporaryDirectory(dir="/var/tmp") as name:  # a path that is short
        place = Path(name, "run")
        place.mkdir(mode=0o755)
        options, variables = private_sockets(place)
        assert options == ["--KernelManager.transport=ipc"]
        assert variables == {"JUPYTER_RUNTIME_DIR": str(place)}
        assert stat.S_IMODE(place.stat().st_mode) == 0o700


def test_a_path_too_long_for_a_socket_is_said_aloud_and_kernels_still_work(
    tmp_path, capsys
):
    place = tmp_path / ("long" * 20)
    assert private_sockets(place) == ([], {})
    assert "too long for sockets" in capsys.readouterr().err
    assert not place.exists()
