"""The page at `/`: a form made from the schema, for people who have never seen an API."""
