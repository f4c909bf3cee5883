"""Settings for nbgrader in this folder: nothing but what the course format needs."""

from pmlab.authoring.learner_version import CODE_STUB, TEXT_STUB
from pmlab.grading.door import use_sandbox
from pmlab.grading.feedback.exporter import use_feedback_pages
from pmlab.grading.late_penalty import use_late_policy

c = get_config()  # noqa: F821 - given by nbgrader

c.CourseDirectory.course_id = "pmlab"
c.ClearSolutions.code_stub = {"python": CODE_STUB}
c.ClearSolutions.text_stub = TEXT_STUB
# Submissions run in the sandbox of `pmlab teach grade`, each on its owner's data.
use_sandbox(c)
# Feedback pages hide hidden tests and stand alone, whoever makes them.
use_feedback_pages(c)
# Late work loses what the table [grading] of course.toml says; without it, nothing.
use_late_policy(c)
# Charts show offline in the formgrader. (Its own template still asks for MathJax;
# without a network it reads the same.)
c.HTMLExporter.preprocessors = ["pmlab.charts.offline.DrawCharts"]
c.HTMLExporter.mathjax_url = ""
c.HTMLExporter.mermaid_js_url = ""
c.HTMLExporter.require_js_url = ""
