"""Examine submissions on other machines, on a Dask cluster. Nothing here judges: it transports bytes."""
