import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.reading.grants import ROLES, Wish, read_grant
from storage.kinds import Role

PLACES = ("一班", "二班", "第一党支部", "Team One", "Team One North", "Branch One", "王书记办公室")
NAMES = st.one_of(
    st.text(st.sampled_from("张三李四王五赵"), min_size=1, max_size=4),
    st.sampled_from(["An", "Ana Silva", "To Lam", "Sam A. Carter"]),
)


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("张三 一班 班组长", Wish("张三", "一班", Role.LEADER)),
        ("李四 第一党支部 书记", Wish("李四", "第一党支部", Role.SECRETARY)),
        ("一班 张三 班组长", Wish("张三", "一班", Role.LEADER)),
        ("班组长 张三 一班", Wish("张三", "一班", Role.LEADER)),
        ("张三，一班，组长", Wish("张三", "一班", Role.LEADER)),
        ("张三 担任 一班 的 班组长", Wish("张三", "一班", Role.LEADER)),
        ("张三 一班", Wish("张三", "一班", None)),
        ("张三", Wish("张三", "", None)),
        ("张三 九班 班组长", Wish("张三 九班", "", Role.LEADER)),
        ("张三 系统管理员", Wish("张三", "", Role.OWNER)),
        ("Sam Carter, Team One, leader", Wish("Sam Carter", "Team One", Role.LEADER)),
        ("Sam Carter as team leader of Team One", Wish("Sam Carter", "Team One", Role.LEADER)),
        ("sam carter team one north leader", Wish("sam carter", "Team One North", Role.LEADER)),
        ("Ana Silva secretary of the branch one", Wish("Ana Silva", "Branch One", Role.SECRETARY)),
        ("Ana Silva owner", Wish("Ana Silva", "", Role.OWNER)),
        ("张三 王书记办公室 书记", Wish("张三", "王书记办公室", Role.SECRETARY)),
        ("一班 班组长", Wish("", "一班", Role.LEADER)),
        ("", Wish("", "", None)),
        ("\u200b  \u202e ", Wish("", "", None)),
        ("一班", Wish("", "一班", None)),
    ],
)
def test_a_line_says_who_and_where_and_what(text: str, wish: Wish) -> None:
    assert read_grant(text, PLACES) == wish


@given(NAMES, st.sampled_from(PLACES), st.sampled_from(sorted(ROLES)))
def test_the_order_does_not_matter(name: str, place: str, role: str) -> None:
    wish = Wish(name, place, ROLES[role])
    for parts in ((name, place, role), (place, name, role), (role, name, place)):
        assert read_grant(" ".join(parts), PLACES) == wish


@given(st.text(max_size=300))
def test_whatever_is_written_is_read_or_left(text: str) -> None:
    wish = read_grant(text, PLACES)
    assert wish.place in ("", *PLACES)
    assert len(wish.name) <= 200
