"""What is in a server's answer: the text, whether it was cut off, and what of it is thought rather than said.

Models that think aloud do so where the server puts it: in `reasoning_content` (vLLM, SGLang, llama-server, DeepSeek),
in `reasoning` (OpenRouter, newer vLLM), or in the text itself, up to a closing </think>.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

OPENING, CLOSING = "<think>", "</think>"
ASKED_FOR = '"sentences"'
"""What an answer as it was asked for holds."""

STILL_THINKING = (
    "The model thought aloud until its answer was cut off. Start its server with thinking switched off (for vLLM: "
    "--default-chat-template-kwargs '{\"enable_thinking\": false}'), or take a model that answers at once."
)


@dataclass(frozen=True)
class Written:
    """What the model wrote. `cut`: it was stopped before it was done; `thinking`: and had not begun to answer."""

    text: str
    cut: bool
    thinking: bool = False

    @classmethod
    def of(cls, found: Mapping[str, Any]) -> Written:
        """From the JSON of an answer. Text in parts is joined; an answer without any is ''."""
        choices = found.get("choices")
        choice = choices[0] if isinstance(choices, list) and choices and isinstance(choices[0], dict) else {}
        message = choice.get("message")
        message = message if isinstance(message, dict) else {}
        cut = choice.get("finish_reason") == "length"
        thought = next((text for key in ("reasoning_content", "reasoning") if (text := _text(message.get(key)))), "")
        content = _text(message.get("content"))
        said, inside = without_thought(content)
        if not said.strip() and ASKED_FOR in thought:  # a server that takes an answer without a thought for a thought
            said, inside = thought, False
        return cls(said, cut, cut and not said.strip() and (inside or bool(thought)))


def without_thought(text: str) -> tuple[str, bool]:
    """The text after its thought, and whether the thought never ended (then nothing was said)."""
    head, closing, tail = text.rpartition(CLOSING)
    if closing:
        return tail, False
    if text.lstrip().startswith(OPENING):
        return "", True
    return head + tail, False


def _text(content: Any) -> str:
    if isinstance(content, list):
        return "".join(str(part.get("text") or "") for part in content if isinstance(part, dict))
    return content if isinstance(content, str) else ""
