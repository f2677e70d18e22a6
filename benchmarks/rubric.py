"""Captions beside the facts that a careful biologist wrote down, for reading by a person: who said what of which scene.

For the scenes of a rubric (scene id -> point and facts with their importance) it draws the figures, reads them and
prints each caption with its facts, those that must not be said last. Counting is for people.

    python benchmarks/rubric.py ../shared [SCENE_ID ...]
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

from service.commands.locus import draw_scenes
from vlm.models.loading import load_captioner
from vlm.reading import read_figures
from workers.sandboxes import reader_of_files
from workers.settings import Settings


def main() -> None:
    """Print captions and facts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shared", type=Path, help="the folder with rubric.json and scenes/scenes.json")
    parser.add_argument("scenes", nargs="*", help="ids of scenes; all of the rubric, if none is named")
    parser.add_argument("--model", default="measured")
    asked = parser.parse_args()
    rubric = json.loads((asked.shared / "rubric.json").read_text(encoding="utf-8"))
    wanted = tuple(asked.scenes or rubric)
    with tempfile.TemporaryDirectory() as work:
        files = reader_of_files(Settings.from_env())
        figures = draw_scenes(files, asked.shared / "scenes" / "scenes.json", wanted, Path(work))
        figures = {name: figure for name, figure in figures.items() if name in rubric}
        records = read_figures(load_captioner(asked.model), list(figures.values()))
    for name, record in zip(figures, records, strict=True):
        caption = record["caption"] or {}
        print(f"\n## {name}\npoint: {rubric[name]['point']}\n\n{caption.get('en')}\n\n{caption.get('zh')}\n")
        for fact in sorted(rubric[name]["facts"], key=lambda fact: (fact.get("must_not", False), -fact["importance"])):
            sign = "MUST NOT" if fact.get("must_not") else f"{fact['importance']}{' vs' * fact['comparison']}"
            print(f"  [{sign}] {fact['fact']}")


if __name__ == "__main__":
    main()
