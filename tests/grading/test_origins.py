"""Objects of the task's classes come only from where the solution's came."""

from pmlab.grading.judge import origins
from pmlab.grading.judge.origins import Givers

CLASSES = frozenset({"Base", "Box"})


def test_in_the_trial_all_may_give_objects_and_are_noted():
    givers = Givers(CLASSES, None)
    make = origins.called(origins.name("make"))
    assert givers.classes(["Box", "object"], make) == {"Box"}
    assert givers.classes(["Other", "object"], origins.name("x")) == frozenset()
    assert givers.noted == {"make()"}


def test_later_only_what_was_noted_may():
    givers = Givers(CLASSES, frozenset({"make()", "Box.lid"}))
    make = origins.name("make")
    assert givers.classes(["Box"], origins.called(make)) == {"Box"}
    assert not givers.classes(["Box"], make)
    assert not givers.classes(["Box"], origins.called(origins.name("double")))
    assert not givers.classes(["Box"], origins.changed(origins.called(make)))
    assert not givers.classes(["Box"], origins.handed(origins.called(make)))
    assert givers.noted == set()


def test_a_class_of_the_task_may_always():
    givers = Givers(CLASSES, frozenset())
    assert givers.classes(["Box"], origins.called(origins.name("Box")))


def test_an_attribute_counts_for_the_class_and_its_base():
    lid = origins.member({"Box", "Base"}, "getattr", (object(), "lid"))
    assert lid == {"Box.lid", "Base.lid"}
    assert origins.member({"Box"}, "sub", (object(), 42)) == {"Box.__sub__"}
    assert origins.called(lid) == {"Box.lid()", "Base.lid()"}
    assert Givers(CLASSES, frozenset({"Base.lid"})).classes(["Box", "Base"], lid)


def test_names_of_long_chains_stay_short():
    chain = origins.name("f")
    for _ in range(1000):
        chain = origins.called(chain)
    assert all(len(text) < 1000 for text in chain)
