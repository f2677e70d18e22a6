"""Tiny real files for tests, made by the libraries that labs make them with."""

from __future__ import annotations

import os
import signal
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyBigWig
import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, settings

from service.app import create_app
from vlm.models.loading import load_captioner
from workers.queue import steps
from workers.settings import Settings
from workers.store.database import Store, upgrade

os.environ["HF_HUB_OFFLINE"] = "1"  # no test may wait for a network; read when huggingface_hub is first imported

SCENES = Path(__file__).parents[2] / "shared" / "scenes" / "scenes.json"
"""Real loci that are not part of the repository."""

settings.register_profile(
    "locution",
    deadline=None,  # no example is late,
    # and none slow to make, however busy the machine; fixtures that make files may make one more for each example
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    derandomize=bool(os.environ.get("CI")),  # a CI tries the same ones every time
)
settings.load_profile("locution")

MakeBigWig = Callable[..., Path]

GTF = """\
chr1\ttest\tgene\t20001\t40000\t.\t+\t.\tgene_id "G1"; gene_name "ALPHA";
chr1\ttest\ttranscript\t20001\t40000\t.\t+\t.\tgene_id "G1"; gene_name "ALPHA"; transcript_id "T1";
chr1\ttest\texon\t20001\t21000\t.\t+\t.\tgene_id "G1"; gene_name "ALPHA"; transcript_id "T1";
chr1\ttest\texon\t39001\t40000\t.\t+\t.\tgene_id "G1"; gene_name "ALPHA"; transcript_id "T1";
chr1\ttest\ttranscript\t25001\t40000\t.\t+\t.\tgene_id "G1"; gene_name "ALPHA"; transcript_id "T2";
chr1\ttest\texon\t25001\t25500\t.\t+\t.\tgene_id "G1"; gene_name "ALPHA"; transcript_id "T2";
chr1\ttest\texon\t39001\t40000\t.\t+\t.\tgene_id "G1"; gene_name "ALPHA"; transcript_id "T2";
chr1\ttest\tCDS\t20501\t39500\t.\t+\t0\tgene_id "G1"; gene_name "ALPHA"; transcript_id "T1";
chr1\ttest\ttranscript\t60001\t80000\t.\t-\t.\tgene_id "G2"; gene_name "BETA"; transcript_id "T3";
chr1\ttest\texon\t60001\t80000\t.\t-\t.\tgene_id "G2"; gene_name "BETA"; transcript_id "T3";
"""
"""ALPHA (+, TSS at 20,000 and 25,000) and BETA (-, TSS at 79,999), 0-based."""


# A shell that is not interactive starts what it runs behind with interrupts ignored, and all that is started from there
# ignores them too: tests interrupt themselves and what they start.
signal.signal(signal.SIGINT, signal.default_int_handler)

FORKING = ("test_workers_crew.py", "test_service_read.py", "test_service_batch.py")
"""Tests that fork this process run before any other: the library that reads .hic files starts a thread of its own once
it is loaded, and a fork from then on may wait for a lock that this thread held. A crew is made before it is loaded."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the tests that fork first, the others in their order."""
    items.sort(key=lambda item: FORKING.index(item.path.name) if item.path.name in FORKING else len(FORKING))


@pytest.fixture
def make_bigwig(tmp_path: Path) -> MakeBigWig:
    """Writes a bigWig of one chromosome from an array with one value per `step` bases; NaN is left out."""

    def make(
        values: np.ndarray, name: str = "signal.bw", chrom: str = "chr1", step: int = 100, length: int = 0
    ) -> Path:
        path = tmp_path / name
        starts = np.flatnonzero(np.isfinite(values))
        with pyBigWig.open(str(path), "w") as bigwig:
            bigwig.addHeader([(chrom, length or len(values) * step)])
            if len(starts):
                first, last = (starts * step).tolist(), ((starts + 1) * step).tolist()
                bigwig.addEntries([chrom] * len(starts), first, ends=last, values=values[starts].astype(float).tolist())
        return path

    return make


