"""`grade cluster up`: a Dask cluster on this machine, to try `--cluster` or to use all of a large machine."""

import os
import signal
import threading

import click

from grader.core.errors import ClusterError

__all__ = ["group"]


@click.group("cluster", short_help="Start a Dask cluster on this machine for `--cluster`.")
def group() -> None:
    """Grade on a cluster: `grade submissions/ --cluster ADDRESS`.

    This needs Dask: pip install 'lab-grader[cluster]'. You can use any Dask cluster whose workers have the
    same grader, lab and torch installed; this command starts one on this machine.
    """


@group.command("up")
@click.option(
    "--workers",
    type=click.IntRange(min=1),
    metavar="N",
    default=lambda: os.cpu_count() or 1,
    show_default="one for each core",
    help="Number of worker processes; each examines one submission at a time.",
)
@click.option(
    "--host",
    metavar="ADDRESS",
    default="127.0.0.1",
    show_default=True,
    help="Address to listen on. Anyone who can reach it can run programs as you: never use a public address.",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    metavar="PORT",
    default=8786,
    show_default=True,
    help="Port to listen on; 0 for any free port.",
)
def up(workers: int, host: str, port: int) -> None:
    """Start a scheduler and workers on this machine, print the address, and keep running until interrupted."""
    from grader.grading.cluster.dask_import import engine

    distributed = engine()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        cluster = distributed.LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            host=host,
            scheduler_port=port,
            dashboard_address=f"{host}:0",
            memory_limit=0,
        )
    except (OSError, RuntimeError) as error:
        raise ClusterError(f"A cluster could not be started at {host}:{port}: {error}.") from error
    with cluster:
        click.echo(f"{workers} workers at {cluster.scheduler_address}; press Ctrl-C to stop them.")
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            click.echo("Stopped.")
