"""The page at `/`: a conversation with the documents, for people who have never seen an API."""
