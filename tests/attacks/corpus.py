"""The attacks: what each hands in, and what it may earn at most.

``most`` is what the submission deserves by its honest part: nearly always nothing.
"""

import copy
import dataclasses
import json
import os
from collections.abc import Callable

LYING = """
class Liar:
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __hash__(self): return 1
    def __float__(self): return 42.0
    def __int__(self): return 42
    def __bool__(self): return True
    def __lt__(self, other): return True
    __le__ = __gt__ = __ge__ = __contains__ = __lt__
    def __sub__(self, other): return 0.0
    __rsub__ = __abs__ = __add__ = __mul__ = __sub__
    def __array__(self, *a, **k):
        import numpy
        return numpy.array(42.0)
    @property
    def __class__(self): return float
"""
BOTH = "\ndef double(x):\n    return {0}\n"
BOTH_TOTAL = "\ndef total(table):\n    return {0}\n"


@dataclasses.dataclass(frozen=True)
class Attack:
    """One hostile submission.

    Attributes:
        content: The notebook: a dictionary, or raw bytes.
        most: Most points that it deserves.
        status: The status it must end in; None for any.
        prepare: Lays files beside it: course folder, submission folder.
    """

    content: object
    most: float = 0.0
    status: str | None = None
    prepare: Callable[..., None] = lambda _course, _place: None


def code(submitted, text, *, value="Liar()", **more):
    """Return an attack that runs ``text`` and answers with ``value``."""
    return Attack(
        submitted(
            double=text + BOTH.format(value), total=text + BOTH_TOTAL.format(value)
        ),
        **more,
    )


def lies(submitted):
    """Values that pretend to be what is expected."""
    return {
        "equal-object": code(submitted, LYING),
        "equal-float": code(
            submitted,
            "class F(float):\n    def __eq__(s, o): return True\n"
            "    __hash__ = None\n    def __sub__(s, o): return 0.0\n",
            value="F(1)",
        ),
        "equal-int": code(
            submitted,
            "class F(int):\n    def __eq__(s, o): return True\n    __hash__ = None\n",
            value="F(1)",
        ),
        "equal-str": code(
            submitted,
            "class F(str):\n    def __eq__(s, o): return True\n    __hash__ = None\n",
            value="F('4')",
        ),
        "equal-list": code(
            submitted,
            "class F(list):\n    def __eq__(s, o): return True\n",
            value="F([1])",
        ),
        "equal-array": code(
            submitted,
            "import numpy as np\nclass A(np.ndarray):\n"
            "    def __eq__(s, o): return True\n",
            value="np.array(3.0).view(A)",
        ),
        "frame-subclass": code(
            submitted,
            "import pandas as pd\nclass D(pd.DataFrame):\n"
            "    def __eq__(s, o): return True\n    def __bool__(s): return True\n",
            value="D({'a': [1]})",
        ),
        "equal-class": code(
            submitted,
            "class M(type):\n    def __eq__(s, o): return True\n    __hash__ = None\n"
            "class C(metaclass=M): pass\n",
            value="C",
        ),
        "true": code(submitted, "", value="True"),
        "nan": code(submitted, "", value="float('nan')"),
        "infinite": code(submitted, "", value="float('inf')"),
        "mock": code(
            submitted, "from unittest.mock import ANY, MagicMock\n", value="ANY"
        ),
        "object-array": code(
            submitted,
            LYING + "import numpy as np\n",
            value="np.array([Liar()], dtype=object)",
        ),
        "in-a-list": code(submitted, LYING, value="[Liar()]"),
        "callable-answer": code(submitted, LYING, value="Liar"),
        "descriptor-function": code(
            submitted,
            "class F:\n    def __call__(s, *a): return s\n"
            "    def __eq__(s, o): return True\n    __hash__ = None\n"
            "double2 = F()\n",
            value="double2",
        ),
    }


