"""The pre-imported parent inside the sandbox: forks a session for each submission.

Started by ``pmlab.grading.sandbox``; it answers on the socket it inherits. Everything
slow (imports, a first traceback) happens once, before the first fork.
"""

import gc
import json
import os
import socket
import sys
import warnings
from pathlib import Path
from typing import Any

_REQUEST_BYTES = 65536


def main() -> None:
    """Serve until the other end of the socket is closed."""
    settings: dict[str, Any] = json.loads(sys.argv[1])
    from pmlab.grading.runner import shut_in

    try:
        _serve(settings)
    finally:
        if settings["folder"]:
            shut_in.remove(Path(settings["folder"]))


def _serve(settings: dict[str, Any]) -> None:
    from pmlab.grading.forking import load, reap
    from pmlab.grading.runner import shut_in

    if settings["drop"] and settings["namespaces"]:
        shut_in.become_nobody()
    socket_number = int(settings["socket"])
    os.set_inheritable(socket_number, False)  # noqa: FBT003
    requests = socket.socket(fileno=socket_number)
    shell = _preloaded(settings["preload"])
    from pmlab.grading.runner.session import silence

    silence()
    _warm_up(shell, requests)
    requests.send(b"ready")
    while True:
        reap()
        text, numbers, _, _ = socket.recv_fds(requests, _REQUEST_BYTES, 2)
        if not text:
            return
        request = json.loads(text)
        if "preload" in request:
            load(request["preload"])
            gc.collect()
            gc.freeze()
            continue
        if os.fork() == 0:
            requests.close()
            status = 1
            try:
                _keep(shell, request, numbers, settings)
                status = 0
            finally:
                os._exit(status)
        for number in numbers:
            os.close(number)


def _keep(
    shell: Any,  # noqa: ANN401
    request: dict[str, Any],
    numbers: list[int],
    settings: dict[str, Any],
) -> None:
    from pmlab.grading.channel import from_descriptor
    from pmlab.grading.runner import shut_in
    from pmlab.grading.runner.session import Session

    channel_number, control = numbers

    def run() -> None:
        os.environ.update(request["environment"])
        channel = from_descriptor(channel_number)
        _lay_out(channel)
        Session(channel, shell).serve()

    shut_in.keep(
        run,
        control=control,
        limits=request["limits"],
        namespaces=settings["namespaces"],
    )


def _lay_out(channel: Any) -> None:  # noqa: ANN401
    """Write the helper files beside the notebook, and let cells import them last."""
    import random

    import numpy as np

    place = Path.cwd()
    files, buffers = channel.receive()
    for name, content in zip(files["names"], buffers, strict=True):
        path = place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    sys.path.append(str(place))
    random.seed(0)
    np.random.seed(0)  # noqa: NPY002 - what learners' code may use


def _warm_up(shell: Any, requests: socket.socket) -> None:  # noqa: ANN401
    """Run cells that learners have: what they load is loaded before the first fork."""
    _, numbers, _, _ = socket.recv_fds(requests, 16, 1)
    with os.fdopen(numbers[0], "rb") as stream:
        told = json.loads(stream.read())
    if told["cache"]:
        os.environ["PMLAB_CACHE"] = told["cache"]
    for source in told["warm"]:
        shell.run(source, most_bytes=1_000_000)
    os.environ.pop("PMLAB_CACHE", None)
    shell.reset(new_session=True)
    shell.execution_count = 1
    gc.collect()
    gc.freeze()


def _preloaded(names: list[str]) -> Any:  # noqa: ANN401
    warnings.simplefilter("ignore")
    from pmlab.grading.forking import load

    load(names)
    from pmlab.grading.codec import Encoder
    from pmlab.grading.runner.shell import make_shell

    Encoder()
    shell = make_shell()
    warnings.resetwarnings()
    return shell


if __name__ == "__main__":
    main()
