"""Writes docs/prompt.md and docs/prompt.png: a figure of the example, what a model is asked of it, and an answer.

`make docs` runs it; a test holds that the text is what this writes.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path

from service.commands.locus import draw_scenes
from service.run.example import ASSEMBLY, FOLDER, TRACKS
from vlm.prompted.prompts import build_prompt
from vlm.prompted.schema import MOST_TOKENS
from vlm.score.tune import target_of
from vlm.values.captioner import Figure
from workers.sandboxes import reader_of_files
from workers.settings import Settings

TARGET = Path(__file__).with_name("prompt.md")
PICTURE = TARGET.with_suffix(".png")
PLACE = "chr1:290,001-480,000"

PAGE = """\
# What a general model is asked

`hub:` and `remote:` models get the figure and, after it, the text below; nothing of the measurements, unless a job asks
for it (`--facts brief`). Places are thousandths of the picture's width, as Qwen-VL, InternVL and Gemma were taught to
point; where in the picture the tracks are drawn the layout of the figure tells, and so a place is one of the genome.
Heights are hundredths of a row's axis. Every claim is then held against the files: what does not hold is not printed.

![The figure](prompt.png)

```text
{prompt}
```

An answer, as a perfect reader would give it (made from the measurements; an answer may take {tokens:,} tokens):

```json
{answer}
```

Where a server or a tokenizer can be held to it, the JSON schema of this very figure is sent along: tracks that are not
drawn, genes that are not in view and places beside the tracks cannot be written.
"""


def draw(folder: Path) -> Figure:
    """The figure of the page, drawn into `folder`."""
    tracks = [{"file": str(FOLDER / name), "label": name.partition(".")[0].replace("_", " ")} for name in TRACKS]
    scene = {"id": "prompt", "region": PLACE, "assembly": ASSEMBLY, "tracks": tracks}
    scenes = folder / "scenes.json"
    scenes.write_text(json.dumps([scene]), encoding="utf-8")
    (figure,) = draw_scenes(reader_of_files(Settings.from_env()), scenes, ("prompt",), folder).values()
    return figure


def page(figure: Figure) -> str:
    """The text of the page."""
    said = json.loads(target_of(figure) or '{"sentences": []}')["sentences"]
    answer = ",\n".join(json.dumps(one, ensure_ascii=False) for one in said)
    answer = f'{{"sentences": [\n{answer}\n]}}'
    return PAGE.format(prompt=build_prompt(figure), answer=answer, tokens=MOST_TOKENS)


def main() -> None:
    """Write both."""
    with tempfile.TemporaryDirectory() as folder:
        figure = draw(Path(folder))
        TARGET.write_text(page(figure), encoding="utf-8")
        shutil.copy(figure.png, PICTURE)
    print(TARGET)


if __name__ == "__main__":
    main()
