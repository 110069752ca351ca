import pytest

from handlers.reading.commitments import (
    DONE,
    DONE_NUMBER,
    PROMISE,
    claimed,
    promised,
    witnessed,
)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("承诺 周五前完成3号泵检修", "周五前完成3号泵检修"),
        ("承诺：周五前完成3号泵检修", "周五前完成3号泵检修"),
        ("承诺周五前完成3号泵检修", "周五前完成3号泵检修"),
        ("我承诺，今天清理现场。", "今天清理现场。"),
        ("承诺 一\n二 ", "一\n二"),
        ("承诺", ""),
        ("promise to check pump 3 by Friday", "check pump 3 by Friday"),
        ("I promise: check pump 3", "check pump 3"),
    ],
)
def test_a_promise_is_recognised_by_its_first_word(text: str, what: str) -> None:
    found = PROMISE.fullmatch(text)
    assert found
    assert found["what"] == what


@pytest.mark.parametrize(
    "text",
    [
        "承诺了什么",
        "承诺书怎么写",
        "承诺 有哪些？",
        "谁的承诺逾期了",
        "promises",
        "committee meets",
    ],
)
def test_a_question_about_promises_is_none(text: str) -> None:
    assert PROMISE.fullmatch(text) is None


@pytest.mark.parametrize(
    ("text", "number", "words"),
    [
        ("完成 7", "7", None),
        ("完成7", "7", None),
        ("完成 #7", "7", None),
        ("已完成＃7。", "7", None),
        ("完成 7 已换轴承", "7", "已换轴承"),
        ("完成7，已换轴承\n试车正常", "7", "已换轴承\n试车正常"),
        ("done 7 new bearing", "7", "new bearing"),
        ("Done #12", "12", None),
    ],
)
def test_done_with_a_number_names_the_promise(text: str, number: str, words: str | None) -> None:
    found = DONE_NUMBER.fullmatch(text)
    assert found
    assert (found["number"], found["text"]) == (number, words)


@pytest.mark.parametrize(
    "text",
    [
        "完成3号泵检修",
        "完成 3 号泵检修",
        "完成 30号泵检修",
        "完成2项整改",
        "完成80%",
        "完成 1234567890",
        "完成情况",
        "完成",
        "undone 7",
    ],
)
def test_a_number_that_counts_or_names_a_thing_is_no_promise(text: str) -> None:
    assert DONE_NUMBER.fullmatch(text) is None


@pytest.mark.parametrize(
    ("text", "words"),
    [("完成", None), ("已完成。", None), ("完成了！", None), ("完成 已换轴承", "已换轴承")],
)
def test_done_alone_leaves_the_promise_to_the_reply(text: str, words: str | None) -> None:
    found = DONE.fullmatch(text)
    assert found
    assert found["text"] == words
    assert DONE.fullmatch("完成情况如何") is None


@pytest.mark.parametrize(
    ("text", "number", "words"),
    [
        ("", "", ""),
        ("7", "7", ""),
        ("#7 已换轴承", "7", "已换轴承"),
        ("已换轴承", "", "已换轴承"),
        ("7号泵已修", "", "7号泵已修"),
        ("完成 7", "7", ""),
        ("已完成＃7。", "7", ""),
        ("完成 7 已换轴承\n试车正常", "7", "已换轴承\n试车正常"),
        ("Done 7 new bearing", "7", "new bearing"),
        ("完成", "", ""),
        ("完成 已换轴承", "", "已换轴承"),
        ("完成 3号泵检修", "", "3号泵检修"),
        ("完成率已报", "", "完成率已报"),
    ],
)
def test_what_follows_the_command_is_a_number_words_or_both(
    text: str, number: str, words: str
) -> None:
    assert claimed(text) == (number, words)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("承诺 周五前完成3号泵检修", "周五前完成3号泵检修"),
        ("承诺：周五前完成？", "周五前完成？"),
        ("我承诺今天清理现场", "今天清理现场"),
        ("承诺", ""),
        ("I promise to check pump 3", "check pump 3"),
        ("promise: check pump 3", "check pump 3"),
        ("I commit to check pump 3", "check pump 3"),
        ("Commit to check pump 3", "check pump 3"),
        ("周五前兑现承诺", "周五前兑现承诺"),
        ("承诺书周五前签完", "承诺书周五前签完"),
        ("commit the new schedule", "commit the new schedule"),
        ("committee minutes", "committee minutes"),
        ("promised parts fetched", "promised parts fetched"),
        ("", ""),
    ],
)
def test_the_word_of_promising_is_no_part_of_what_follows_the_command(
    text: str, what: str
) -> None:
    assert promised(text) == what


def test_a_long_line_of_spaces_is_read_in_no_time() -> None:
    assert PROMISE.fullmatch("承诺" + " " * 4000 + "?") is None
    assert DONE_NUMBER.fullmatch("完成" + " " * 4000 + "号") is None
    assert promised("i" + " " * 4000 + "promised") == "i" + " " * 4000 + "promised"


@pytest.mark.parametrize(
    ("text", "shown", "name"),
    [
        ("见证 李四", "", "李四"),
        ("换好了滤芯 见证：李四", "换好了滤芯", "李四"),
        ("换好了滤芯，见证人:李四。", "换好了滤芯", "李四"),
        ("换好了滤芯， \n 见证 李四", "换好了滤芯", "李四"),
        (" " * 4000 + "x", " " * 4000 + "x", ""),
        ("换好了滤芯\u3000见证李四", "换好了滤芯", "李四"),
        ("new filter witness: Sam Lee", "new filter", "Sam Lee"),
        ("new filter, Witness Sam", "new filter", "Sam"),
        ("换好了滤芯 见证 王五 见证 李四", "换好了滤芯", "王五 见证 李四"),
        ("换好了滤芯", "换好了滤芯", ""),
        ("领导见证了换滤芯", "领导见证了换滤芯", ""),
        ("见证了 换滤芯", "见证了 换滤芯", ""),
        ("见证：李四，试车正常", "见证：李四，试车正常", ""),
        ("见证", "见证", ""),
        ("eyewitnesses agree", "eyewitnesses agree", ""),
        ("witnesses agree", "witnesses agree", ""),
    ],
)
def test_a_witness_is_named_at_the_end(text: str, shown: str, name: str) -> None:
    assert witnessed(text) == (shown, name)
