"""Evidence that is copied to a folder, where the operator asks for it."""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from bot import doctor, evidence
from bot.app import running
from bot.clock import Clock
from bot.programs import opened, trying_out
from bot.sandbox.files import Files
from bot.settings import BadSettings, Settings
from storage.tables import CommitmentAct, Team
from tests.sandbox.play import picture
from tests.wire.scene import MONDAY, ZHANG, ZONE, Scene, until
from tests.wire.stage import Stage, standing


@asynccontextmanager
async def stage(tmp_path: Path, furnished: Path, folder: Path | None) -> AsyncIterator[Stage]:
    """A stage whose bot copies evidence to a folder."""
    async with standing(tmp_path, MONDAY, ready=furnished) as bare:
        told = {"evidence_dir": str(folder) if folder else ""}
        yield replace(bare, settings=bare.settings.model_copy(update=told))


def lying(folder: Path) -> dict[str, bytes]:
    """All files in a folder, by their paths below it."""
    found = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}


async def kept(scene: Scene) -> list[str | None]:
    """What is remembered of each piece of evidence."""
    return [act.kept for act in await scene.rows(CommitmentAct) if act.file_id]


async def minute(scene: Scene, *remembered: str | None) -> None:
    """Time passes, until that is remembered of the evidence."""
    await scene.forward(minutes=1)

    async def so() -> bool:
        return await kept(scene) == list(remembered)

    await until(so)


async def promise(scene: Scene, number: int, *pictures: bytes) -> None:
    """Somebody promises, keeps it and shows that."""
    await scene.say(ZHANG, "承诺 清理配电房")
    if len(pictures) == 1:
        await scene.send_file(ZHANG, "a.png", pictures[0], caption=f"完成 {number}")
    else:
        await scene.send_files(ZHANG, *pictures, caption=f"完成 {number}")
    assert "已完成" in await scene.last(ZHANG)


async def acts(scene: Scene) -> list[int]:
    return [act.id for act in await scene.rows(CommitmentAct) if act.file_id]


async def test_a_photo_and_an_album_land_on_disk(tmp_path: Path, furnished: Path) -> None:
    folder = tmp_path / "far" / "evidence"
    async with stage(tmp_path, furnished, folder) as at, at.bot() as scene:
        await promise(scene, 1, picture(30))
        await promise(scene, 2, picture(40), picture(50))
        await scene.say(ZHANG, "承诺 换灯")
        await scene.send_file(ZHANG, "记录.PDF", b"%PDF-1.4 x", caption="完成 3")
        (team,) = [one for one in await scene.rows(Team) if one.name == "一班"]
        a, b, c, d = await acts(scene)
        home = f"{team.id}-一班"
        paths = [f"{home}/1-{a}.png", f"{home}/2-{b}.png", f"{home}/2-{c}.png"]
        paths.append(f"{home}/3-{d}.pdf")
        await minute(scene, *paths)
        data = [picture(30), picture(40), picture(50), b"%PDF-1.4 x"]
        assert lying(folder) == dict(zip(paths, data, strict=True))
        assert {path.stat().st_mode & 0o077 for path in (folder, *folder.rglob("*"))} == {0}
        assert await scene.app.health.reasons() == []


async def test_without_the_setting_nothing_runs_and_nothing_is_copied(
    tmp_path: Path, furnished: Path
) -> None:
    async with stage(tmp_path, furnished, None) as at, at.bot() as scene:
        await promise(scene, 1, picture())
        for _ in range(3):
            await scene.forward(minutes=1)
        assert scene.app.keeper is None
        assert await kept(scene) == [None]
        assert "getFile" not in {call.method for call in scene.world.calls}