def patches(submitted):
    """Changed libraries, builtins and IPython."""
    texts = {
        "patched-numpy": "import numpy as np\nnp.allclose = np.isclose = "
        "lambda *a, **k: True\nnp.sum = np.abs = lambda *a, **k: 0\n"
        "np.float64.__eq__ = None if False else np.float64.__eq__\n",
        "patched-pandas": "import pandas as pd\n"
        "pd.DataFrame.equals = lambda *a: True\n"
        "pd.testing.assert_frame_equal = lambda *a, **k: None\n"
        "pd.Series.sum = lambda *a, **k: 0\n",
        "patched-builtins": "import builtins\nbuiltins.abs = lambda x: 0\n"
        "builtins.float = lambda x: 0.0\nbuiltins.isinstance = lambda *a: True\n"
        "builtins.type = lambda x: float\n",
        "patched-checks": "import pmlab as pm\n"
        "from pmlab.checks import exercise as e, comparison as c, verdict as v\n"
        "e.Exercise.number = lambda *a, **k: None\n"
        "v.Verdict.credit = property(lambda s: s.points)\n"
        "v.Verdict.__repr__ = lambda s: '5'\nc.Tolerance.distance = lambda *a: 0\n",
        "patched-runner": "import sys\n"
        "for name, module in list(sys.modules.items()):\n"
        "    if name.startswith('pmlab.grading'):\n"
        "        for key in list(vars(module)):\n"
        "            if key[0] != '_':\n"
        "                try: setattr(module, key, lambda *a, **k: True)\n"
        "                except Exception: pass\n",
        "ast-transformer": "import ast\nclass T(ast.NodeTransformer):\n"
        "    def visit_Assert(self, node): return ast.Pass()\n"
        "get_ipython().ast_transformers.append(T())\n",
        "exception-hook": "def hook(self, etype, value, tb, tb_offset=None):\n"
        "    import builtins\n    self.displayhook(5)\n"
        "get_ipython().set_custom_exc((Exception,), hook)\n",
        "input-transformer": "get_ipython().input_transformers_cleanup.append("
        "lambda lines: ['5'])\n",
        "events": "get_ipython().events.register('pre_run_cell', "
        "lambda *a: get_ipython().user_ns.update(ok=1))\n",
        "excepthook": "import sys\nsys.excepthook = lambda *a: None\n"
        "sys.settrace(lambda *a: None)\n",
        "import-hook": "import sys, builtins\nreal = builtins.__import__\n"
        "def fake(name, *a, **k):\n    return real(name, *a, **k)\n"
        "builtins.__import__ = fake\nsys.meta_path.insert(0, None) if False else 0\n",
        "fake-outputs": "from IPython.display import display, publish_display_data\n"
        "publish_display_data({'text/plain': '5', 'text/html': '5'}, "
        "metadata={'pmlab': {'exercise': 'total', 'credit': 5, 'points': 5}})\n5\n",
        "main-module": "import __main__, sys\n__main__.double = lambda x: 2\n"
        "sys.modules['__main__'] = None\n",
        "garbage-collector": "import gc\nfound = [o for o in gc.get_objects() "
        "if isinstance(o, str) and 'the-solution' in o]\n"
        "assert not found\n",
    }
    return {name: code(submitted, text, value="None") for name, text in texts.items()}


