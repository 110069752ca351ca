"""The board for Grafana shows what we measure: every name in it is one of ours."""

import json
import re
from pathlib import Path

from bot import metrics

BOARD = json.loads((Path(__file__).parents[2] / "docs" / "grafana.json").read_text())
FIGURES = metrics.Figures(
    waiting=1,
    outgoing={"held": 1},
    slots={("morning", "done"): 1},
    lag=0.1,
    poll_age=1.0,
    well=True,
)


def families() -> set[str]:
    """What the page that Prometheus scrapes explains, counters without their ending."""
    lines = metrics.page(FIGURES).decode().splitlines()
    named = {line.split()[2] for line in lines if line.startswith("# TYPE")}
    return {name for name in named if not name.endswith("_created")}


def test_every_panel_asks_for_what_is_measured_and_nothing_is_forgotten() -> None:
    asked = {
        name.removesuffix("_bucket")
        for panel in BOARD["panels"]
        for target in panel["targets"]
        for name in re.findall(r"zaohui_\w+", target["expr"])
    }
    assert asked == families()


def test_panels_do_not_overlap() -> None:
    taken = [
        (panel["gridPos"]["x"] + x, panel["gridPos"]["y"] + y)
        for panel in BOARD["panels"]
        for x in range(panel["gridPos"]["w"])
        for y in range(panel["gridPos"]["h"])
    ]
    assert len(taken) == len(set(taken))
    assert max(x for x, _ in taken) < 24
    assert len({panel["id"] for panel in BOARD["panels"]}) == len(BOARD["panels"])
