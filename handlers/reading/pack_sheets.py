"""A course pack as sheets of an .xlsx file, brought to the form that a YAML file has.

Two sheets, headings in Chinese or English, columns in any order (* = needed):

课程包 pack   编号 pack*, 标题 title*, 语言 language*, 版本 version*, 出处 source; one row
内容 bites    编号 id*, 标题 title*, 正文 body*, 要点 remember, 链接 link, 图片 media, 标签 tags,
              承诺1 to 承诺3 pledge, 问题 ask, 答案1 to 答案6 answer, 正确答案 right, 解析 why

A row is a bite with its first question. A further question of the same bite stands in the row
below, where the bite's own columns are empty or, as in merged cells, the same. Several tags in a
cell are parted by commas, spaces or 、; in a cell of several lines, each line is a tag.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from handlers.reading.faults import Fault, Faults
from handlers.reading.plain import line
from handlers.reading.raw import Listing, Raw, Record, Scalar
from handlers.reading.tables import Column, Sheet, read_tables

MOST_PLEDGES, MOST_ANSWERS = 3, 6
PLEDGES = tuple(f"pledge{number}" for number in range(1, MOST_PLEDGES + 1))
ANSWERS = tuple(f"answer{number}" for number in range(1, MOST_ANSWERS + 1))


def numbered(keys: Iterable[str], *names: str) -> tuple[Column, ...]:
    """Columns of the same name, told apart by a number."""
    return tuple(
        Column(key, tuple(f"{name}{number}" for name in names), words=True)
        for number, key in enumerate(keys, start=1)
    )


TITLE = Column("title", ("标题", "名称", "title"), needed=True, words=True)
PACK = Sheet(
    "pack",
    ("课程包", "pack"),
    (
        Column("pack", ("编号", "课程包", "pack", "id"), needed=True),
        TITLE,
        Column("language", ("语言", "language"), needed=True),
        Column("version", ("版本", "version"), needed=True),
        Column("source", ("出处", "来源", "依据", "source"), words=True),
    ),
)
BITES = Sheet(
    "bites",
    ("内容", "微课", "bites"),
    (
        Column("id", ("编号", "id"), needed=True),
        TITLE,
        Column("body", ("正文", "内容", "body"), needed=True, words=True),
        Column("remember", ("要点", "记住", "remember"), words=True),
        Column("link", ("链接", "link")),
        Column("media", ("图片", "配图", "media")),
        Column("tags", ("标签", "工种", "tags", "tag"), words=True),
        *numbered(PLEDGES, "承诺", "pledge"),
        Column("ask", ("问题", "提问", "ask", "question"), words=True),
        *numbered(ANSWERS, "答案", "选项", "answer"),
        Column("right", ("正确答案", "right", "right answer")),
        Column("why", ("解析", "理由", "why"), words=True),
    ),
)
OWN = ("id", "title", "body", "remember", "link", "media", "tags", *PLEDGES)
ASKED = ("ask", *ANSWERS, "right", "why")
BETWEEN = re.compile(r"[,，、;；\s]+")
NUMBER = re.compile(r"\s*\d+\s*$")


def read_pack_sheets(name: str, data: bytes) -> Record:
    """The course pack in an .xlsx file called `name`. Raises Faults."""
    tables = read_tables(name, data, (PACK, BITES))
    packs = tables["pack"]
    if len(packs) != 1:
        place, key = (packs[1].place, "several_packs") if packs else (name, "no_pack_row")
        raise Faults([Fault(place, f"fault.{key}", {"sheet": PACK.label})])
    (row,) = packs
    bites = map(bite, together(tables["bites"]))
    fields: dict[str, Raw] = {column.key: cell(row, column.key) for column in PACK.columns}
    labels = {**row.labels, "bites": BITES.label}
    return Record({**fields, "bites": Listing(tuple(bites), name)}, row.place, labels=labels)


def together(rows: Iterable[Record]) -> list[list[Record]]:
    """The rows of each bite; rows with nothing of ours in them are left out."""
    bites: list[list[Record]] = []
    for row in rows:
        if not any(said(row, key) for key in OWN + ASKED):
            continue
        if bites and goes_on(row, bites[-1][0]):
            bites[-1].append(row)
        else:
            bites.append([row])
    return bites


def goes_on(row: Record, bite: Record) -> bool:
    """Whether a row only asks one more question on the bite above."""
    return all(said(row, key) in ("", said(bite, key)) for key in OWN)


def bite(rows: Sequence[Record]) -> Record:
    """One bite from its rows."""
    first = rows[0]
    asked = [row for row in rows if any(said(row, key) for key in ASKED)]
    fields: dict[str, Raw] = {key: cell(first, key) for key in OWN if key not in PLEDGES}
    fields["tags"] = tags(first)
    fields["pledges"] = listed(first, PLEDGES, gaps=True)
    fields["questions"] = Listing(tuple(map(question, asked)), place(first, "ask"))
    labels = {**first.labels, "pledges": label(first, PLEDGES)}
    return Record(fields, first.place, labels=labels)


def question(row: Record) -> Record:
    """The question that stands in a row."""
    fields: dict[str, Raw] = {key: cell(row, key) for key in ("ask", "right", "why")}
    fields["answers"] = listed(row, ANSWERS, gaps=False)
    return Record(fields, row.place, labels={**row.labels, "answers": label(row, ANSWERS)})


def cell(row: Record, key: str) -> Scalar:
    """A cell as it was written: the text `null` in a sheet is a text."""
    value = row.fields.get(key)
    if not isinstance(value, Scalar):
        return Scalar("", row.place)
    return replace(value, quoted=bool(value.value.strip()))


def said(row: Record, key: str) -> str:
    """A cell's text without the space around it."""
    return cell(row, key).value.strip()


def place(row: Record, key: str) -> str:
    """Where a cell stands, or its row."""
    return cell(row, key).place


def listed(row: Record, keys: Sequence[str], *, gaps: bool) -> Listing:
    """The texts of several columns. Without `gaps`, an empty one between others is a fault.

    Answers are counted, so that one left out would move the right one.
    """
    cells = [cell(row, key) for key in keys]
    filled = [number for number, item in enumerate(cells, start=1) if item.value.strip()]
    items = [item for item in cells[: filled[-1] if filled else 0] if item.quoted or not gaps]
    return Listing(tuple(items), cells[0].place)


def label(row: Record, keys: Sequence[str]) -> str:
    """The name that several columns have in common."""
    return next((NUMBER.sub("", row.labels[key]) for key in keys if key in row.labels), keys[0])


def tags(row: Record) -> Listing:
    """The tags in a cell, each with the cell's place."""
    written = cell(row, "tags").value
    texts = written.split("\n") if "\n" in written else BETWEEN.split(written)
    where = place(row, "tags")
    return Listing(tuple(Scalar(line(t), where, quoted=True) for t in texts if line(t)), where)