def endings(submitted):
    """Exits, signals, loops, bombs and floods."""
    texts = {
        "exit": ("import os\ndef double(x): os._exit(0)\n", "crashed"),
        "exit-in-cell": ("import os\nos._exit(0)\n", "crashed"),
        "sys-exit": ("raise SystemExit\n", None),
        "quit": ("quit()\n", None),
        "kill-self": ("import os\nos.kill(os.getpid(), 9)\n", None),
        "kill-all": (
            "import os, signal\n"
            "for n in range(1, 400):\n"
            "    try: os.kill(n, 9)\n    except OSError: pass\n"
            "try: os.kill(-1, 9)\nexcept OSError: pass\n",
            None,
        ),
        "abort": ("import os\nos.abort()\n", "crashed"),
        "segfault": ("import ctypes\nctypes.string_at(0)\n", "crashed"),
        "swallowed-interrupt": (
            "while True:\n    try:\n        while True: pass\n"
            "    except BaseException: pass\n",
            "timeout",
        ),
        "loop-in-call": ("def double(x):\n    while True: pass\n", "timeout"),
        "ignored-signals": (
            "import signal\nfor n in range(1, 32):\n"
            "    try: signal.signal(n, signal.SIG_IGN)\n"
            "    except (OSError, ValueError): pass\nwhile True: pass\n",
            "timeout",
        ),
        "recursion": (
            "import sys\nsys.setrecursionlimit(10**9)\n"
            "def double(x): return double(x)\n",
            None,
        ),
        "memory": ("x = bytearray(8 * 2**30)\n", None),
        "memory-slowly": ("x = []\nwhile True: x.append(bytearray(10**7))\n", None),
        "memory-in-children": (
            "import os, time\nfor _ in range(12):\n"
            "    if os.fork() == 0:\n        x = bytearray(500 * 2**20)\n"
            "        for n in range(0, len(x), 4096): x[n] = 1\n"
            "        time.sleep(60)\n",
            None,
        ),
        "fork-bomb": (
            "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass\n",
            None,
        ),
        "thread-bomb": (
            "import threading, time\n"
            "while True: threading.Thread(target=time.sleep, args=(99,)).start()\n",
            None,
        ),
        "output-flood": ("while True: print('x' * 10**6)\n", None),
        "output-once": ("print('y' * (50 * 10**6))\n", None),
        "display-flood": (
            "from IPython.display import HTML, display\n"
            "for _ in range(5000): display(HTML('<p>' + 'z' * 10**4))\n",
            None,
        ),
        "fill-disk": (
            "n = 0\nwhile True:\n    n += 1\n"
            "    open(f'/tmp/{n}', 'wb').write(b'x' * 10**7)\n",
            None,
        ),
        "many-files": (
            "n = 0\nwhile True:\n    n += 1\n    open(f'/tmp/f{n}', 'w').close()\n",
            None,
        ),
        "background-process": (
            "import subprocess, sys\nsubprocess.Popen([sys.executable, '-c', "
            "'import time; time.sleep(600)', 'pmlab-attack'], "
            "start_new_session=True)\n",
            None,
        ),
        "daemon": (
            "import os, time\nif os.fork() == 0:\n    os.setsid()\n"
            "    if os.fork() == 0:\n"
            "        os.execvp('sleep', ['sleep', '601', ])\n    os._exit(0)\n",
            None,
        ),
        "background-thread": (
            "import threading\ndef f():\n    while True: pass\n"
            "threading.Thread(target=f, daemon=True).start()\n",
            None,
        ),
        "at-exit": ("import atexit, time\natexit.register(time.sleep, 99)\n", None),
    }
    return {
        name: code(submitted, text, value="None", status=status)
        if "def double" not in text
        else Attack(submitted(double=text), status=status)
        for name, (text, status) in texts.items()
    }


