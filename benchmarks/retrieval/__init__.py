"""The search of `rag-app` beside a popular vector store and a popular framework."""
