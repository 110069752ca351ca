import pytest

from handlers.reading import questions


@pytest.mark.parametrize(
    "text",
    [
        "本周错得最多的题",
        "本周错得最多的题是什么？",
        "这周答错最多的题有哪些",
        "错得最多的题目",
        "最近的错题有哪些？",
        "本周错得最多的是什么",
        "most missed questions this week",
        "What was the most often missed question?",
    ],
)
def test_how_people_ask_for_what_was_missed(text: str) -> None:
    assert questions.MISSED.fullmatch(text)


@pytest.mark.parametrize("text", ["错了", "本周的题", "他错得最多", "I missed you most", "错题本"])
def test_what_is_no_such_question(text: str) -> None:
    assert not questions.MISSED.fullmatch(text)
