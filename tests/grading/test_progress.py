"""The bar shows on a screen only, and passes everything on."""

import io

from pmlab.grading.progress import with_progress


class Screen(io.StringIO):
    def isatty(self):
        return True


def test_a_screen_sees_how_far_it_is():
    screen = Screen()
    assert list(with_progress("abcd", "grading", total=4, stream=screen)) == list(
        "abcd"
    )
    assert "1/4" in screen.getvalue()
    assert screen.getvalue().endswith("4/4, 0 s left  \n")


def test_a_file_gets_no_bar():
    log = io.StringIO()
    assert list(with_progress([1, 2], "grading", total=2, stream=log)) == [1, 2]
    assert log.getvalue() == ""
