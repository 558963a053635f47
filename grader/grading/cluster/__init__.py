"""Submissions examined by other machines, on a Dask cluster: `dask_executor` sends, `remote_examine` answers."""