def _bigbed_tree(chroms: dict[str, int]) -> bytes:
    """The tree of chromosomes of a bigBed, as one leaf."""
    width = max(map(len, chroms))
    leaf = b"".join(struct.pack(f"<{width}sII", chrom.encode(), at, chroms[chrom]) for at, chrom in enumerate(chroms))
    return struct.pack("<IIIIQQBBH", 0x78CA8C91, len(chroms), width, 8, len(chroms), 0, 1, 0, len(chroms)) + leaf


def _bigbed_blocks(rows: list[str], chroms: dict[str, int], at: int) -> tuple[bytes, bytes]:
    """The rows, a block a chromosome, and the leaf of their index; the first block will stand at offset `at`."""
    names, data, leaf = list(chroms), b"", b""
    for number, chrom in enumerate(names):
        own = [row.split("\t", 3) for row in rows if row.split("\t")[0] == chrom]
        block = b"".join(
            struct.pack("<III", number, int(row[1]), int(row[2])) + "".join(row[3:]).encode() + b"\0" for row in own
        )
        last = max((int(row[2]) for row in own), default=0)
        leaf += struct.pack("<IIIIQQ", number, 0, number, last, at + len(data), len(block))
        data += block
    return data, leaf


@pytest.fixture
def make_bigbed(tmp_path: Path) -> Callable[..., Path]:
    """Writes a bigBed from sorted BED rows, in the smallest form that is valid: no zoom levels, nothing compressed."""

    def make(rows: list[str], chroms: dict[str, int], autosql: str, defined: int, name: str = "a.bb") -> Path:
        text, tree = autosql.encode() + b"\0", _bigbed_tree(chroms)
        fields = rows[0].count("\t") + 1
        tree_at = 64 + len(text) + 40
        data_at = tree_at + len(tree)
        data, leaf = _bigbed_blocks(rows, chroms, data_at + 8)
        index_at = data_at + 8 + len(data)
        head = struct.pack(
            "<IHHQQQHHQQIQ", 0x8789F2EB, 4, 0, tree_at, data_at, index_at, fields, defined, 64, 64 + len(text), 0, 0
        )
        index = struct.pack(
            "<IIQIIIIQIIBBH",
            0x2468ACE0,
            256,
            len(chroms),
            0,
            0,
            len(chroms) - 1,
            max(chroms.values()),
            index_at,
            1,
            0,
            1,
            0,
            len(chroms),
        )
        path = tmp_path / name
        summary = struct.pack("<Qdddd", len(rows), 1.0, 1.0, 1.0, 1.0)
        path.write_bytes(head + text + summary + tree + struct.pack("<Q", len(rows)) + data + index + leaf)
        return path

    return make


@pytest.fixture
def gtf(tmp_path: Path) -> Path:
    """A GTF of two genes, ALPHA with two isoforms."""
    path = tmp_path / "genes.gtf"
    path.write_text(GTF, encoding="utf-8")
    return path


@pytest.fixture
def scenes() -> Path:
    """The shared scenes; skips where they are not at hand."""
    if not SCENES.is_file():
        pytest.skip("the shared scenes (../shared/scenes) are not on this machine")
    return SCENES


@pytest.fixture
def peaky() -> np.ndarray:
    """Values for 100 kb at 100 bp: peaks at the TSS of ALPHA (20 kb, tall) and of BETA (80 kb, half as tall)."""
    x = np.arange(1000)
    values: np.ndarray = 40 * np.exp(-(((x - 200) / 6) ** 2)) + 20 * np.exp(-(((x - 798) / 6) ** 2)) + 0.2
    return values


