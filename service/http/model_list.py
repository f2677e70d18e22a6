"""The models a job may name, each with one line of what it is: for the form and the API. Keys are no part of it."""

from __future__ import annotations

from vlm.models.known_models import KNOWN, Known
from vlm.models.loading import families
from workers.settings import Settings


def list_models(settings: Settings) -> list[dict[str, str]]:
    """Every model by name, with `kind` (own, hub, remote ...) and `title`. A name in <...> is completed by who asks."""
    rows = [{"name": row.name, "kind": "own", "title": row.help} for row in families() if row.is_whole]
    rows += [{"name": f"hub:{known.id}", "kind": "hub", "title": _describe(known)} for known in KNOWN]
    rows += [
        {"name": row.usage, "kind": row.name.removesuffix(":"), "title": row.help}
        for row in families()
        if not row.is_whole and row.name != "remote:"
    ]
    rows += [
        {"name": f"remote:{base}#<model>", "kind": "remote", "title": "A model served there, by the name it has there"}
        for base in remote_servers(settings)
    ]
    return rows


def remote_servers(settings: Settings) -> list[str]:
    """Base URLs of the servers a job may name."""
    return settings.remote_servers.split()


def choices(settings: Settings, pictures: bool = False) -> list[tuple[str, list[dict[str, str]]]]:
    """The models as a form offers them: (group, options of name, label and title). 'hub' and 'remote:<base url>' are
    completed by what is typed beside them. `pictures`: only models that read a picture without data."""
    own = [{"name": row.name, "label": row.name, "title": row.help} for row in families() if row.is_whole]
    default = settings.model
    if pictures:
        own = [one for one in own if one["name"] == "auto"]
    elif default not in [one["name"] for one in own] and not default.startswith(("hub:", "remote:")):
        own.append({"name": default, "label": default, "title": "The default of this installation"})
    hub = [{"name": f"hub:{known.id}", "label": known.id, "title": _describe(known)} for known in KNOWN]
    hub.append({"name": "hub", "label": "another ...", "title": "Any image-text-to-text model of the Hugging Face hub"})
    remote = [
        {"name": f"remote:{base}", "label": base, "title": "A model served there, by the name it has there"}
        for base in dict.fromkeys([*remote_servers(settings), *_default_server(settings)])
    ]
    groups = [("Ready to use", own), ("Hugging Face, best on a GPU", hub), ("Servers", remote)]
    return [(name, options) for name, options in groups if options]


def _default_server(settings: Settings) -> list[str]:
    """The server of a remote default model, which need not be listed."""
    return [settings.model.removeprefix("remote:").partition("#")[0]] if settings.model.startswith("remote:") else []


def _describe(known: Known) -> str:
    size = f"{known.parameters:g} B parameters" if known.parameters is not None else "open model"
    facts = [
        size,
        f"{known.gigabytes:.0f} GB of GPU memory" if known.gigabytes else "",
        known.chart or "",
        known.licence or "",
    ]
    return ", ".join(fact for fact in facts if fact)
