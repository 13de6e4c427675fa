"""Records: dataclasses that are cheap to import."""

from __future__ import annotations

from dataclasses import field, fields, replace

from mailtrap_cli.records import record


@record
class Point:
    """A point."""

    x: int
    y: int = 0
    tags: list[str] = field(default_factory=list)


@record
class Named(Point):
    """A point with a name, which alone counts."""

    name: str = ""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Named) and other.name == self.name

    def __hash__(self) -> int:
        return hash(self.name)


@record
class Key:
    """What a dictionary can hold."""

    name: str


def test_records_are_equal_by_their_values_and_only_among_their_own_kind() -> None:
    assert Point(1) == Point(1, 0)
    assert Point(1) != Point(2)
    assert Point(1) != Named(1)
    assert {Key("a"): 1}[Key("a")] == 1


def test_a_record_is_a_dataclass() -> None:
    assert [part.name for part in fields(Point)] == ["x", "y", "tags"]
    assert replace(Point(1), y=2) == Point(1, 2)
    assert repr(Point(1)) == "Point(x=1, y=0, tags=[])"


def test_methods_of_its_own_are_kept() -> None:
    assert Named(1, name="a") == Named(2, name="a")
