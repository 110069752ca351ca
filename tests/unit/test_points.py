import pytest

from handlers.words.tutorials import with_point
from handlers.words.voice import Voice
from storage.tables import Question


def question(ask: int, answer: int, why: int) -> Question:
    """One of so many characters each."""
    return Question(
        id=1, bite_id=1, position=1, ask="问" * ask, answers=["甲", "答" * answer], right=2,
        why="因" * why,
    )  # fmt: skip


@pytest.mark.parametrize("locale", ["zh", "en"])
@pytest.mark.parametrize("judged", [10, 60, 120, 200])
@pytest.mark.parametrize(("ask", "answer", "why"), [(10, 5, 20), (150, 40, 180), (150, 1, 0)])
def test_a_point_fits_the_toast_with_question_and_answer(
    locale: str, judged: int, ask: int, answer: int, why: int
) -> None:
    said = with_point(Voice(locale), "判" * judged, question(ask, answer, why))
    assert len(said) <= 200
    first, point = said.split("\n")
    assert first.startswith("判" * min(judged, 60))
    assert "答" * answer in point
    assert "问" * 10 in point
    assert point.count("因") in {0, why}


def test_what_has_room_is_told_whole() -> None:
    said = with_point(Voice("zh"), "✅ 答对了。 ", question(10, 5, 20))
    assert said == f"✅ 答对了。\n🔁 温习：{'问' * 10} 答：{'答' * 5}。{'因' * 20}"
