"""A picture is drawn by a child process, at a low priority: nobody's tap waits for it.

The library that draws holds Python's lock while it does. The child is given the drawing on its
standard input and nothing else: no token, no database. It writes the picture, or nothing.
"""

import asyncio
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from handlers.words.drawing import FAMILY, FONT

PATIENCE = 60.0  # seconds of the clock on the wall
SCALE = 1.5  # pixels for each unit of a drawing
NICENESS = 10  # while others want all there is, a tenth of what they get; 19 may mean minutes
MOST = 4_000_000  # bytes of a drawing
# The child imports the library alone: what else we are would take longer than the picture.
CHILD = (
    "import sys, os; os.nice({nice}); import resvg_py; "
    "sys.stdout.buffer.write(resvg_py.svg_to_bytes("
    "svg_string=sys.stdin.buffer.read().decode(), skip_system_fonts=True, "
    "font_files=[{font!r}], font_family={family!r}, zoom={scale}))"
)


class Undrawn(Exception):
    """There is no picture; the text says why."""


async def drawn(svg: bytes) -> bytes:
    """The picture of an SVG as PNG. Raises Undrawn."""
    if len(svg) > MOST:
        raise Undrawn("it is too large")
    code = CHILD.format(nice=NICENESS, font=str(FONT), family=FAMILY, scale=SCALE)
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-B", "-S", "-P", "-c", code),
        stdin=PIPE,
        stdout=PIPE,
        stderr=DEVNULL,
        env={"PYTHONPATH": _library(), "PATH": os.defpath},
    )
    try:
        async with asyncio.timeout(PATIENCE):
            picture, _ = await child.communicate(svg)
    except TimeoutError:
        raise Undrawn("it takes too long") from None
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    if child.returncode or not picture:
        raise Undrawn(f"the child ended with {child.returncode}")
    return picture


@cache
def _library() -> str:
    """Where the library that draws is installed. Raises Undrawn where it is not."""
    spec = find_spec("resvg_py")
    if spec is None or spec.origin is None:
        raise Undrawn("resvg-py is not installed")
    return str(Path(spec.origin).parents[1])
