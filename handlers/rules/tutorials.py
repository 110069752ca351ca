"""Which bite somebody is given for themselves: the next that names a tag of theirs."""

from collections.abc import Collection, Iterator, Mapping, Sequence

Shelf = Mapping[str, Sequence[tuple[int, Sequence[str]]]]
Places = Sequence[tuple[Sequence[str], Sequence[str]]]  # tags, and the packs of the team's plan


def next_bite(places: Places, shelf: Shelf, had: Collection[int]) -> int | None:
    """The first bite of a person's packs, in their order, that is for them and that they lack.

    shelf  by pack, the bites for people with certain tags: the bite's id, and the tags
    """
    return next((bite for bite in _for_them(places, shelf) if bite not in had), None)


def _for_them(places: Places, shelf: Shelf) -> Iterator[int]:
    for tags, packs in places:
        own = set(map(_plain, tags))
        for pack in packs:
            for bite, wanted in shelf.get(pack, ()):
                if not own.isdisjoint(map(_plain, wanted)):
                    yield bite


def _plain(tag: str) -> str:
    return tag.strip().casefold()
