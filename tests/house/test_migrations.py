from pathlib import Path

from tests.house.migrations import walk


async def test_the_steps_lead_to_the_tables_and_back(tmp_path: Path) -> None:
    assert await walk(f"sqlite:///{tmp_path}/steps.db") == ""
