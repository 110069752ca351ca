"""Names of folders and files that come from what others wrote."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.evidence import ending, folder


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("一班", "7-一班"),
        ("Team A / night", "7-Team_A_night"),
        ("../..", "7"),
        ("../../etc/passwd", "7-etc_passwd"),
        ("", "7"),
        ("👷🔥", "7"),
        ("二班👷", "7-二班"),
        ("a\0b\nc\\d", "7-a_b_c_d"),
        ("班" * 300, "7-" + "班" * 50),
    ],
)
def test_a_folder_has_letters_and_digits_of_a_name_alone(name: str, expected: str) -> None:
    assert folder(7, name) == expected


@given(st.text(max_size=400))
def test_a_folder_is_one_part_of_a_path_whatever_the_name(name: str) -> None:
    found = folder(7, name)
    assert Path("/root", found).resolve() == Path("/root") / found
    assert len(found.encode()) <= 255
    assert found.partition("-")[0] == "7"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("photos/file_1.JPG", "jpg"),
        ("documents/a.tar.gz", "gz"),
        ("documents/file_2", "bin"),
        ("documents/x.", "bin"),
        ("x.png/../../etc/passwd", "bin"),
        ("x.a/b", "bin"),
        ("x.图", "bin"),
        ("x.png\n", "bin"),
        ("x." + "a" * 300, "bin"),
        ("", "bin"),
    ],
)
def test_an_ending_is_plain_or_none_of_theirs(path: str, expected: str) -> None:
    assert ending(path) == expected
