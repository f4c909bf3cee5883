"""IPython without a kernel: runs cells and gathers their outputs, up to a size."""

import io
import json
import sys
from typing import Any

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets import Type

Output = dict[str, Any]


class Outputs:
    """The outputs of one cell; what exceeds the size is dropped."""

    def __init__(self, most_bytes: int) -> None:
        self.items: list[Output] = []
        self.truncated = False
        self._left = most_bytes

    def add(self, output: Output) -> None:
        """Add an output, if it fits and can be written as JSON."""
        try:
            size = len(json.dumps(output))
        except (TypeError, ValueError, RecursionError):
            return
        if size > self._left:
            self.truncated = True
            return
        self._left -= size
        self.items.append(output)

    def stream(self, name: str, text: str) -> None:
        """Add printed text to the stream it belongs to."""
        if len(text) > self._left:
            text, self.truncated = text[: max(self._left, 0)], True
        self._left -= len(text)
        last = self.items[-1] if self.items else {}
        if last.get("name") == name:
            last["text"].append(text)
        elif text:
            self.items.append({"output_type": "stream", "name": name, "text": [text]})


class _Stream(io.TextIOBase):
    def __init__(self, shell: "Shell", name: str) -> None:
        self._shell, self._name = shell, name

    def writable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return False

    def write(self, text: str) -> int:
        self._shell.outputs.stream(self._name, str(text))
        return len(text)


class _Hook(DisplayHook):
    def write_output_prompt(self) -> None:
        pass

    def write_format_data(
        self, format_dict: dict[str, Any], md_dict: dict[str, Any] | None = None
    ) -> None:
        _outputs_of(self).add(
            {
                "output_type": "execute_result",
                "data": _texts(format_dict),
                "metadata": md_dict or {},
                "execution_count": None,
            }
        )

    def finish_displayhook(self) -> None:
        pass

    def log_output(self, _: object) -> None:
        pass


class _Publisher(DisplayPublisher):
    def publish(
        self,
        data: dict[str, Any],
        metadata: dict[str, Any] | None = None,
        *_: object,
        **__: object,
    ) -> None:
        _outputs_of(self).add(
            {
                "output_type": "display_data",
                "data": _texts(data),
                "metadata": metadata or {},
            }
        )

    def clear_output(self, wait: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002
        _outputs_of(self).items.clear()


def _outputs_of(part: Any) -> Outputs:  # noqa: ANN401
    outputs: Outputs = part.shell.outputs
    return outputs


def _texts(data: dict[str, Any]) -> dict[str, Any]:
    """Return a bundle with bytes (pictures) as base64 text."""
    import base64

    return {
        kind: base64.b64encode(part).decode() if isinstance(part, bytes) else part
        for kind, part in data.items()
    }


class Shell(InteractiveShell):
    """An IPython that keeps nothing on disk and hands its outputs on."""

    displayhook_class = Type(_Hook)
    display_pub_class = Type(_Publisher)

    def __init__(self, **options: Any) -> None:  # noqa: ANN401
        self.outputs = Outputs(0)
        super().__init__(**options)  # type: ignore[no-untyped-call]

    def init_history(self) -> None:
        """Keep history in memory only."""
        from traitlets.config import Config

        self.config.merge(Config({"HistoryManager": {"enabled": False}}))
        super().init_history()  # type: ignore[no-untyped-call]

    def ask_exit(self) -> None:
        """Stay: ``exit()`` in a cell ends the cell at most."""

    def _showtraceback(self, etype: type, evalue: object, stb: list[str]) -> None:
        try:
            text = str(evalue)
        except Exception:  # noqa: BLE001 - a class of the learner's
            text = ""
        self.outputs.add(
            {
                "output_type": "error",
                "ename": str(getattr(etype, "__name__", "Error")),
                "evalue": text[:2000],
                "traceback": [str(line)[:4000] for line in stb[-40:]],
            }
        )

    def run(self, source: str, *, most_bytes: int) -> tuple[bool, Outputs]:
        """Run a cell.

        Args:
            source: Text of the cell.
            most_bytes: Most that its outputs may hold.

        Returns:
            Whether it ended without an error, and the outputs.
        """
        self.outputs = Outputs(most_bytes)
        # To find out whether a cell awaits, IPython compiles it once more.
        self.autoawait = "await" in source or "async" in source
        before = sys.stdout, sys.stderr
        sys.stdout, sys.stderr = _Stream(self, "stdout"), _Stream(self, "stderr")
        try:
            done = self.run_cell(source, store_history=True)  # type: ignore[no-untyped-call]
            ok = bool(done.success)
        finally:
            sys.stdout, sys.stderr = before
        return ok, self.outputs


def make_shell() -> Shell:
    """Return a shell, with what a first traceback needs loaded already."""
    shell = Shell.instance(user_module=_main_module())
    shell.colors = "nocolor"
    shell.run("def f():\n    return 1 / 0\nf()", most_bytes=100_000)
    shell.run("1 + 1", most_bytes=100_000)
    shell.reset(new_session=True)  # type: ignore[no-untyped-call]
    shell.execution_count = 1
    return shell


def _main_module() -> object:
    import types

    module = types.ModuleType("__main__")
    sys.modules["__main__"] = module
    return module
