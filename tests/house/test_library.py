"""The course packs that come in the box keep what they ask of others, and more."""

import re
from collections import Counter
from pathlib import Path

import pytest

from handlers.reading.packs import BiteFile, PackFile, read_pack

LIBRARY = Path(__file__).parents[2] / "storage" / "library"
SOURCE = re.compile(r"^(依据|出处|Source)[：:] ?\S", re.MULTILINE)
MOST = 0.4  # of a pack's right answers that may stand at one place


def packs() -> list[PackFile]:
    files = [file for file in sorted(LIBRARY.glob("*.yaml")) if not file.name.startswith("demo")]
    return [read_pack(file.name, file.read_bytes()) for file in files]


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
