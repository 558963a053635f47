"""Submissions examined by other machines, on a Dask cluster. Nothing here judges: it carries bytes there and back."""
