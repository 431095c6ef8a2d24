"""Texts to vectors: words from a wheel, an encoder, or a provider."""
