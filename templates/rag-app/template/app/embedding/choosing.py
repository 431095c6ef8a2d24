"""Which embedder the setting EMBEDDINGS means."""

from app.embedding.embedder import Embedder
from app.service.errors import UserError
from app.settings import Settings


def load_embedder(settings: Settings) -> Embedder:
    """Returns the embedder; weights are read, and a provider is asked, when the first text comes.

    Raises:
        UserError: Its package is not installed, or a key is missing.
    """
    if settings.embeddings == "words":
        from app.embedding.words import WordVectors

        return WordVectors()
    if settings.embeddings == "encoder":
        from app.embedding.encoder import Encoder

        return Encoder()
    from app.embedding.provider import Provider

    key = settings.openai_api_key.get_secret_value()
    if not key and not settings.openai_base_url:
        raise UserError(
            f"EMBEDDINGS={settings.embeddings} needs a key.",
            "Set OPENAI_API_KEY, or OPENAI_BASE_URL to a service that wants none.",
        )
    _, _, model = settings.embeddings.partition(":")
    return Provider(model, settings.openai_base_url, key)
