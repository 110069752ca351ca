"""Whatever can happen to a commitment can be told, in its history and in the ledger."""

from datetime import UTC, datetime

import pytest

from handlers.words.deeds import deed
from handlers.words.voice import LOCALES, Voice
from storage.kinds import Act, Progress
from storage.tables import CommitmentAct

WHEN = datetime(2026, 11, 27, 10, tzinfo=UTC)
DATED = {Act.MADE, Act.MOVED, Act.POSTPONED, Act.SURE}  # which never are without a date


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("act", Act)
@pytest.mark.parametrize("text", ["", "缺少备件"])
@pytest.mark.parametrize(("assigned", "own"), [(True, False), (False, True), (False, False)])
def test_every_deed_has_words(
    act: Act, text: str, locale: str, *, assigned: bool, own: bool
) -> None:
    due = WHEN if act in DATED else None
    row = CommitmentAct(commitment_id=1, act=act, person_id=1, at=WHEN, text=text, due_at=due)
    key = deed(row, assigned=assigned, own=own)
    said = Voice(locale).plain(key, at="07:50", name="张三", text=text, due="11-27")
    assert said.startswith("07:50 张三 ")
    if text and act in {Act.POSTPONED, Act.HELP, Act.DECLINED, Act.RETURNED}:
        assert said.endswith(text)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("state", [state for state in Progress if state.ended])
def test_every_end_has_words(state: Progress, locale: str) -> None:
    voice = Voice(locale)
    assert voice.plain(f"commitment.is_{state}")
    assert "7" in voice.plain(f"commitment.ended_{state}", number=7)
