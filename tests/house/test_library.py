"""The course packs that come in the box keep what they ask of others, and more."""

import re
from collections import Counter
from pathlib import Path

import pytest

from handlers.reading.pack_advice import advice
from handlers.reading.packs import BiteFile, PackFile, pack_from, read_pack, written

LIBRARY = Path(__file__).parents[2] / "storage" / "library"
SOURCE = re.compile(r"^(依据|出处|Source)[：:] ?\S", re.MULTILINE)
MOST = 0.4  # of a pack's right answers that may stand at one place


FILES = [file for file in sorted(LIBRARY.glob("*.yaml")) if not file.name.startswith("demo")]


def packs() -> list[PackFile]:
    return [read_pack(file.name, file.read_bytes()) for file in FILES]


PACKS = packs()
BITES = [pytest.param(bite, id=bite.slug) for pack in PACKS for bite in pack.bites]


def test_there_is_enough_for_a_season() -> None:
    count = Counter({pack.language: 0 for pack in PACKS})
    for pack in PACKS:
        count[pack.language] += len(pack.bites)
    assert count["zh"] >= 60
    assert count["en"] >= 20


@pytest.mark.parametrize("bite", BITES)
def test_a_bite_names_its_source_asks_and_offers(bite: BiteFile) -> None:
    assert SOURCE.search(bite.body)
    assert bite.remember
    assert 1 <= len(bite.questions) <= 3
    assert all(question.why for question in bite.questions)
    assert 2 <= len(bite.pledges) <= 3


@pytest.mark.parametrize("pack", PACKS, ids=lambda pack: pack.slug)
def test_the_place_of_an_answer_tells_nothing(pack: PackFile) -> None:
    places = Counter(question.right for bite in pack.bites for question in bite.questions)
    assert max(places.values()) / places.total() <= MOST, places


def test_no_question_is_asked_twice() -> None:
    asked = Counter(q.ask for pack in PACKS for bite in pack.bites for q in bite.questions)
    assert [ask for ask, count in asked.items() if count > 1] == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_check_has_nothing_to_say_of_a_pack(file: Path) -> None:
    raw = written(file.name, file.read_bytes())
    assert advice(pack_from(raw), raw) == []
