"""`python tests/fonts.py WHOLE.ttf`: makes the font of our pictures anew, from the whole one.

Needs fontTools, which nothing else here does: `pip install fonttools`. The whole font is Noto Sans
SC Regular as TrueType, for example `400Regular/NotoSansSC_400Regular.ttf` of the npm package
`@expo-google-fonts/noto-sans-sc`; the same version of both gives the same file.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from handlers.words.drawing import FONT, characters


def main() -> None:
    """Keep what a picture may say, and nothing else."""
    from fontTools import subset  # type: ignore[import-not-found]

    options = subset.Options()
    options.layout_features = ["kern", "liga", "mark", "mkmk", "ccmp", "locl"]
    options.hinting = False
    options.name_IDs = ["*"]
    options.notdef_outline = True
    options.recalc_timestamp = False
    font = subset.load_font(sys.argv[1], options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=map(ord, characters()))
    subsetter.subset(font)
    subset.save_font(font, str(FONT), options)


if __name__ == "__main__":
    main()
