"""What is stated of figures and what captions say of it, for tests of claim kinds."""

from __future__ import annotations

from vlm.claims.stating import state
from vlm.claims.verify import judge, judge_all
from vlm.models.measured import Measured
from vlm.score.perturbed import perturbed
from vlm.values.captioner import Figure
from vlm.values.claim import Judged
from vlm.words.caption import compose


def of_kind(figure: Figure, kind: str) -> list[Judged]:
    """What is stated of a kind, judged; every false version of it is contradicted."""
    assert figure.evidence is not None
    claims = [claim for claim in state(figure) if claim.kind == kind]
    for claim in claims:
        others = perturbed(claim, figure)
        assert others
        assert {"contradicted"} == {judge(other, figure.evidence, figure.scene).verdict for _, other in others}
    return judge_all(claims, figure.evidence, figure.scene)


def sentences(figure: Figure) -> tuple[list[str], list[str]]:
    """The caption in both languages, a sentence each; all that was claimed holds."""
    assert figure.evidence is not None
    judged = judge_all(Measured().read([figure])[0].claims, figure.evidence, figure.scene)
    assert [one for one in judged if one.verdict != "supported"] == []
    prose = compose(judged, figure.scene, figure.genes)
    return prose.told("en"), prose.told("zh")


def said(figure: Figure) -> tuple[str, str]:
    """The caption without its frame, in both languages; all that was claimed holds."""
    english, chinese = sentences(figure)
    return " ".join(english[1:]), "".join(chinese[1:])
