"""The pack that the documents show is one that is read, as they say it is."""

import re
from pathlib import Path

from handlers.reading.packs import read_pack

PAGE = Path(__file__).parents[2] / "docs" / "operators.md"
EXAMPLE = re.compile(r"```markdown\n(.*?)```", re.DOTALL)


def test_the_markdown_of_the_documents_is_a_sound_pack() -> None:
    (example,) = EXAMPLE.findall(PAGE.read_text(encoding="utf-8"))
    pack = read_pack("our-pack.md", example.encode())
    first, second = pack.bites
    assert (pack.slug, first.slug, second.slug) == ("our-pack", "hot-work", "electric-shock")
    assert (first.tags, first.remember) == (
        ("电工", "焊工"),
        "没有票、没测气、没有监护人，都不动火。",
    )
    assert first.body.startswith("三样缺一样")
    assert first.body.endswith("依据：GB 30871-2022")
    (question,) = first.questions
    assert (question.answers[question.right - 1], question.why[:4]) == ("30 分钟", "现场气体")
    assert first.pledges == ("今天动火前核对一遍作业票",)
    assert second.remember == "先断电，再救人。"
