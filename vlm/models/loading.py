"""From the name of a model to its captioner. Back ends load late: naming a model costs no torch import."""

from __future__ import annotations

from vlm.values.captioner import Captioner, ModelError


def resolve(name: str) -> str:
    """The name of a model: 'auto' becomes the best this machine runs (logged, with the reason), others stay."""
    if name != "auto":
        return name
    from vlm.models.known_models import choose

    return choose().name


def load_captioner(name: str) -> Captioner:
    """The captioner called `name`: 'builtin', 'measured', 'hub:<id>[@revision]', or 'auto' (see `resolve`).

    Raises ModelError with the valid names, or with the missing extra.
    """
    name = resolve(name)
    if name == "builtin":
        from vlm.models.builtin import Builtin

        return Builtin()
    if name == "measured":
        from vlm.models.measured import Measured

        return Measured()
    if name.startswith("hub:") and len(name) > len("hub:"):
        from vlm.models.hub import Hub

        return Hub.load(name.removeprefix("hub:"))
    if name.startswith("remote:"):
        from vlm.models.remote import Remote

        return Remote.load(name.removeprefix("remote:"))
    raise ModelError(
        f"Model '{name}' is not known. Use 'builtin', 'measured', 'hub:<Hugging Face id>[@revision]', or "
        "'remote:<base url>#<model>'."
    )
