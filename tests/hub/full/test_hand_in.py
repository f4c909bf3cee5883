"""A unit is opened, and two learners hand in: one honestly, one with an attack."""

from tests.hub.full.visitors import ENTRY, get, teach, write_work


def test_an_instructor_releases(visit):
    ines = visit("pmlab-ines", server=False)
    assert get(ines, "/services/pm-autumn/teach").status_code == 403
    teach(ines, "Release")


def test_a_step_without_the_token_of_the_page_is_refused(visit):
    ines = visit("pmlab-ines", server=False)
    answer = ines.session.post(
        f"{ines.address}/services/pm-spring/teach/step",
        json={"step": "Release", "unit": ENTRY.slug},
        timeout=60,
    )
    assert answer.status_code == 403


def test_learners_hand_in(hub, visit):
    write_work(visit("pmlab-lea"))
    secret = hub.data / "pm-spring" / ".pmlab" / "secret"
    book = hub.data / "pm-spring" / "gradebook.db"
    # Max's answer tries what runs with it when it is graded.
    attack = (
        "import os\n"
        f"for place in ({str(secret)!r}, {str(book)!r}, '/proc/1/environ'):\n"
        "    try:\n        print('STOLEN', open(place, 'rb').read()[:80])\n"
        "    except OSError as error:\n        print('kept', error.errno)\n"
        "print('TOKENS', [v for v in os.environ if 'TOKEN' in v])"
    )
    write_work(visit("pmlab-max"), attack)
    for name in ("pmlab-lea", "pmlab-max"):
        shown = visit(name).run(
            "!cd ~/pm-spring && pmlab submit 03 --anyway --no-check"
        )
        assert "handed in" in shown.lower(), shown
    inbound = hub.exchange / "pm-spring" / "inbound"
    owners = {entry.owner() for entry in inbound.iterdir()}
    assert owners == {"pmlab-lea", "pmlab-max"}