def readers(submitted):
    """Attempts to read or change what is not theirs; a success raises in the cell."""
    paths = (
        "'..', '../..', '/work', '/home', '/root', '/var', '/etc', '/tmp', '/proc', "
        "'/run', '/mnt', '/srv', '/sys', '/dev/shm', '/cache'"
    )
    find = (
        "import os, sys\nseen = []\n"
        "library = ('/usr', '/proc', '/dev', sys.prefix, sys.base_prefix)\n"
        f"for top in [{paths}, '/']:\n"
        "    for place, folders, names in os.walk(top):\n"
        "        folders[:] = [n for n in folders if not "
        "os.path.realpath(os.path.join(place, n)).startswith(library)]\n"
        "        seen += [os.path.join(place, n) for n in names\n"
        "                 if n in ('gradebook.db', 'one.ipynb', 'truth.py', 'secret')\n"
        "                 or 'submitted' in place]\n"
        "bad = []\nfor path in seen:\n"
        "    try:\n        if open(path, 'rb').read(1): bad.append(path)\n"
        "    except OSError: pass\n"
    )
    texts = {
        "find-files": find + "print('LEAK' if bad else 'nothing', bad)\n",
        "environment": "import os\nprint('LEAK' if 'PMLAB_ATTACK_TOKEN' in os.environ "
        "else 'nothing')\n",
        "proc": "import os\nprint('LEAK' if os.listdir('/proc') else 'nothing')\n",
        "network": (
            "import socket\ntry:\n"
            "    socket.create_connection(('127.0.0.1', PORT), timeout=1)\n"
            "    print('LEAK')\nexcept OSError: print('nothing')\n"
        ),
        "name-resolution": (
            "import socket\ntry:\n    socket.getaddrinfo('example.com', 80)\n"
            "    print('LEAK')\nexcept OSError: print('nothing')\n"
        ),
        "write-library": (
            "import pandas, pmlab, os, sys\nbad = []\n"
            "for path in (pandas.__file__, pmlab.__file__, sys.executable, "
            "'/usr/x', '/x', '/cache/x', '/etc/x', '/dev/x'):\n"
            "    try:\n        open(path, 'ab').write(b'#')\n        bad.append(path)\n"
            "    except OSError: pass\nprint('LEAK' if bad else 'nothing', bad)\n"
        ),
        "mount": (
            "import ctypes\nlibc = ctypes.CDLL(None)\n"
            "one = libc.mount(b'none', b'/usr', b'tmpfs', 0, None)\n"
            "two = libc.unshare(0x10000000)\nthree = libc.umount2(b'/proc', 2)\n"
            "print('nothing' if -1 == one == two == three else 'LEAK')\n"
        ),
        "hold-memory-outside": (
            "import ctypes, os\nlibc, bad = ctypes.CDLL(None), []\n"
            "try: bad.append(os.memfd_create('x'))\nexcept OSError: pass\n"
            "bad += [n for n in (libc.shmget(0, 4096, 0o1600), "
            "libc.msgget(0, 0o1600)) if n != -1]\n"
            "print('LEAK' if bad else 'nothing', bad)\n"
        ),
        "closed-calls": (
            "import ctypes, os\nlibc = ctypes.CDLL(None)\n"
            "own = {'x86_64': (101, 310, 425), 'aarch64': (117, 270, 425)}\n"
            "done = [libc.syscall(n, 0, 0, 0, 0, 0) for n in "
            "own[os.uname().machine]]\n"
            "print('nothing' if set(done) == {-1} else 'LEAK', done)\n"
        ),
        "device-folder": (
            "import os\nbad = []\n"
            "for path in ('/dev/x', '/dev/pts/x', '/x', '/cache/x', '/etc/x'):\n"
            "    try: os.mkdir(path); bad.append(path)\n"
            "    except OSError: pass\nprint('LEAK' if bad else 'nothing', bad)\n"
        ),
        "trace-parent": (
            "import ctypes, os\nlibc = ctypes.CDLL(None)\n"
            "print('LEAK' if os.getppid() and libc.ptrace(16, os.getppid(), 0, 0) == 0 "
            "else 'nothing')\n"
        ),
        "hidden-arguments": (
            "kept = []\ndef double(x):\n    kept.append(x)\n    return 2 * x\n"
        ),
    }
    made = {name: Attack(submitted(extra=text)) for name, text in texts.items()}
    late = submitted(double=texts["hidden-arguments"])
    late["cells"].append(
        {
            "cell_type": "code",
            "id": "y",
            "metadata": {},
            "source": "print('LEAK' if kept else 'nothing', kept)",
            "outputs": [],
            "execution_count": None,
        }
    )
    made["hidden-arguments"] = Attack(late, most=5)
    return made | later_readers(submitted)


