"""Each library as its own documentation sets it up for Chinese, offline. The only importer of all of them.

Where a library takes a tokenizer it gets jieba's search mode. Where it takes vectors it gets those of our encoder through
its own interface. Nothing else is tuned, and nothing is downloaded.
"""

import os
import warnings
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np

from benchmarking.contest import DEPTH, SPARE, Material, Search

MOST = DEPTH * SPARE


@dataclass(frozen=True, slots=True)
class Contestant:
    """A row of the table: what it is called, the modules it needs, what to install for them, and how it is built.

    `most` questions are asked where each takes too long for all.
    """

    title: str
    modules: tuple[str, ...]
    packages: tuple[str, ...]
    build: Callable[[Material], Search]
    most: int | None = None


def _ours(material: Material) -> Search:
    from app.embed import Encoder
    from app.index import open_snapshot
    from app.retrieve import Retriever
    from app.settings import open_settings
    from app.text import Analyzer, read_lexicon

    settings = open_settings()
    encoder = Encoder.open(settings.model, threads=settings.threads, offline=True)
    analyzer = Analyzer(read_lexicon(settings.lexicon))
    retriever = Retriever(open_snapshot(material.index), analyzer, encoder)
    return lambda question, count: [
        hit.chunk.position for hit in retriever.search(question, limit=count, as_of=None)
    ]


