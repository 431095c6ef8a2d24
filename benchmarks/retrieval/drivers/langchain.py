"""LangChain's minimal RAG up to the model: its splitter, its store in memory, our word vectors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.embedding.words import WordVectors
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_core.vectorstores import InMemoryVectorStore
from langchain_text_splitters import RecursiveCharacterTextSplitter

from benchmarks.retrieval.drivers import measuring

if TYPE_CHECKING:
    from pathlib import Path

SIZE, OVERLAP = 1000, 200  # characters; what its tutorials have


class _Words(Embeddings):
    """Our word vectors, as it wants embeddings."""

    def __init__(self) -> None:
        self._words = WordVectors()

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        vectors: list[list[float]] = self._words.documents(texts).tolist()
        return vectors

    def embed_query(self, text: str) -> list[float]:
        return self.embed_documents([text])[0]


def ingest(folder: Path) -> None:
    """The corpus, file by file, as it stands."""
    sources = measuring.read(folder, "sources.json")

    def work() -> int:
        documents = [
            Document(
                (folder / "corpus" / one).read_text(encoding="utf-8"), metadata={"source": one}
            )
            for one in sources
        ]
        splitter = RecursiveCharacterTextSplitter(
            chunk_size=SIZE, chunk_overlap=OVERLAP, add_start_index=True
        )
        chunks = splitter.split_documents(documents)
        store = InMemoryVectorStore(_Words())
        store.add_documents(chunks)
        store.dump(str(folder / "langchain.json"))
        return len(chunks)

    measuring.tell_ingest(work)


def search(folder: Path) -> None:
    """All questions; where a chunk stands is told, for us to say which sections it touches."""
    questions = measuring.read(folder, "questions.json")
    store = InMemoryVectorStore.load(str(folder / "langchain.json"), _Words())

    def ask(question: str, k: int = measuring.SHOWN) -> list[tuple[str, int, int]]:
        return [
            (
                one.metadata["source"],
                one.metadata["start_index"],
                one.metadata["start_index"] + len(one.page_content),
            )
            for one in store.similarity_search(question, k=k)
        ]

    measuring.tell_ready(lambda: ask(questions[0]))
    measuring.tell_cost("langchain", ask, questions)
    measuring.say(memory_mb=measuring.resident())
    measuring.say(way="langchain", chunks=[ask(one, measuring.DEPTH) for one in questions])


if __name__ == "__main__":
    measuring.run({"ingest": ingest, "search": search})
