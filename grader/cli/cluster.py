"""`grade cluster up`: a Dask cluster on this machine, to try `--cluster` with or to use all of a large machine."""

import os
import signal
import threading

import click

from grader.core.errors import ClusterError

__all__ = ["group"]


@click.group("cluster", short_help="Start a Dask cluster of this machine for `--cluster`.")
def group() -> None:
    """Grade on a cluster: `grade submissions/ --cluster ADDRESS`.

    Needs Dask: pip install 'lab-grader[cluster]'. Any Dask cluster will do whose workers have the same grader,
    lab and torch installed; this command starts one here.
    """


@group.command("up")
@click.option(
    "--workers",
    type=click.IntRange(min=1),
    metavar="N",
    default=lambda: os.cpu_count() or 1,
    show_default="one for each core",
    help="Worker processes, each of which examines one submission at a time.",
)
@click.option(
    "--host",
    metavar="ADDRESS",
    default="127.0.0.1",
    show_default=True,
    help="Where to listen. Whoever reaches it can run programs as you: never a public address.",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    metavar="PORT",
    default=8786,
    show_default=True,
    help="Where to listen; 0 for any that is free.",
)
def up(workers: int, host: str, port: int) -> None:
    """Start a scheduler and workers on this machine, print the address, and keep them until interrupted."""
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
        raise ClusterError(f"No cluster could be started at {host}:{port}: {error}.") from error
    with cluster:
        click.echo(f"{workers} workers at {cluster.scheduler_address}; end them with Ctrl-C.")
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            click.echo("Ended.")