def later_readers(submitted):
    """Attempts to show in a later cell what a hidden test handed to a function."""
    keep = "    if x not in (2,): {0}\n    return 2 * x\n"
    texts = {
        "file": (
            "import os\nplace = os.getcwd() + '/kept'\ndef double(x):\n"
            + keep.format("open(place, 'a').write(f'{x} ')"),
            "import os\nshown = open(place).read() if os.path.exists(place) else ''\n",
        ),
        "shared-memory": (
            "import mmap\nboard = mmap.mmap(-1, 4096)\ndef double(x):\n"
            + keep.format("board.write(f'{x} '.encode())"),
            "shown = board[:].strip(b'\\0').decode()\n",
        ),
        "pipe": (
            "import os\nread, write = os.pipe()\nos.set_blocking(read, False)\n"
            "def double(x):\n" + keep.format("os.write(write, f'{x} '.encode())"),
            "shown = ''\ntry: shown = os.read(read, 4096).decode()\n"
            "except OSError: pass\n",
        ),
    }
    made = {}
    for name, (answer, text) in texts.items():
        notebook = submitted(double=answer)
        source = text + "print('LEAK' if shown else 'nothing', shown)"
        added = {"cell_type": "code", "id": "y", "metadata": {}, "source": source}
        notebook["cells"].append(added | {"outputs": [], "execution_count": None})
        made[f"hidden-by-{name}"] = Attack(notebook, most=5)
    return made


def judges(submitted):
    """Attacks on the judge's own copies and stand-ins."""
    texts = {
        "huge-list": "[0] * 10**8",
        "huge-text": "'x' * 10**9",
        "huge-number": "10**10**6",
        "huge-range": "range(10**18)",
        "long-table": "__import__('pandas').DataFrame(index=range(10**12))",
        "recursive-list": "(lambda x: (x.append(x), x)[1])([])",
        "deep-list": "__import__('functools').reduce(lambda a, _: [a], "
        "range(100000), 1)",
        "recursive-frame": "(lambda d: (d.__setitem__('d', d), d)[1])({})",
        "surrogates": "'\\ud800\\udfff' + chr(0x202e) + chr(0)",
        "generator": "(n for n in iter(int, 1))",
        "lambda": "lambda *a: 4",
        "raise-stop": "next(iter(()))",
        "raise-interrupt": "(_ for _ in ()).throw(KeyboardInterrupt)",
        "raise-exit": "exec('raise SystemExit(0)')",
        "raise-generator-exit": "(_ for _ in ()).throw(GeneratorExit)",
        "raise-own": "(_ for _ in ()).throw(type('E', (BaseException,), "
        "{'__str__': lambda s: 1/0})())",
        "raise-end": "(_ for _ in ()).throw(__import__('pmlab.checks.exercise', "
        "fromlist=['x'])._EndOfBlock())",
        "warnings": "[__import__('warnings').warn('w' * 10**6) for _ in range(999)]",
        "pickle": "type('P', (), {'__reduce__': lambda s: (print, ('LEAK',))})()",
        "structured": "__import__('numpy').zeros(3, dtype=[('a', 'i4')])",
        "masked": "__import__('numpy').ma.masked",
        "memory-map": "__import__('numpy').memmap('/tmp/m', mode='w+', shape=10**9)",
        "categories": "__import__('pandas').Categorical.from_codes([10**6], ['a'], "
        "validate=False)",
    }
    made = {
        f"answer-{name}": code(submitted, "", value=text)
        for name, text in texts.items()
    }
    channel = (
        "import gc, os, socket\n"
        "def double(x):\n"
        "    for n in range(3, 60):\n"
        "        try: os.write(n, PAYLOAD)\n"
        "        except OSError: pass\n"
        "    return 0\n"
    )
    payloads = {
        "garbage": "os.urandom(10**5)",
        "huge-lengths": "b'\\xff' * 64",
        "deep-json": "(lambda t: len(t).to_bytes(4, 'big') + b'\\0\\0\\0\\0' + t)"
        "(b'[' * 10**6)",
        "endless": "b'\\0' * 10**8",
        "forged": "(lambda t: len(t).to_bytes(4, 'big') + b'\\0\\0\\0\\0' + t)"
        'b\'{"value": [4, null], "changed": false}\')',
    }
    payloads["forged"] = payloads["forged"].replace(")b'", ")(b'")
    made |= {
        f"channel-{name}": Attack(
            submitted(double=channel.replace("PAYLOAD", payload)),
            # Whoever forges the answer to the first call can as well return it.
            most=0,
        )
        for name, payload in payloads.items()
    }
    replies = {
        "traceback": "{'outputs': [{'output_type': 'error', 'traceback': 5}]}",
        "outputs": "{'outputs': [{'output_type': 'stream', 'text': {}}] * 9}",
        "data": "{'outputs': [{'output_type': 'display_data', 'data': {'a': {}}}]}",
        "flood": "{'outputs': [{'output_type': 'stream', 'text': 'x' * 10**5}] * 140}",
        "metadata": "{'outputs': [{'output_type': 'execute_result', 'data': "
        "{'text/plain': '5'}, 'metadata': {'pmlab': {'exercise': 'total', "
        "'credit': 5, 'points': 5}}}]}",
        "value": "{'value': {'t': 'function'}}",
        "raised": "{'raised': {'kinds': 5, 'where': {'function': 3}}}",
        "warned": "{'warned': 5, 'value': [4, None]}",
        "call-back": "{'back': 'x', 'value': []}",
        "ended": "{'ended': True}",
    }
    made |= {
        f"reply-{name}": Attack(
            submitted(
                extra="import gc\nfor o in gc.get_objects():\n"
                "    if type(o).__name__ == 'Session':\n"
                f"        for op in o._operations: o._operations[op] = "
                f"lambda *a: ({reply}, [])\n"
            )
        )
        for name, reply in replies.items()
    }
    made["changes-arguments"] = Attack(
        submitted(total="def total(table):\n    table['n'] = 0\n    return 0.0\n")
    )
    made["next-runner"] = Attack(
        submitted(
            extra=(
                "import os, socket, sys, threading, glob\n"
                "for path in ('/tmp/pmlab', '/dev/shm/pmlab', '/var/tmp/x'):\n"
                "    try: open(path, 'w').write('#')\n    except OSError: pass\n"
                "for n in range(3, 64):\n"
                "    try:\n        s = socket.socket(fileno=os.dup(n))\n"
                "        socket.send_fds(s, [b'{}'], [0, 1])\n"
                "    except (OSError, ValueError): pass\n"
            )
        )
    )
    return made


