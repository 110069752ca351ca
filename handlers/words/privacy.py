"""What we say of what is stored: what, for how long, how to get it, how to have it erased."""

from collections.abc import Sequence

from handlers.rules.keeping import Keep
from handlers.taps.privacy import ForgetMeTap, ForgetTap, MyDataTap, RatherNotTap
from handlers.words.message import Button, Message, Ours
from handlers.words.voice import Html, Voice
from storage.erasures import Stake
from storage.kinds import Kept, Media

YEAR = 365


def former(voice: Voice) -> str:
    """What stands where the name of somebody stood who had themselves forgotten."""
    return voice.plain("privacy.former")


def erased(voice: Voice) -> str:
    """What stands where their words stood."""
    return voice.plain("privacy.erased")


def told(voice: Voice, keep: Keep, *, buttons: bool) -> Message:
    """What is stored, who sees it, for how long; in private with the two ways on."""
    values = {f"{kind}": _span(voice, days) for kind, days in keep.items()}
    parts = [voice("privacy.what"), voice("privacy.who")]
    parts.append(
        voice(
            "privacy.how_long",
            updates=values[Kept.UPDATES],
            messages=values[Kept.MESSAGES],
            drafts=values[Kept.DRAFTS],
            evidence=values[Kept.EVIDENCE],
        )
    )
    parts.append(voice("privacy.ways"))
    rows = (
        (
            Button(voice.plain("privacy.button.mydata"), MyDataTap()),
            Button(voice.plain("privacy.button.forgetme"), ForgetMeTap()),
        ),
    )
    return Message(Html("\n\n".join(parts)), rows if buttons else ())


def nobody(voice: Voice) -> Message:
    """You are on no list here: nothing is stored but the chat."""
    return Message(voice("privacy.nobody"))


def in_private(voice: Voice) -> str:
    """That is done in private."""
    return voice.plain("privacy.in_private")


# -- /mydata ---------------------------------------------------------------------------------


def file(voice: Voice, found: Stake, day: str, wanted: str) -> Message:
    """The file, which is made when it is sent, and what is in it in a few lines."""
    title = voice.plain("privacy.file_name", day=day)
    text = voice(
        "privacy.file",
        checkins=found.checkins,
        made=found.promises,
        kept=found.kept,
        evidence=found.evidence,
        leaves=found.leaves,
        questions=found.questions,
    )
    ours = Ours("mydata", title, wanted, voice.locale)
    return Message(text, media=Media.DOCUMENT, ours=ours)


def coming(voice: Voice) -> str:
    """It is being made."""
    return voice.plain("privacy.coming")


def just_now(voice: Voice) -> str:
    """You got one a moment ago."""
    return voice.plain("privacy.just_now")


# -- /forgetme -------------------------------------------------------------------------------


def ask(voice: Voice, found: Stake, person_id: int, until: int, minutes: int) -> Message:
    """What goes, what stays; and a button that holds for some minutes."""
    text = voice(
        "privacy.ask",
        promises=found.promises,
        open=found.open,
        evidence=found.evidence,
        leaves=found.leaves,
        questions=found.questions,
        checkins=found.checkins,
        made=found.made,
        kept=found.kept,
        minutes=minutes,
    )
    rows = (
        (Button(voice.plain("privacy.button.forget"), ForgetTap(person_id, until)),),
        (Button(voice.plain("privacy.button.rather_not"), RatherNotTap()),),
    )
    return Message(text, rows)


def needed(voice: Voice, units: Sequence[str]) -> Message:
    """Somebody else has to look after these first; "" is the installation."""
    names = [unit or voice.plain("privacy.installation") for unit in units]
    return Message(voice("privacy.needed", names=voice.plain("format.comma").join(names)))


def too_late(voice: Voice) -> str:
    """That button held for some minutes only."""
    return voice.plain("privacy.too_late")


def kept(voice: Voice) -> Message:
    """Nothing was erased."""
    return Message(voice("privacy.kept"))


def forgotten(voice: Voice) -> Message:
    """It is done."""
    return Message(voice("privacy.forgotten"))


def _span(voice: Voice, days: int) -> str:
    if days >= YEAR and days % YEAR == 0:
        return voice.plain("privacy.years", n=days // YEAR)
    return voice.plain("privacy.days", n=days)
