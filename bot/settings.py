"""Every knob, read from the environment once. Nothing else reads it."""

from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot import clock
from handlers.rules.keeping import USUAL as KEPT
from handlers.rules.keeping import Keep, read_keep
from handlers.rules.points import USUAL, Scale, read_scale

PUBLIC_API = "https://api.telegram.org"


class BadSettings(Exception):
    """A setting cannot be used; the text names it and says what is allowed."""


class Settings(BaseSettings):
    """Each field is `ZAOHUI_<NAME>` in the environment or in `.env`."""

    model_config = SettingsConfigDict(env_prefix="ZAOHUI_", env_file=".env", extra="ignore")

    token: SecretStr = Field(default=SecretStr(""), description="Bot token. Empty: the sandbox.")
    api_url: str = Field(default=PUBLIC_API, description="Base address of a Bot API server.")
    database_url: str = Field(
        default="sqlite:///data/zaohui.db", description="Where all is remembered."
    )
    owner_ids: Annotated[frozenset[int], NoDecode] = Field(
        default=frozenset(), description="Telegram user ids of the owners, separated by commas."
    )
    timezone: str = Field(default="Asia/Shanghai", description="For units that set none.")
    locale: Literal["zh", "en"] = Field(default="zh", description="For units that set none.")
    webhook_url: str = Field(default="", description="Public address for updates. Empty: polling.")
    webhook_secret: SecretStr = Field(
        default=SecretStr(""), description="Required with a webhook."
    )
    http_host: str = Field(default="127.0.0.1", description="Where webhook and health listen.")
    http_port: int = Field(
        default=8080, ge=0, le=65535, description="Their port; 0 is any free one."
    )
    send_rate: int = Field(default=30, ge=1, description="Calls that send or edit, a second.")
    group_rate: int = Field(default=20, ge=1, description="The same in one group, a minute.")
    confirm_groups: int = Field(
        default=20, ge=1, description="An announcement to more groups than so many is asked twice."
    )
    probe: bool = Field(
        default=False, description="Look whether a message arrived whose answer was lost."
    )
    points: str = Field(
        default=",".join(f"{deed}={worth}" for deed, worth in USUAL.items()),
        description="What deeds are worth where a team has points switched on.",
    )
    keep: str = Field(
        default=",".join(f"{kind}={days}" for kind, days in KEPT.items()),
        description="For how many days what is kept, by kind.",
    )
    person_limit: int = Field(
        default=30, ge=0, description="Requests of one person in ten seconds. 0: no limit."
    )
    group_limit: int = Field(
        default=60, ge=0, description="Messages of one group in ten seconds. 0: no limit."
    )
    evidence_dir: str = Field(
        default="", description="Where files sent as evidence are copied to. Empty: nowhere."
    )
    clock: str = Field(default="", description="START[*RATE], for demonstrations.")
    log_format: Literal["console", "json"] = Field(default="console", description="How logs look.")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="Which."
    )

    @field_validator("owner_ids", mode="before")
    @classmethod
    def _ids(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return frozenset(int(part) for part in value.replace(",", " ").split())

    @field_validator("timezone")
    @classmethod
    def _zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError(f"there is no time zone {value!r}, try Asia/Shanghai") from None
        return value

    @field_validator("evidence_dir")
    @classmethod
    def _folder(cls, value: str) -> str:
        return value.strip()

    @field_validator("points")
    @classmethod
    def _points(cls, value: str) -> str:
        read_scale(value)
        return value

    @field_validator("keep")
    @classmethod
    def _keep(cls, value: str) -> str:
        read_keep(value)
        return value

    @field_validator("api_url", "webhook_url")
    @classmethod
    def _address(cls, value: str) -> str:
        if value and urlsplit(value).scheme not in {"http", "https"}:
            raise ValueError("must be an address that begins with https:// (or http://)")
        return value.rstrip("/")

    @model_validator(mode="after")
    def _together(self) -> "Settings":
        if self.webhook_url and len(self.webhook_secret.get_secret_value()) < 16:
            raise ValueError("ZAOHUI_WEBHOOK_SECRET needs at least 16 characters with a webhook")
        if self.clock:
            if self.token.get_secret_value() and self.api_url == PUBLIC_API:
                raise ValueError("ZAOHUI_CLOCK is for demonstrations, not for the public Bot API")
            try:
                clock.from_text(self.clock, self.zone)
            except ValueError as fault:
                raise ValueError(f"ZAOHUI_CLOCK must be START[*RATE]: {fault}") from None
        return self

    @property
    def zone(self) -> ZoneInfo:
        """The default time zone."""
        return ZoneInfo(self.timezone)

    @property
    def scale(self) -> Scale:
        """What deeds are worth, in points."""
        return read_scale(self.points)

    @property
    def days(self) -> Keep:
        """For how many days what is kept."""
        return read_keep(self.keep)


def load() -> Settings:
    """The settings of this process. Raises BadSettings with one sentence."""
    try:
        return Settings()
    except ValidationError as fault:
        first = fault.errors(include_url=False, include_input=False)[0]
        name = "".join(f"ZAOHUI_{str(part).upper()}: " for part in first["loc"][:1])
        message = first["msg"].removeprefix("Value error, ")
        raise BadSettings(f"{name}{message}") from None
