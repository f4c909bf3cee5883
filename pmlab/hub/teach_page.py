"""*Teach here*: the page from which an instructor runs a cohort, without a terminal.

A server extension of the cohort's own server. JupyterHub has checked who asks before a
request arrives here. Each button runs one ``pmlab teach`` command as the grader, one at
a time, and shows what it prints.
"""

import asyncio
import dataclasses
import html
import sys
from pathlib import Path
from typing import Any, ClassVar, cast
from urllib.parse import quote

from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.serverapp import ServerApp
from tornado import web

from pmlab.errors import PmlabError
from pmlab.grading.course_folder import CourseFolder
from pmlab.hub import formgrader_links

_KEPT_CHARACTERS = 20_000


@dataclasses.dataclass(frozen=True, kw_only=True)
class Step:
    """A button of the page.

    Attributes:
        words: What follows ``pmlab teach``, with the unit in place of UNIT.
        about: What it does.
        after: What is so once it is done, or what comes next.
    """

    words: str
    about: str
    after: str


STEPS = {
    "Release": Step(
        words="release UNIT --exchange",
        about="let learners hand the unit in",
        after="Learners can hand it in now; on the hub there is nothing to send.",
    ),
    "Collect": Step(
        words="collect --exchange UNIT",
        about="fetch what was handed in",
        after="Next: Grade.",
    ),
    "Grade": Step(
        words="grade UNIT",
        about="grade what is new, in the sandbox",
        after="Next: Grade by hand, then Feedback.",
    ),
    "Feedback": Step(
        words="feedback UNIT --exchange",
        about="give the pages back",
        after="Learners get theirs with: pmlab feedback",
    ),
    "Report": Step(
        words="report UNIT",
        about="see where learners struggle",
        after="",
    ),
}


