"""What a learner does in JupyterLab, one method for each thing."""

import os
from pathlib import Path
from urllib.parse import quote

SHOTS = os.environ.get("PMLAB_SCREENSHOTS")  # a folder, to look at the pictures


def shoot(page, name, **options):
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), **options)


class LabPage:
    """A page with JupyterLab on a learner's folder."""

    def __init__(self, page, url):
        self.page, self.url = page, url

    def open(self, path):
        """Open a notebook by its address, without the tabs of an earlier test."""
        self.page.goto(f"{self.url}lab/tree/{quote(path)}?reset")
        self.wait_for(path)

    def wait_for(self, path):
        """Wait until a notebook is the current one and its kernel is ready."""
        self.page.wait_for_function(
            """path => {
                const widget = window.jupyterapp?.shell.currentWidget;
                return widget?.context?.path === path
                    && widget.sessionContext?.session?.kernel?.status === 'idle';
            }""",
            arg=path,
            timeout=120_000,
        )

    def index(self, id_):
        """Return the place of a cell, by its id."""
        return self.page.evaluate(
            """id => window.jupyterapp.shell.currentWidget.content.widgets
                .findIndex(cell => cell.model.id === id)""",
            id_,
        )

    def activate(self, index):
        """Bring a cell into view, as a learner does by scrolling and clicking."""
        self.page.evaluate(
            """async index => {
                const content = window.jupyterapp.shell.currentWidget.content;
                content.activeCellIndex = index;
                await content.scrollToItem(index);
            }""",
            index,
        )
        cell = self.page.locator(".jp-Notebook:visible .jp-Cell.jp-mod-active")
        cell.scroll_into_view_if_needed()
        return cell

    def command_mode(self):
        self.page.evaluate(
            """() => {
                const content = window.jupyterapp.shell.currentWidget.content;
                content.mode = 'command';
                content.node.focus();
            }"""
        )

    def run(self, index, code=None):
        """Type into a cell if asked, run it, return its output once it is done."""
        cell = self.activate(index)
        if code is None:
            self.command_mode()
        else:
            cell.locator(".cm-content").click()
            self.page.keyboard.press("Control+A")
            self.page.keyboard.insert_text(code)
        self.page.keyboard.press("Control+Enter")
        self.page.wait_for_function(
            """index => {
                const widget = window.jupyterapp.shell.currentWidget;
                const model = widget.content.widgets[index].model;
                return widget.sessionContext.session?.kernel?.status === 'idle'
                    && model.executionState !== 'running'
                    && model.executionCount !== null;
            }""",
            arg=index,
            timeout=90_000,
        )
        return cell.locator(".jp-OutputArea").first

    def run_in_new_cell_below(self, index, code):
        """Add a cell with the keyboard, and run code in it."""
        self.activate(index)
        self.command_mode()
        self.page.keyboard.press("b")
        return self.run(index + 1, code)

    def write(self, index, text):
        """Write into a text cell: Enter, replace what is there, run it."""
        cell = self.activate(index)
        self.command_mode()
        self.page.keyboard.press("Enter")
        cell.locator(".cm-content").wait_for()
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(text)
        self.page.keyboard.press("Control+Enter")
        return cell.locator(".jp-MarkdownOutput")

    def save(self):
        self.page.keyboard.press("Control+S")
        self.page.wait_for_function(
            "() => !window.jupyterapp.shell.currentWidget.context.model.dirty",
            timeout=30_000,
        )

    def run_all(self):
        """Run the whole notebook by its menu; return the errors that it shows."""
        self.page.get_by_role("menuitem", name="Run", exact=True).click()
        self.page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        self.page.wait_for_function(
            """() => {
                const widget = window.jupyterapp.shell.currentWidget;
                const cells = widget.content.widgets.map(cell => cell.model)
                    .filter(model => model.type === 'code');
                return widget.sessionContext.session?.kernel?.status === 'idle'
                    && cells.every(model => model.executionCount !== null
                        && model.executionState !== 'running');
            }""",
            timeout=120_000,
        )
        return self.page.evaluate(
            """() => window.jupyterapp.shell.currentWidget.content.widgets
                .flatMap(cell => cell.model.outputs?.toJSON() ?? [])
                .filter(output => output.output_type === 'error')
                .map(output => output.ename + ': ' + output.evalue)"""
        )

    def cells_with_widgets(self):
        """Return the places of cells that show controls."""
        return self.page.evaluate(
            """() => window.jupyterapp.shell.currentWidget.content.widgets
                .map((cell, index) => [cell.model.outputs?.toJSON() ?? [], index])
                .filter(([outputs]) => outputs.some(output => output.data
                    && 'application/vnd.jupyter.widget-view+json' in output.data))
                .map(([, index]) => index)"""
        )

    def close(self):
        """End the kernel, so that the next notebook has the machine to itself."""
        self.page.evaluate(
            "() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown()"
        )
