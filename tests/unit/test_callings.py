"""Who is meant by what people call each other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.reading.callings import keys, meant, near, personal, plausible

NAMES = [
    "张三", "张伟", "李四", "王建国", "欧阳建国", "李书记", "赵班长", "买买提·艾力", "Ana Silva",
    "Ben Okafor", "Anatole France",
]  # fmt: skip


def called(said: str) -> list[str]:
    return [NAMES[at] for at in meant(said, NAMES)]


@pytest.mark.parametrize(
    ("said", "who"),
    [
        ("张三", ["张三"]),
        ("张三师傅", ["张三"]),
        ("老张", ["张三", "张伟"]),
        ("小张", ["张三", "张伟"]),
        ("张工", ["张三", "张伟"]),
        ("王工", ["王建国"]),
        ("王主任", ["王建国"]),
        ("建国", ["王建国", "欧阳建国"]),
        ("欧阳", ["欧阳建国"]),
        ("老欧阳", ["欧阳建国"]),
        ("李书记", ["李书记"]),
        ("小李", ["李四", "李书记"]),
        ("阿伟", ["张伟"]),
        ("赵班长", ["赵班长"]),
        ("班长", ["赵班长"]),
        ("艾力", ["买买提·艾力"]),
        ("ana", ["Ana Silva", "Anatole France"]),
        ("Ana Silva", ["Ana Silva"]),
        ("ana  silva", ["Ana Silva"]),
        ("Silva", ["Ana Silva"]),
        ("Mr Okafor", ["Ben Okafor"]),
        ("ok", ["Ben Okafor"]),
        ("陈六", []),
        ("老陈", []),
        ("na", []),
        ("%", []),
        ("_", []),
    ],
)
def test_whom_a_name_means(said: str, who: list[str]) -> None:
    assert called(said) == who


@pytest.mark.parametrize(
    "said", ["张三", "张三师傅", "老张", "王主任", "建国", "欧阳", "班长", "Mr Okafor", "阿伟"]
)
def test_whoever_is_meant_is_looked_for(said: str) -> None:
    parts = keys(said)
    for name in called(said):
        assert any(part in name.casefold() for part in parts)


@pytest.mark.parametrize(
    "name",
    [
        "张三",
        "王建国",
        "欧阳建国",
        "老张",
        "小李",
        "王工",
        "李书记",
        "书记",
        "建国",
        "Ana",
        "Ana Silva",
        "O'Brien",
    ],
)
def test_what_can_be_a_name(name: str) -> None:
    assert plausible(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "他",
        "我们",
        "公司",
        "当初",
        "李四说他",
        "张三和李四的",
        "the boss",
        "my team",
        "今天",
        "大家",
        "7",
    ],
)
def test_what_cannot(name: str) -> None:
    assert not plausible(name)


def test_who_comes_near_shares_letters() -> None:
    assert near("张山", NAMES)[0] in {"张三", "张伟"}
    assert near("王建果", NAMES)[0] == "王建国"
    assert near("Xyz", NAMES) == []


@given(st.text(max_size=40), st.lists(st.text(max_size=20), max_size=8))
def test_no_name_is_too_strange(said: str, names: list[str]) -> None:
    assert all(0 <= at < len(names) for at in meant(said, names))
    assert set(near(said, names)) <= set(names)
    assert plausible(said) in {True, False}


@pytest.mark.parametrize(
    ("name", "person"),
    [("张三", True), ("老张", True), ("王主任", True), ("抢修", False), ("Front desk", False)],
)
def test_what_can_only_be_a_person(name: str, person: bool) -> None:
    assert personal(name) is person