@dataclasses.dataclass
class Job:
    """The command that runs, or the last one that ran.

    Attributes:
        title: What it is, for people.
        text: What it has printed so far.
        status: Its exit status; None while it runs.
        after: What to say once it is done.
        link: Address of the page that it makes; empty if it makes none.
    """

    title: str = ""
    text: str = ""
    status: int | None = 0
    after: str = ""
    link: str = ""

    async def run(self, command: list[str], folder: Path) -> None:
        """Run a command and keep what it prints."""
        process = await asyncio.create_subprocess_exec(
            *command,
            cwd=folder,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        out = cast("asyncio.StreamReader", process.stdout)
        while chunk := await out.read(4096):
            self.text = (self.text + chunk.decode(errors="replace"))[-_KEPT_CHARACTERS:]
        self.status = await process.wait()


class TeachHandler(JupyterHandler):
    """The page itself."""

    @web.authenticated
    def get(self) -> None:
        """Show the units, their buttons, and the command that runs."""
        self.set_header("Content-Type", "text/html; charset=utf-8")
        course = CourseFolder(_root(self))
        try:
            rows = [_unit_row(course, unit, self.base_url) for unit in course.units]
            problem = ""
        except PmlabError as error:
            rows, problem = [], str(error)
        name = str(course.config.CourseDirectory.get("course_id", course.folder.name))
        self.finish(
            _PAGE.format(
                name=html.escape(name),
                problem=html.escape(problem),
                rows="\n".join(rows),
                base=html.escape(self.base_url),
                hub=html.escape(self.settings.get("hub_prefix", "/hub/")),
            )
        )


class StepHandler(JupyterHandler):
    """Starts a step, and tells how far it is."""

    job: ClassVar[Job] = Job()
    _running: ClassVar["asyncio.Task[None] | None"] = None

    @web.authenticated
    def get(self) -> None:
        """Answer with the running or last command."""
        self.finish(dataclasses.asdict(type(self).job))

    @web.authenticated
    def post(self) -> None:
        """Start a step of a unit; 409 while another runs."""
        asked = self.get_json_body() or {}
        course = CourseFolder(_root(self))
        name, unit = asked.get("step"), asked.get("unit")
        if name not in STEPS or unit not in course.units:
            raise web.HTTPError(400, "no such step or unit; reload the page")
        if type(self).job.status is None:
            raise web.HTTPError(409, f"{type(self).job.title} still runs; wait for it")
        step = STEPS[name]
        words = [unit if word == "UNIT" else word for word in step.words.split()]
        command = [sys.executable, "-m", "pmlab", "teach", *words]
        job = type(self).job = Job(
            title=f"{name} {unit}",
            status=None,
            after=step.after,
            link=report_link(unit, self.base_url) if name == "Report" else "",
        )
        type(self)._running = asyncio.create_task(job.run(command, course.folder))
        self.set_status(202)
        self.finish(dataclasses.asdict(job))


class ReportHandler(JupyterHandler):
    """Shows the report of a unit as the page it is."""

    @web.authenticated
    def get(self, unit: str) -> None:
        """Answer with the page, or say how to make it."""
        course = CourseFolder(_root(self))
        if unit not in course.units:
            raise web.HTTPError(404, "no such unit")
        page = report_page(course, unit)
        if not page.is_file():
            raise web.HTTPError(404, "no report yet; press Report on the page before")
        self.set_header("Content-Type", "text/html; charset=utf-8")
        # The report holds learners' words; no script of theirs may run here.
        self.set_header("Content-Security-Policy", "sandbox allow-scripts")
        self.finish(page.read_text(encoding="utf-8"))


def _root(handler: JupyterHandler) -> Path:
    return Path(cast("ServerApp", handler.serverapp).root_dir)


def report_page(course: CourseFolder, unit: str) -> Path:
    """Return where ``pmlab teach report`` puts the page of a unit."""
    return course.folder / "reports" / unit / "report.html"


def report_link(unit: str, base_url: str) -> str:
    """Return the address of the report of a unit."""
    return f"{base_url}teach/report/{quote(unit)}"


def _unit_row(course: CourseFolder, unit: str, base_url: str) -> str:
    counts = [
        len(course.learners(step, unit))
        for step in ("submitted", "autograded", "feedback")
    ]
    cells = "".join(f"<td>{count}</td>" for count in counts)
    name = html.escape(unit, quote=True)
    buttons = "".join(
        f'<button type="button" data-step="{word}" data-unit="{name}" '
        f'title="{html.escape(step.about)}" aria-label="{word} {name}">{word}</button> '
        for word, step in STEPS.items()
    )
    links = [f'<a href="{base_url}formgrader/gradebook/{name}">Grade by hand</a>']
    if report_page(course, unit).is_file():
        links.append(f'<a href="{report_link(unit, base_url)}">Read the report</a>')
    title = html.escape(course.title(unit))
    return (
        f'<tr><th scope="row">{title}<br><small>{name}</small></th>{cells}'
        f"<td>{buttons}</td><td>{'<br>'.join(links)}</td></tr>"
    )


_PAGE = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Teach {name}</title>
<style>
body {{ font: 16px/1.5 sans-serif; max-width: 75em; margin: 2em auto; padding: 0 1em;
  color: #1a1a1a; background: #fff; }}
table {{ border-collapse: collapse; width: 100%; }}
caption {{ text-align: left; }}
th, td {{ text-align: left; padding: .5em .7em; border-bottom: 1px solid #bbb;
  vertical-align: top; }}
button {{ font: inherit; padding: .2em .7em; margin: 0 0 .3em; }}
pre {{ background: #f3f3f3; padding: 1em; white-space: pre-wrap; min-height: 3em; }}
a {{ color: #00508c; }}
.problem:empty {{ display: none; }}
.problem {{ border-left: 4px solid #9b2226; padding: .5em 1em; }}
</style>
</head>
<body>
<main>
<h1>Teach {name}</h1>
<p class="problem">{problem}</p>
<p>From left to right: release a unit, so that learners can hand it in; collect what
they handed in; grade it; grade the memos by hand; give feedback; read the report. Doing
a step again does no harm.</p>
<nav aria-label="Elsewhere">
<a href="{base}formgrader/manage_assignments">Formgrader</a> ·
<a href="{base}formgrader/gradebook">Gradebook</a> ·
<a href="{base}formgrader/manage_students">Learners</a> ·
<a href="{base}lab">Files of the course</a> ·
<a href="{hub}home">Hub</a>
</nav>
<table>
<caption>Units, with the number of learners at each step</caption>
<thead><tr><th scope="col">Unit</th><th scope="col">Handed in</th>
<th scope="col">Graded</th><th scope="col">Feedback</th><th scope="col">Steps</th>
<th scope="col">Look</th></tr></thead>
<tbody>
{rows}
</tbody>
</table>
<h2 id="job">What runs</h2>
<p role="status" id="state">Nothing runs.</p>
<p><a id="link" hidden>Read the report</a></p>
<pre tabindex="0" aria-labelledby="job" id="text"></pre>
</main>
<script>
const base = "{base}teach/step";
// The cookie changes whenever the hub renews the session, so it is read each time.
function asked() {{
  const found = document.cookie.match(/(?:^|; )_xsrf=([^;]+)/);
  return {{"Content-Type": "application/json", "X-XSRFToken": found ? found[1] : ""}};
}}
const state = document.getElementById("state"), text = document.getElementById("text");
const link = document.getElementById("link");
let ran = false;
async function look() {{
  const job = await (await fetch(base, {{headers: asked()}})).json();
  text.textContent = job.text;
  link.href = job.link;
  link.hidden = !(job.link && job.status === 0);
  if (!job.title) return;
  if (job.status === null) {{
    ran = true;
    state.textContent = job.title + " runs.";
    setTimeout(look, 700);
  }} else {{
    state.textContent = job.title + (job.status === 0
      ? " is done. " + job.after
      : " stopped or set something aside; read below.");
    if (ran && job.status === 0) setTimeout(() => location.reload(), 1200);
  }}
}}
for (const button of document.querySelectorAll("button[data-step]")) {{
  button.addEventListener("click", async () => {{
    const answer = await fetch(base, {{
      method: "POST",
      headers: asked(),
      body: JSON.stringify({{step: button.dataset.step, unit: button.dataset.unit}}),
    }});
    if (!answer.ok) {{
      state.textContent = answer.status === 409
        ? "Another step still runs; wait for it."
        : "The server refused (" + answer.status + "); reload the page.";
      return;
    }}
    look();
  }});
}}
look();
</script>
</body>
</html>
"""


def _load_jupyter_server_extension(server: ServerApp) -> None:
    formgrader_links.add_to(server)
    base = server.web_app.settings["base_url"].rstrip("/")
    server.web_app.add_handlers(  # type: ignore[no-untyped-call]
        ".*$",
        [
            (f"{base}/teach", TeachHandler),
            (f"{base}/teach/step", StepHandler),
            (f"{base}/teach/report/([^/]+)", ReportHandler),
        ],
    )


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    return [{"module": "pmlab.hub.teach_page"}]