async def test_what_came_before_the_setting_is_copied_after_it(
    tmp_path: Path, furnished: Path
) -> None:
    folder = tmp_path / "evidence"
    async with stage(tmp_path, furnished, None) as at:
        async with at.bot() as scene:
            await promise(scene, 1, picture(30), picture(40))
        told = at.settings.model_copy(update={"evidence_dir": str(folder)})
        async with replace(at, settings=told).bot() as scene:

            async def there() -> bool:
                return None not in await kept(scene)

            await until(there)
            assert sorted(lying(folder).values()) == sorted([picture(30), picture(40)])


async def test_what_telegram_refuses_keeps_nothing_else_and_is_told_once(
    tmp_path: Path, furnished: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "evidence"
    async with stage(tmp_path, furnished, folder) as at, at.bot() as scene:
        await promise(scene, 1, picture(30))
        scene.world.world.files = Files()  # Telegram has the first no more
        await promise(scene, 2, picture(40))
        _, second = await acts(scene)
        await scene.forward(minutes=1)

        async def copied() -> bool:
            return (await kept(scene))[1] is not None

        await until(copied)
        assert list(lying(folder).values()) == [picture(40)]
        assert (await kept(scene))[0] is None, "it may be away for a while only"

        async def given_up() -> bool:
            await scene.forward(minutes=8)
            return (await kept(scene))[0] == ""

        await until(given_up)
        asked = len([call for call in scene.world.calls if call.method == "getFile"])
        for _ in range(3):
            await scene.forward(minutes=40)
        assert len([call for call in scene.world.calls if call.method == "getFile"]) == asked
        told = [line for line in caplog.messages if "cannot be copied: " in line]
        assert len(told) == 1
        assert "#1 of team" in told[0]
        assert "save it by hand" in told[0]
        assert list(lying(folder)) == [f"1-一班/2-{second}.png"]


async def test_what_is_too_big_is_never_tried_again(
    tmp_path: Path, furnished: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evidence, "MOST", 2000)
    folder = tmp_path / "evidence"
    async with stage(tmp_path, furnished, folder) as at, at.bot() as scene:
        for number, data in ((1, b"x" * 3000), (2, b"y")):
            await scene.say(ZHANG, "承诺 换灯")
            await scene.send_file(ZHANG, "记录.pdf", data, caption=f"完成 {number}")
        _, second = await acts(scene)
        await minute(scene, "", f"1-一班/2-{second}.pdf")
        assert list(lying(folder).values()) == [b"y"]


async def test_while_telegram_is_away_it_is_asked_ever_less_often(
    tmp_path: Path, furnished: Path
) -> None:
    folder = tmp_path / "evidence"
    async with stage(tmp_path, furnished, folder) as at, at.bot() as scene:
        await promise(scene, 1, picture())
        (act,) = await acts(scene)
        await scene.fault("http_502_before", "getFile")
        for _ in range(30):
            await scene.forward(minutes=1)
        asked = len([call for call in scene.world.calls if call.method == "getFile"])
        assert 3 <= asked <= 6
        assert await kept(scene) == [None]
        await scene.mend()
        await scene.forward(minutes=40)
        await minute(scene, f"1-一班/1-{act}.png")
        assert await scene.app.health.reasons() == []


async def test_a_disk_that_takes_nothing_loses_nothing(
    tmp_path: Path, furnished: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "evidence"
    async with stage(tmp_path, furnished, folder) as at, at.bot() as scene:
        folder.rmdir()
        folder.write_text("not a folder")  # rights would not keep the machine's administrator out
        await promise(scene, 1, picture())
        (act,) = await acts(scene)

        async def told() -> bool:
            return any("takes no evidence (Not a directory)" in line for line in caplog.messages)

        await scene.forward(minutes=1)
        await until(told)
        for _ in range(3):
            await scene.forward(minutes=1)
        assert await kept(scene) == [None]
        assert len([line for line in caplog.messages if "takes no evidence" in line]) == 1
        assert await scene.app.health.reasons() == []
        found = {one.key async for one in doctor.examine(at.settings, lambda _: None)}
        assert "evidence_unwritable" in found
        folder.unlink()
        folder.mkdir()
        await minute(scene, f"1-一班/1-{act}.png")
        assert list(lying(folder).values()) == [picture()]
        assert "takes evidence again" in caplog.text
        found = {one.key async for one in doctor.examine(at.settings, lambda _: None)}
        assert "evidence" in found


async def test_the_database_keeps_its_room(
    tmp_path: Path, furnished: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "evidence"
    async with stage(tmp_path, furnished, folder) as at, at.bot() as scene:
        room = shutil.disk_usage(folder).free
        monkeypatch.setattr(evidence, "ROOM", room * 2)
        await promise(scene, 1, picture())
        for _ in range(3):
            await scene.forward(minutes=1)
        assert (await kept(scene), lying(folder)) == ([None], {})
        monkeypatch.undo()
        (act,) = await acts(scene)
        await minute(scene, f"1-一班/1-{act}.png")


@pytest.mark.parametrize("name", ["../..", "/etc/x", "🔥", "班" * 300, "a/../../../b"])
async def test_no_name_of_a_team_leads_out_of_the_folder(
    tmp_path: Path, furnished: Path, name: str
) -> None:
    folder = tmp_path / "deep" / "evidence"
    async with stage(tmp_path, furnished, folder) as at, at.bot() as scene:
        await promise(scene, 1, picture())
        async with scene.app.database.begin() as session:
            team = await session.get_one(Team, 1)
            team.name = name
            session.add(team)
        (act,) = await acts(scene)
        home = evidence.folder(1, name)
        await minute(scene, f"{home}/1-{act}.png")
        assert lying(tmp_path / "deep") == {f"evidence/{home}/1-{act}.png": picture()}


async def test_killed_in_between_it_is_copied_again(tmp_path: Path, furnished: Path) -> None:
    folder = tmp_path / "evidence"
    async with stage(tmp_path, furnished, folder) as at:
        async with at.bot() as scene:
            await promise(scene, 1, picture())
            (act,) = await acts(scene)
            await scene.fault("black_hole", "getFile", n=1)
            await scene.forward(minutes=1)
        assert lying(folder) == {}
        home = folder / "1-一班"
        home.mkdir()
        (home / f"1-{act}.png").write_bytes(picture())  # copied, and not remembered yet
        old, new = home / "1-1-old.part", home / "1-1-new.part"
        for part in (old, new):
            part.write_bytes(b"half")
        os.utime(old, (0, 0))
        async with at.bot() as scene:
            await minute(scene, f"1-一班/1-{act}.png")
            assert lying(folder) == {
                f"1-一班/1-{act}.png": picture(),
                "1-一班/1-1-new.part": b"half",
            }


async def test_a_folder_that_cannot_be_made_is_told_at_the_start(
    tmp_path: Path, furnished: Path
) -> None:
    (tmp_path / "file").write_text("")
    async with (
        stage(tmp_path, furnished, tmp_path / "file" / "evidence") as at,
        opened(at.settings) as database,
    ):
        with pytest.raises(BadSettings, match=r"ZAOHUI_EVIDENCE_DIR: .* cannot be written"):
            async with running(at.settings, database, at.clock):
                pass


async def test_a_sandbox_leaves_real_evidence_alone(tmp_path: Path) -> None:
    folder = tmp_path / "evidence"
    clock = Clock(ZONE)
    clock.set(MONDAY)
    told = Settings(evidence_dir=str(folder))
    async with trying_out(told, clock, 0, tmp_path / "sandbox.db") as trial:
        assert trial.app.keeper is None
    assert not folder.exists()


def test_what_cannot_be_written_whole_leaves_nothing(tmp_path: Path) -> None:
    target = tmp_path / "1-a" / "1-1.png"
    (target / "in the way").mkdir(parents=True)
    with pytest.raises(OSError, match="directory"):
        evidence.write(target, b"x")
    assert [path.name for path in target.parent.iterdir()] == ["1-1.png"]
