"""Whether a model would do its work here, found out in seconds: what `locution models check` says.

A model on a server is sent one small picture, by the request readings send; of one of the hub the configuration and
processor are loaded (`vlm.models.model_store`), of our own the weights.
"""

from __future__ import annotations

import tempfile
import time
from dataclasses import replace
from pathlib import Path

import httpx
from PIL import Image, ImageDraw

from renderer.values.layout import Layout, TrackBox
from renderer.values.region import Region
from renderer.values.track import Scene, Track
from vlm.models.builtin import WEIGHTS, Builtin, load_weights
from vlm.models.known_models import find, setup_of
from vlm.models.model_store import Report, this_machine
from vlm.models.model_store import check as check_hub
from vlm.models.remote import PREFIX, Remote, parse_spec
from vlm.values.captioner import Figure, ModelError
from vlm.values.servers import Servers

SECONDS = 5.0
"""Wait for the list of models, and for a server that is not there."""

HELD_TO = {"json_schema": "the JSON schema", "json_object": "JSON", "text": "nothing: plain text"}

MOST_NAMES = 8
"""Names of served models that are shown."""


def check(name: str, servers: Servers) -> Report:
    """What is to be said of the model of this name (as in `--model`; a bare id or folder is one of the hub). Never
    raises for the model."""
    if name == "builtin":
        return _builtin()
    if name == "measured":
        return Report(name, {"runs on": "any processor; it looks at no picture"}, ())
    if name.startswith(PREFIX):
        return _remote(name, servers)
    return check_hub(name, this_machine(), find(name), setup_of(name))


def _builtin() -> Report:
    try:
        info = Builtin().info
        load_weights(WEIGHTS)
    except (ModelError, OSError, ValueError, KeyError) as error:
        return Report("builtin", {}, (str(error),))
    size = sum(file.stat().st_size for file in WEIGHTS.iterdir() if file.is_file())
    weights = f"{info.revision} ({size / 1e6:.0f} MB, ship with Locution)"
    return Report(info.name, {"weights": weights, "runs on": "any processor, without torch"}, ())


def _remote(spec: str, servers: Servers) -> Report:
    """What became of one small picture sent to 'remote:<base url>#<model>'."""
    name = PREFIX + spec.removeprefix(PREFIX)
    try:
        base, model = parse_spec(spec.removeprefix(PREFIX))
    except ModelError as error:
        return Report(name, {}, (str(error),))
    facts = {"server": base}
    served = _served(base, servers.key)
    if served:
        facts["serves"] = ", ".join(served[:MOST_NAMES]) + (" ..." if len(served) > MOST_NAMES else "")
    limits = replace(servers.limits, patience=SECONDS, unmet=SECONDS)
    captioner = Remote(base, model, servers.key, limits)
    with tempfile.TemporaryDirectory() as folder:
        began = time.monotonic()
        (raw,) = captioner.read([_picture(Path(folder))])
        seconds = time.monotonic() - began
    if raw.error:
        trouble = [raw.error]
        if served and model not in served:
            trouble.append(f"'{model}' is none of the models it serves.")
        return Report(name, facts, tuple(trouble))
    has = captioner.abilities
    facts["calls itself"] = captioner.info.revision
    facts["answered"] = f"in {seconds:.1f} s, {len(raw.claims)} claim{'s' if len(raw.claims) != 1 else ''}"
    facts["held to"] = {"json_schema": "the JSON schema", "json_object": "JSON", "text": "nothing: plain text"}[
        has.answer
    ]
    facts["thinking"] = "switched off" if has.thinking_switch else "the server takes no switch for it"
    return Report(name, facts, ())


def _served(base: str, key: str) -> list[str]:
    """The names of the models a server lists; none where it lists nothing."""
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    try:
        found = httpx.get(f"{base}/models", headers=headers, timeout=SECONDS).json()
        return [str(one["id"]) for one in found["data"]]
    except (httpx.HTTPError, ValueError, KeyError, TypeError):
        return []


def _picture(folder: Path) -> Figure:
    """One row with one summit in the middle."""
    png, region = folder / "check.png", Region("chr1", 0, 100_000)
    box = TrackBox(1, 20, 380, 20, 140, 0.0, 10.0)
    with Image.new("RGB", (400, 160), "white") as picture:
        pen = ImageDraw.Draw(picture)
        pen.polygon([(190, 140), (200, 24), (210, 140)], fill="navy")
        pen.line([(20, 140), (380, 140)], fill="black")
        picture.save(png)
    track = Track(1, "H3K4me3", "signal", "bigwig", Path("check.bw"), "H3K4me3 ChIP-seq")
    return Figure(png, Layout(400, 160, region, (box,)), Scene(region, (track,)))
