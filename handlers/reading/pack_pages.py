"""A course pack as a Markdown page, brought to the form that a YAML file has.

What is said of the pack stands on top, between two lines `---`. Each bite is a section:

    ## title {#id}          below it, if need be: 标签：… 链接：… 图片：…, a line each
    the body                with lists, bold, links, and headings from #### on
    > one line to remember
    ### a question?         a list of its answers, the right one as `- [x] …`, then why
    ### 承诺                a list of ready pledges
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from handlers.reading.documents import decoded, read_document
from handlers.reading.faults import Fault, Faults
from handlers.reading.forms import QUOTED
from handlers.reading.pack_sheets import BETWEEN
from handlers.reading.raw import Listing, Raw, Record, Scalar

MARKDOWN = (".md", ".markdown")
MOST_LINES = 20_000
RULE = re.compile(r"---\s*")
FIELD = re.compile(r"\s*(标签|工种|链接|图片|配图|tags?|link|media)\s*[:：]\s*(.*)", re.IGNORECASE)
FIELDS = {
    "标签": "tags",
    "工种": "tags",
    "tag": "tags",
    "链接": "link",
    "图片": "media",
    "配图": "media",
}
PLEDGES = frozenset({"承诺", "可选承诺", "现成承诺", "pledge", "pledges", "promises"})
MARK = re.compile(r"\[([ xX×√✓✔]?)\]\s*(.*)")
LISTS = ("bullet_list", "ordered_list")
BLOCKS = ["heading", "list", "blockquote"]
READER = MarkdownIt("zero").enable(BLOCKS).disable(["normalize", "inline"])


def read_pack_page(name: str, data: bytes) -> Raw:
    """The course pack in a Markdown file called `name`. Raises Faults."""
    lines = decoded(name, data).split("\n")
    if len(lines) > MOST_LINES:
        raise Faults([Fault(name, "fault.too_many_rows", {"limit": MOST_LINES})])
    ends = [number for number, line in enumerate(lines) if RULE.fullmatch(line)][:2]
    said = "".join(lines[: ends[1]]).strip() if len(ends) == 2 else ""
    if not said.startswith("---") or not said.strip("-"):
        raise Faults([Fault(f"{name}:1", "fault.no_front_matter")])
    start = ends[1] + 1
    front = read_document(name, "\n".join(["", *lines[1 : ends[1]]]).encode())
    if not isinstance(front, Record):
        return front
    page = Page(name, [""] * start + lines[start:])
    bites = list(page.bites())
    if "bites" in front.fields:
        place = front.key_places["bites"]
        page.fault(place, "fault.bites_below")
    if page.faults:
        raise Faults(page.faults)
    listing = Listing(tuple(bites), f"{name}:{len(lines)}")
    return Record({**front.fields, "bites": listing}, front.place, front.key_places)


@dataclass
class Section:
    """A heading with the blocks below it, up to the next heading of its kind."""

    heading: SyntaxTreeNode
    blocks: list[SyntaxTreeNode] = field(default_factory=list)
    below: list["Section"] = field(default_factory=list)


class Page:
    """Reads the bites of one page and keeps what cannot be read."""

    def __init__(self, name: str, lines: Sequence[str]) -> None:
        self.name = name
        self.lines = lines
        self.faults: list[Fault] = []

    def bites(self) -> Iterator[Record]:
        """The bites, as records."""
        for section in self._sections():
            yield self._bite(section)

    def fault(self, place: str, key: str, **values: Any) -> None:
        """Keep a fault."""
        self.faults.append(Fault(place, key, values))

    def _sections(self) -> list[Section]:
        """The sections of bites, each with those of its questions and pledges."""
        bites: list[Section] = []
        for block in SyntaxTreeNode(READER.parse("\n".join(self.lines))).children:
            level = int(block.tag[1:]) if block.type == "heading" else 4
            if level == 2:
                bites.append(Section(block))
            elif level == 1 or not bites:
                self.fault(self._place(block), "fault.outside_bites")
            elif level == 3:
                bites[-1].below.append(Section(block))
            else:
                (bites[-1].below or bites)[-1].blocks.append(block)
        return bites

    def _bite(self, section: Section) -> Record:
        place = self._place(section.heading)
        written = words(section.heading)
        title, sign, slug = written.partition("{#")
        if not sign or not slug.endswith("}"):
            self.fault(place, "fault.no_id", written=written[:QUOTED])
        slug = slug.removesuffix("}")
        fields: dict[str, Raw] = {"id": text(slug, place), "title": text(title, place)}
        fields |= self._own(section)
        fields["questions"] = Listing(tuple(map(self._question, asked(section))), place)
        for pledges in offered(section):
            if "pledges" in fields:
                where = self._place(pledges.heading)
                self.fault(where, "fault.repeated_part", field=words(pledges.heading)[:QUOTED])
            fields["pledges"] = Listing(tuple(self._items(pledges)), self._place(pledges.heading))
        return Record(fields, place)

    def _own(self, section: Section) -> dict[str, Raw]:
        """A bite's fields and body: the lines between its heading and the first below it."""
        fields: dict[str, Raw] = {}
        body: dict[int, str] = {}
        for block in section.blocks:
            if block.type != "blockquote":
                body |= {number: self.lines[number] for number in range(*span(block))}
                continue
            if "remember" in fields:
                self.fault(self._place(block), "fault.repeated_part", field=">")
            fields["remember"] = self._quoted(block)
        for number, line in list(body.items()):
            said = FIELD.fullmatch(line)
            if not said:
                break
            place = f"{self.name}:{number + 1}"
            key = FIELDS.get(said[1].lower(), said[1].lower())
            if key in fields:
                self.fault(place, "fault.repeated_part", field=said[1])
            fields[key] = parted(said[2], place) if key == "tags" else text(said[2], place)
            del body[number]
        if body:
            lines = range(min(body), max(body) + 1)
            whole = "\n".join(body.get(number, "") for number in lines)
            fields["body"] = text(whole, f"{self.name}:{lines[0] + 1}")
        return fields

    def _quoted(self, block: SyntaxTreeNode) -> Scalar:
        """What stands behind the signs `>`."""
        place = self._place(block)
        first, last = span(block)
        lines = [line.strip() for line in self.lines[first:last]]
        if not all(line.startswith(">") for line in lines):  # Markdown lets the next line join in
            self.fault(place, "fault.line_below", written=lines[0][:QUOTED])
        return text(" ".join(line.lstrip(">").strip() for line in lines), place)

    def _question(self, section: Section) -> Record:
        place = self._place(section.heading)
        answers: list[Raw] = []
        right: list[Scalar] = []
        for number, item in enumerate(self._items(section), start=1):
            mark = MARK.fullmatch(item.value)
            if mark and mark[1].strip():
                right.append(text(str(number), item.place))
            answers.append(text(mark[2], item.place) if mark else item)
        if answers and len(right) != 1:
            self.fault(right[1].place if right else place, "fault.one_right", count=len(right))
        why = [block for block in section.blocks if block.type == "paragraph"]
        fields: dict[str, Raw] = {
            "ask": text(words(section.heading), place),
            "answers": Listing(tuple(answers), place),
            "right": right[0] if right else text("", place),
            "why": text(" ".join(map(words, why)), self._place(why[0]) if why else place),
        }
        return Record(fields, place)

    def _items(self, section: Section) -> Iterator[Scalar]:
        """The items of the one list in a section, a line each."""
        lists = [block for block in section.blocks if block.type in LISTS]
        if not lists:
            self.fault(
                self._place(section.heading),
                "fault.no_list",
                field=words(section.heading)[:QUOTED],
            )
        pledges = offers(section)
        for block in section.blocks:
            known = block.type == "paragraph" and not pledges
            if not known and block not in lists[:1]:
                self.fault(
                    self._place(block), "fault.not_here", field=words(section.heading)[:QUOTED]
                )
        for item in lists[0].children if lists else ():
            place, written = self._place(item), words(item)
            parts = [block.type for block in item.children]
            if parts not in ([], ["paragraph"]) or "\n" in written:
                line = self.lines[span(item)[0]].strip()
                self.fault(place, "fault.line_below", written=line[:QUOTED])
            yield text(written, place)

    def _place(self, block: SyntaxTreeNode) -> str:
        return f"{self.name}:{span(block)[0] + 1}"


def asked(section: Section) -> list[Section]:
    """The questions of a bite."""
    return [below for below in section.below if not offers(below)]


def offered(section: Section) -> list[Section]:
    """The sections of ready pledges: one, if all is well."""
    return [below for below in section.below if offers(below)]


def offers(section: Section) -> bool:
    """Whether a section holds pledges, by its heading."""
    return words(section.heading).casefold() in PLEDGES


def span(block: SyntaxTreeNode) -> tuple[int, int]:
    """The lines of a block, from 0, the last one not included."""
    return block.map or (0, 0)


def words(block: SyntaxTreeNode) -> str:
    """What is written in a block, as it is written."""
    if block.type == "inline":
        return block.content
    return "\n".join(map(words, block.children))


def text(written: str, place: str) -> Scalar:
    """A text that was written, whatever it looks like; nothing, if nothing was."""
    return Scalar(written, place, quoted=bool(written.strip()))


def parted(written: str, place: str) -> Listing:
    """The tags in a line."""
    return Listing(tuple(text(tag, place) for tag in BETWEEN.split(written) if tag), place)
