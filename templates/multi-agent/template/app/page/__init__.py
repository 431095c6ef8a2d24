"""The pages: `/` to ask, watch and decide, `/trace/{run_id}` to look closer."""