class Site:
    """The web application on a folder of its own; every ring works the queues here and now, unless `work` is False."""

    def __init__(self, data: Path) -> None:
        self.settings = Settings(data=data, model="measured")
        upgrade(self.settings)
        self.app = create_app(self.settings, self.ring)
        self.client: FlaskClient = self.app.test_client()
        self.store: Store = self.app.extensions["store"]
        self.work = True
        self.bigwig = self.gtf = data

    def ring(self, queue: str, waiting: int) -> None:
        if self.work or queue == "prepare":
            self.run_queues()

    def run_queues(self, most: int = 1000) -> None:
        """Do up to `most` units of the work that waits."""
        for _ in range(most):
            if not (
                steps.prepare_next(self.store)
                or steps.render_next(self.store)
                or steps.read_next(self.store, load_captioner)
            ):
                return

    def get(self, path: str) -> dict[str, Any]:
        return self.client.get("/api/v1" + path).get_json()

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = self.client.post("/api/v1" + path, json=body)
        assert answer.status_code < 300, answer.get_data(as_text=True)
        return answer.get_json()

    def upload(self, path: Path) -> dict[str, Any]:
        with path.open("rb") as file:
            answer = self.client.post("/api/v1/files", data={"file": (file, path.name)})
        assert answer.status_code == 201, answer.get_data(as_text=True)
        return answer.get_json()

    def make_track_set(self, label: str = "H3K4me3") -> dict[str, Any]:
        tracks = [{"file": self.upload(self.bigwig)["id"], "label": label}, {"file": self.upload(self.gtf)["id"]}]
        return self.post("/track-sets", {"assembly": "hg19", "tracks": tracks})

    def make_job(self, loci: str, label: str = "H3K4me3") -> dict[str, Any]:
        made = self.make_track_set(label)
        job = self.post("/jobs", {"track_set": made["id"], "loci": loci, "model": "measured"})
        return self.get(f"/jobs/{job['id']}")


@pytest.fixture
def site(tmp_path: Path, make_bigwig: MakeBigWig, peaky: np.ndarray, gtf: Path) -> Iterator[Site]:
    """A web site with a bigWig and a GTF at hand to upload."""
    made = Site(tmp_path / "data")
    made.bigwig, made.gtf = make_bigwig(peaky, "K562_H3K4me3.bw"), gtf
    yield made
    made.store.close()


@pytest.fixture(scope="session")
def tiny_vlm(tmp_path_factory: pytest.TempPathFactory, byte_tokenizer: Any) -> Path:
    """A folder with an Idefics3 of 86,000 random parameters and a byte tokenizer: it loads without torchvision."""
    import torch
    from transformers import Idefics3Config, Idefics3ForConditionalGeneration, Idefics3Processor
    from transformers.models.idefics3.image_processing_pil_idefics3 import Idefics3ImageProcessorPil

    tokenizer, template = byte_tokenizer, byte_tokenizer.chat_template
    square = {"longest_edge": 64}
    images = Idefics3ImageProcessorPil(size=square, max_image_size=square, do_image_splitting=False)
    small: dict[str, Any] = {
        "hidden_size": 32,
        "intermediate_size": 64,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
    }
    config = Idefics3Config(
        image_token_id=VLM_TOKENS.index("<image>"),
        pad_token_id=0,
        scale_factor=2,
        vision_config=small | {"image_size": 64, "patch_size": 16},
        text_config=small
        | {
            "model_type": "llama",
            "vocab_size": len(tokenizer),
            "num_key_value_heads": 2,
            "max_position_embeddings": 16384,
            "pad_token_id": 0,
            "bos_token_id": None,
            "eos_token_id": 1,
        },
    )
    torch.manual_seed(0)
    path = tmp_path_factory.mktemp("tiny")
    Idefics3ForConditionalGeneration(config).save_pretrained(path)
    Idefics3Processor(images, tokenizer, image_seq_len=4, chat_template=template).save_pretrained(path)
    return path


VLM_TOKENS = ["<pad>", "<eos>", "<image>", "<fake_token_around_image>", "<end_of_utterance>", "<global-img>"]
VLM_TEMPLATE = (
    "{% for message in messages %}{{ message['role'] }}: {% for part in message['content'] %}"
    "{% if part['type'] == 'image' %}<image>{% else %}{{ part['text'] }}{% endif %}{% endfor %}"
    "<end_of_utterance>\n{% endfor %}{% if add_generation_prompt %}assistant:{% endif %}"
)


@pytest.fixture(scope="session")
def byte_tokenizer() -> Any:
    """A tokenizer of bytes with an image token and a chat template: no vocabulary to download."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    places = [f"<row_{i}_col_{j}>" for i in range(1, 7) for j in range(1, 7)]
    words = [*VLM_TOKENS, *places, *sorted(pre_tokenizers.ByteLevel.alphabet())]
    tokenizer = Tokenizer(models.BPE(vocab={word: i for i, word in enumerate(words)}, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token="<pad>",
        eos_token="<eos>",
        additional_special_tokens=[*VLM_TOKENS[2:], *places],
        chat_template=VLM_TEMPLATE,
    )
