import pytest

from bot.settings import BadSettings, load

PUBLIC = {"ZAOHUI_TOKEN": "123456:" + "a" * 35}


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))


def test_without_any_setting_all_have_their_defaults() -> None:
    settings = load()
    assert settings.token.get_secret_value() == ""
    assert settings.database_url == "sqlite:///data/zaohui.db"
    assert (settings.send_rate, settings.group_rate) == (30, 20)


def test_owners_are_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZAOHUI_OWNER_IDS", "9001, 9002")
    assert load().owner_ids == {9001, 9002}


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({"ZAOHUI_TIMEZONE": "Mars/Olympus"}, "ZAOHUI_TIMEZONE: there is no time zone"),
        ({"ZAOHUI_LOCALE": "fr"}, "ZAOHUI_LOCALE: "),
        ({"ZAOHUI_HTTP_PORT": "70000"}, "ZAOHUI_HTTP_PORT: "),
        ({"ZAOHUI_OWNER_IDS": "me"}, "ZAOHUI_OWNER_IDS: "),
        ({"ZAOHUI_API_URL": "ftp://x"}, "ZAOHUI_API_URL: must be an address"),
        ({"ZAOHUI_SEND_RATE": "0"}, "ZAOHUI_SEND_RATE: "),
        ({"ZAOHUI_KEEP": "photos=3"}, "ZAOHUI_KEEP: there is no kind 'photos'; there are"),
        ({"ZAOHUI_PERSON_LIMIT": "-1"}, "ZAOHUI_PERSON_LIMIT: "),
        ({"ZAOHUI_CLOCK": "soon"}, "ZAOHUI_CLOCK must be START"),
        ({**PUBLIC, "ZAOHUI_CLOCK": "2026-11-23"}, "ZAOHUI_CLOCK is for demonstrations"),
        ({"ZAOHUI_WEBHOOK_URL": "https://a.example"}, "ZAOHUI_WEBHOOK_SECRET needs"),
    ],
)
def test_a_bad_setting_is_named_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], sentence: str
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(BadSettings) as caught:
        load()
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)
    assert PUBLIC["ZAOHUI_TOKEN"] not in str(caught.value)