def _jieba() -> Callable[[str], list[str]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import jieba
    jieba.initialize()
    cut: Callable[[str], list[str]] = jieba.lcut_for_search
    return cut


def _bm25s(material: Material) -> Search:
    cut = _jieba()
    made = _module("bm25s").BM25()
    made.index([cut(text) for text in material.texts], show_progress=False)

    def search(question: str, count: int) -> list[int]:
        most = min(count, len(material.clauses))
        found, _ = made.retrieve([cut(question)], k=most, show_progress=False)
        return [int(number) for number in found[0]]

    return search


def _rank_bm25(material: Material) -> Search:
    cut = _jieba()
    made = _module("rank_bm25").BM25Okapi([cut(text) for text in material.texts])
    return lambda question, count: _highest(made.get_scores(cut(question)), count)


def _rank_bm25_rebuilt(material: Material) -> Search:
    cut, texts, okapi = _jieba(), material.texts, _module("rank_bm25").BM25Okapi
    return lambda question, count: _highest(
        okapi([cut(text) for text in texts]).get_scores(cut(question)), count
    )


def _highest(scores: Any, count: int) -> list[int]:
    return [int(number) for number in np.argsort(-scores, kind="stable")[:count]]


def _haystack_of(documents: Iterable[Mapping[str, Any]]) -> Any:
    store = _module("haystack.document_stores.in_memory").InMemoryDocumentStore()
    document = _module("haystack").Document
    store.write_documents([document(id=str(n), **fields) for n, fields in enumerate(documents)])
    return store


def _haystack(material: Material) -> Search:
    store = _haystack_of({"content": text} for text in material.texts)
    retriever = _module(_HAYSTACK_RETRIEVERS).InMemoryBM25Retriever(document_store=store)
    return lambda question, count: [
        int(each.id) for each in retriever.run(query=question, top_k=count)["documents"]
    ]


def _haystack_vectors(material: Material) -> Search:
    rows = zip(material.texts, material.vectors, strict=True)
    store = _haystack_of({"content": text, "embedding": row.tolist()} for text, row in rows)
    retriever = _module(_HAYSTACK_RETRIEVERS).InMemoryEmbeddingRetriever(document_store=store)

    def search(question: str, count: int) -> list[int]:
        vector = material.encode([question])[0].tolist()
        return [int(each.id) for each in retriever.run(query_embedding=vector, top_k=count)["documents"]]

    return search


def _txtai(material: Material) -> Search:
    return _txtai_search(_module("txtai").Embeddings(keyword=True), material)


def _txtai_hybrid(material: Material) -> Search:
    places = {text: n for n, text in enumerate(material.texts)}

    def vectors_of(texts: list[str]) -> Any:
        if all(text in places for text in texts):
            return np.asarray(material.vectors[[places[text] for text in texts]])
        return material.encode(list(texts))

    made = _module("txtai").Embeddings(method="external", transform=vectors_of, hybrid=True)
    return _txtai_search(made, material)


def _txtai_search(made: Any, material: Material) -> Search:
    made.index((n, text, None) for n, text in enumerate(material.texts))
    return lambda question, count: [int(number) for number, _ in made.search(question, count)]


def _llama(material: Material) -> Search:
    return _llama_bm25(list(material.texts), lambda question: question, {})


def _llama_jieba(material: Material) -> Search:
    # Its `tokenizer` parameter is deprecated and without effect: words reach it with spaces between them.
    cut = _jieba()

    def spaced(text: str) -> str:
        return " ".join(cut(text))

    options = {"token_pattern": r"(?u)\b\w+\b", "skip_stemming": True}
    return _llama_bm25([spaced(text) for text in material.texts], spaced, options)


def _llama_bm25(texts: list[str], read: Callable[[str], str], options: Mapping[str, Any]) -> Search:
    node = _module("llama_index.core.schema").TextNode
    nodes = [node(id_=str(n), text=text) for n, text in enumerate(texts)]
    retriever = _module("llama_index.retrievers.bm25").BM25Retriever
    made = retriever.from_defaults(nodes=nodes, similarity_top_k=min(MOST, len(nodes)), **options)
    return lambda question, count: [int(each.node.node_id) for each in made.retrieve(read(question))[:count]]


def _llama_vectors(material: Material) -> Search:
    node = _module("llama_index.core.schema").TextNode
    rows = zip(material.texts, material.vectors, strict=True)
    nodes = [node(id_=str(n), text=t, embedding=row.tolist()) for n, (t, row) in enumerate(rows)]
    index = _module("llama_index.core").VectorStoreIndex(nodes=nodes, embed_model=_llama_encoder(material))
    retriever = index.as_retriever(similarity_top_k=min(MOST, len(nodes)))
    return lambda question, count: [int(each.node.node_id) for each in retriever.retrieve(question)[:count]]


def _llama_encoder(material: Material) -> Any:
    """Our encoder, through the interface that LlamaIndex documents for one's own."""

    def embed(_: Any, text: str) -> list[float]:
        made: list[float] = material.encode([text])[0].tolist()
        return made

    async def embed_async(_: Any, text: str) -> list[float]:
        return embed(_, text)

    methods = {
        "_get_query_embedding": embed,
        "_get_text_embedding": embed,
        "_aget_query_embedding": embed_async,
    }
    return type("Ours", (_module("llama_index.core.embeddings").BaseEmbedding,), methods)()


def _module(name: str) -> Any:
    # Imported by name, so that types are checked alike with and without the optional packages.
    return import_module(name)


def silence() -> None:
    """Keep the libraries from calling home."""
    os.environ["HAYSTACK_TELEMETRY_ENABLED"] = "False"
    os.environ["HF_HUB_OFFLINE"] = os.environ["TRANSFORMERS_OFFLINE"] = "1"


_HAYSTACK_RETRIEVERS = "haystack.components.retrievers.in_memory"
_HAYSTACK = (("haystack",), ("haystack-ai",))
_TXTAI = (("txtai",), ("txtai",))
_LLAMA = (
    ("llama_index.core", "llama_index.retrievers.bm25"),
    ("llama-index-core", "llama-index-retrievers-bm25"),
)
OURS = "ours"
CONTESTANTS: Mapping[str, Contestant] = {
    OURS: Contestant("政问", (), (), _ours),
    "bm25s": Contestant("bm25s + jieba", ("bm25s",), ("bm25s",), _bm25s),
    "rank_bm25": Contestant("rank_bm25 + jieba", ("rank_bm25",), ("rank_bm25",), _rank_bm25),
    "rank_bm25_rebuilt": Contestant(
        "rank_bm25 + jieba，每问重建", ("rank_bm25",), ("rank_bm25",), _rank_bm25_rebuilt, most=5
    ),
    "haystack": Contestant("Haystack BM25", *_HAYSTACK, _haystack),
    "haystack_vectors": Contestant("Haystack 向量（政问的编码）", *_HAYSTACK, _haystack_vectors),
    "txtai": Contestant("txtai 关键词", *_TXTAI, _txtai),
    "txtai_hybrid": Contestant("txtai 混合（政问的编码）", *_TXTAI, _txtai_hybrid),
    "llama": Contestant("LlamaIndex BM25", *_LLAMA, _llama),
    "llama_jieba": Contestant("LlamaIndex BM25 + jieba", *_LLAMA, _llama_jieba),
    "llama_vectors": Contestant("LlamaIndex 向量（政问的编码）", *_LLAMA, _llama_vectors),
}