def notebooks(submitted):  # noqa: C901 - one small edit each
    """Files that are no proper notebooks, or not as they were handed out."""

    def changed(edit):
        notebook = copy.deepcopy(submitted())
        edit(notebook)
        return notebook

    def with_flags(**flags):
        def edit(notebook):
            for item in notebook["cells"]:
                item["metadata"]["nbgrader"] |= flags

        return edit

    def easy(notebook):
        notebook["cells"][2]["source"] = "assert True"
        notebook["cells"][4]["source"] = "5"

    def points(notebook):
        for item in notebook["cells"]:
            if "points" in item["metadata"]["nbgrader"]:
                item["metadata"]["nbgrader"]["points"] = 1000

    def own_output(notebook):
        for item in notebook["cells"]:
            if item["cell_type"] == "code":
                data = {"text/plain": "5"}
                item["outputs"] = [
                    {
                        "output_type": "execute_result",
                        "data": data,
                        "metadata": {"pmlab": {"exercise": "total", "credit": 5}},
                        "execution_count": 1,
                    }
                ]
        notebook["metadata"]["pmlab"] = {"grading": {"status": "graded", "key": "x"}}

    def twice(notebook):
        notebook["cells"] += copy.deepcopy(notebook["cells"][2:5])

    edits = {
        "unlocked": with_flags(locked=False, grade=False),
        "no-solution-flag": with_flags(solution=False),
        "all-solutions": with_flags(solution=True, grade=False),
        "empty-marks": lambda nb: nb["cells"][2]["metadata"].update(nbgrader={}),
        "no-marks": lambda nb: [item["metadata"].clear() for item in nb["cells"]],
        "easy-checks": easy,
        "more-points": points,
        "own-outputs": own_output,
        "deleted-checks": lambda nb: nb["cells"].__delitem__(slice(2, 5)),
        "deleted-all": lambda nb: nb["cells"].clear(),
        "duplicated": twice,
        "moved": lambda nb: nb["cells"].reverse(),
        "wrong-kernel": lambda nb: nb["metadata"].update(
            kernelspec={"name": "bash", "argv": ["sh"]}
        ),
        "odd-types": lambda nb: nb["cells"].extend(
            [None, 1, "x", [], {"cell_type": 3}, {"cell_type": "code", "source": 5}]
        ),
        "markdown-check": lambda nb: nb["cells"][2].update(cell_type="markdown"),
    }
    tampered = {"unlocked", "easy-checks", "more-points", "deleted-checks", "moved"}
    made = {
        f"notebook-{name}": Attack(
            changed(edit), status="tampered" if name in tampered else None
        )
        for name, edit in edits.items()
    }
    raw = json.dumps(submitted()).encode()
    files = {
        "empty": b"",
        "truncated": raw[: len(raw) // 2],
        "not-utf-8": raw.replace(b"numpy", b"\xff\xfe\xfa"),
        "utf-16": raw.decode().encode("utf-16"),
        "deep": b"[" * 10**6,
        "deep-object": b'{"a":' * 10**5,
        "binary": os.urandom(10**5),
        "giant": raw[:-1] + b" " * (25 * 2**20) + b"}",
        "huge-number": b'{"cells": [' + b"9" * 10**5 + b"]}",
        "format-3": b'{"worksheets": [], "nbformat": 3}',
        "null": b"null",
    }
    made |= {
        f"file-{name}": Attack(content, status="malformed")
        for name, content in files.items()
        if name != "huge-number"
    }
    made["file-huge-number"] = Attack(files["huge-number"])
    many = submitted()
    many["cells"] += [
        {"cell_type": "markdown", "metadata": {}, "source": "x"} for _ in range(50_000)
    ]
    made["file-many-cells"] = Attack(many, status="malformed")
    return made


def neighbors(submitted):  # noqa: C901 - one small file each
    """Files beside the notebook."""
    answer = submitted()

    def write(name, text):
        def prepare(_course, place):
            (place / name).write_text(text, encoding="utf-8")

        return prepare

    def link(course, place):
        (place / "data.csv").symlink_to(course / "gradebook.db")
        (place / "more").symlink_to(course / "source")

    def hard_link(course, place):
        os.link(course / "source" / "one" / "one.ipynb", place / "data.csv")

    def linked_notebook(course, place):
        (place / "one.ipynb").unlink()
        (place / "one.ipynb").symlink_to(course / "source" / "one" / "one.ipynb")

    def pipe(_course, place):
        os.mkfifo(place / "data.csv")

    def pipe_notebook(_course, place):
        (place / "one.ipynb").unlink()
        os.mkfifo(place / "one.ipynb")

    def linked_folder(course, place):
        for path in place.iterdir():
            path.unlink()
        place.rmdir()
        place.symlink_to(course / "source" / "one")

    def stamp(_course, place):
        (place / "timestamp.txt").write_bytes(b"\xff" * 10**6)

    shadow = "raise SystemExit\n"
    prepares = {
        "shadow-numpy": write("numpy.py", shadow),
        "shadow-pmlab": write("pmlab.py", "checks = 1\n"),
        "shadow-json": write("json.py", shadow),
        "sitecustomize": write("sitecustomize.py", shadow),
        "usercustomize": write("usercustomize.py", shadow),
        "conftest": write("conftest.py", shadow),
        "messages": write("messages.json", '{"total": {"hints": [], "traps": {}}}'),
        "config": write("nbgrader_config.py", shadow),
        "links": link,
        "hard-link": hard_link,
        "linked-notebook": linked_notebook,
        "pipe": pipe,
        "pipe-notebook": pipe_notebook,
        "linked-folder": linked_folder,
        "timestamp": stamp,
    }
    return {
        f"beside-{name}": Attack(answer, prepare=prepare)
        for name, prepare in prepares.items()
    }


def all_attacks(submitted, *, port):
    """Return all attacks by name.

    Args:
        submitted: Makes a learner's notebook.
        port: A port on which somebody listens outside.
    """
    found = {}
    for family in (lies, patches, endings, readers, judges, notebooks, neighbors):
        found |= family(submitted)
    network = found["network"].content["cells"][1]
    network["source"] = network["source"].replace("PORT", str(port))
    return found
