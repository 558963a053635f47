"""How this machine isolates student code, each claim proved by trying to break it.

Every attempt is a file like a student's, run in a throw-away worker. Success is judged from outside where it is
visible there: a file that exists, a connection that arrives.
"""

import os
import platform
import socket
import tempfile
import textwrap
from collections.abc import Callable, Iterator
from importlib import metadata
from pathlib import Path

import psutil

from grader import protocol
from grader.core.assets import package_folder
from grader.core.frozen import Frozen
from grader.core.limits import Level, Limits
from grader.core.observation import Died
from grader.sandbox.fork_server import ForkServer
from grader.sandbox.worker_client import Worker

__all__ = ["ClaimOutcome", "IsolationClaim", "Surroundings", "facts", "try_claims"]

LIMITS = Limits(
    call_seconds=1.0,
    idle_factor=2.0,
    memory=512 * 1024**2,
    file_size=4 * 1024**2,
    folder_size=8 * 1024**2,
    threads=4,
)
"""Tighter than for grading, so that exceeding them costs this machine little."""

THROUGH = "it got through"


class Surroundings(Frozen, frozen=True):
    """The setting of the attempts: no worker may touch the folder `outside`; `port` is listening."""

    outside: Path
    secret: str
    port: int
    arrived: Callable[[], bool]
    """Whether anything connected to the port."""


class IsolationClaim(Frozen, frozen=True):
    """One claim: `code` tries to break it and prints THROUGH on success; `seen` looks from outside.

    Claims that are not `strict_only` hold on every level.
    """

    claim: str
    code: str
    strict_only: bool = False
    seen: Callable[[Surroundings], bool] = lambda around: False
    death: bool = False
    """Whether the worker must have been ended for it, not just refused."""


class ClaimOutcome(Frozen, frozen=True):
    """The result of an attempt. `promised` is False if the tested level does not claim it."""

    claim: str
    held: bool
    promised: bool
    evidence: str


def isolation_claims() -> tuple[IsolationClaim, ...]:
    """Every claim with the attempt to break it. `OUTSIDE`, `PORT` and `GRADER` are filled in before it runs."""
    return (
        IsolationClaim(
            "reads no file outside its own folder, Python and torch",
            'print(open(OUTSIDE + "/secret.txt").read())',
            strict_only=True,
        ),
        IsolationClaim(
            "reads nothing of the grader or the lab",
            f'open(GRADER + "/grading/pipeline.py").read(); print("{THROUGH}")',
            strict_only=True,
        ),
        IsolationClaim(
            "writes only in its own folder",
            'open(OUTSIDE + "/written", "w").close()',
            strict_only=True,
            seen=lambda around: (around.outside / "written").exists(),
        ),
        IsolationClaim(
            "removes and changes no file outside",
            'import os; os.chmod(OUTSIDE + "/kept", 0o777); os.truncate(OUTSIDE + "/kept", 0); '
            'os.unlink(OUTSIDE + "/kept")',
            strict_only=True,
            seen=_kept_is_changed,
        ),
        IsolationClaim(
            "opens no connection",
            'import socket; socket.create_connection(("127.0.0.1", PORT), timeout=1)',
            strict_only=True,
            seen=lambda around: around.arrived(),
        ),
        IsolationClaim(
            "starts no process",
            f"""
            import os
            if os.fork() == 0:
                os._exit(0)
            print("{THROUGH}")
            """,
            strict_only=True,
        ),
        IsolationClaim(
            "starts no program",
            f'import subprocess; subprocess.run(["true"]); print("{THROUGH}")',
            strict_only=True,
        ),
        IsolationClaim(
            "signals no other process",
            f'import os; os.kill(os.getppid(), 0); print("{THROUGH}")',
            strict_only=True,
        ),
        IsolationClaim(
            "sees nothing of other processes in /proc",
            f'import os; open(f"/proc/{{os.getppid()}}/environ", "rb").read(); print("{THROUGH}")',
            strict_only=True,
        ),
        IsolationClaim(
            "inherits no open file except its channel",
            f"""
            import os
            def is_open(number):
                try:
                    os.fstat(number)
                except OSError:
                    return False
                return True
            if any(map(is_open, range(4, 2000))):
                print("{THROUGH}")
            """,
        ),
        IsolationClaim(
            "sees none of your environment variables",
            f'import os\nif {{"HOME", "USER", "GRADE_DOCTOR_SECRET"}} & set(os.environ): print("{THROUGH}")',
        ),
        IsolationClaim(
            f"allocates at most {LIMITS.memory // 1024**2} MB",
            f'kept = bytearray({2 * LIMITS.memory}); print("{THROUGH}")',
        ),
        IsolationClaim("computes no longer than one call may", "while True: pass", death=True),
        IsolationClaim("does not wait for ever", "import time; time.sleep(1000)", death=True),
        IsolationClaim(
            f"writes no file of more than {LIMITS.file_size // 1024**2} MB",
            f"""
            with open("big", "wb") as file:
                for _ in range({LIMITS.file_size // 1024**2 + 1}):
                    file.write(bytes(1024 ** 2))
            print("{THROUGH}")
            """,
        ),
        IsolationClaim(
            f"keeps no more than {LIMITS.folder_size // 1024**2} MB of files",
            """
            import time
            for number in range(100):
                with open(str(number), "wb") as file:
                    file.write(bytes(1024 ** 2))
                time.sleep(0.02)
            """,
            death=True,
        ),
        IsolationClaim(
            f"runs at most {LIMITS.threads} threads",
            f"""
            import threading, time
            threading.stack_size(65536)
            for _ in range({2 + LIMITS.threads}):
                threading.Thread(target=time.sleep, args=(30,), daemon=True).start()
            while True: pass
            """,
            death=True,
        ),
        IsolationClaim(
            f"opens at most {LIMITS.open_files} files",
            f'kept = [open("/dev/null") for _ in range({2 * LIMITS.open_files})]; print("{THROUGH}")',
        ),
    )


def _kept_is_changed(around: Surroundings) -> bool:
    kept = around.outside / "kept"
    return not kept.exists() or kept.read_text() != "kept" or bool(kept.stat().st_mode & 0o111)


def try_claims(fork_server: ForkServer) -> Iterator[ClaimOutcome]:
    """Run every attempt on the level of the workers of `fork_server`."""
    with tempfile.TemporaryDirectory(prefix="grade-doctor-") as folder, socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        listener.settimeout(0.2)
        outside = Path(folder) / "outside"
        outside.mkdir()
        secret = os.urandom(8).hex()
        (outside / "secret.txt").write_text(secret)
        (outside / "kept").write_text("kept")
        (outside / "kept").chmod(0o600)
        around = Surroundings(outside, secret, listener.getsockname()[1], lambda: _arrives(listener))
        for number, claim in enumerate(isolation_claims()):
            own = Path(folder) / f"worker{number}"
            own.mkdir()
            yield _tried(claim, fork_server, own, around, fork_server.level)


def _tried(
    claim: IsolationClaim, fork_server: ForkServer, own: Path, around: Surroundings, level: Level
) -> ClaimOutcome:
    attempt = (
        "def attempt():\n" + textwrap.indent(textwrap.dedent(claim.code).strip(), "    ") + "\nattempt()\n"
    )
    names = f"OUTSIDE = {str(around.outside)!r}; PORT = {around.port}; GRADER = {str(package_folder())!r}\n"
    worker = Worker(fork_server, own, LIMITS)
    try:
        load = protocol.Load(code=names + attempt, filename="attempt.py", seed=1)
        reply, _ = worker.ask(load, LIMITS.call_seconds)
    finally:
        worker.close()
    printed = reply.printed if isinstance(reply, protocol.Loaded) else ""
    through = THROUGH in printed or around.secret in printed or claim.seen(around)
    if claim.death and not isinstance(reply, Died):
        through = True
    return ClaimOutcome(
        claim.claim, not through, level == "strict" or not claim.strict_only, _evidence(reply, through)
    )


def _evidence(reply: protocol.Reply | Died, through: bool) -> str:
    if through:
        return "nothing stopped it"
    if isinstance(reply, Died):
        return f"ended: {reply.text}"
    if isinstance(reply, protocol.Loaded) and reply.failures:
        failure = reply.failures[-1]
        return f"{failure.type_name}: {failure.text}"
    return "no error, and no effect"


def _arrives(listener: socket.socket) -> bool:
    try:
        connection, _ = listener.accept()
    except OSError:
        return False
    connection.close()
    return True


def facts() -> tuple[tuple[str, str], ...]:
    """Facts about this machine, as names and values to show."""
    return (
        ("System", f"{platform.system()} {platform.release()} ({platform.machine()})"),
        ("Landlock", _landlock()),
        ("seccomp", _seccomp()),
        ("User", "root" if os.getuid() == 0 else f"an ordinary user ({os.getuid()})"),
        ("Python", platform.python_version()),
        ("torch", metadata.version("torch")),
        ("Cores", str(os.cpu_count() or 1)),
        ("Memory", f"{psutil.virtual_memory().available / 1024**3:.1f} GB free"),
        (
            "Temporary files",
            f"{tempfile.gettempdir()}, {psutil.disk_usage(tempfile.gettempdir()).free / 1024**3:.1f} GB free",
        ),
    )


def _landlock() -> str:
    try:
        import py_landlock

        return f"version {py_landlock.get_abi_version()} of its interface"
    except ImportError:
        return "the Python package py-landlock is not installed"
    except py_landlock.LandlockError as error:
        return f"missing: {error}"


def _seccomp() -> str:
    try:
        import pyseccomp

        return f"libseccomp, level {pyseccomp.get_api()} of its interface"
    except ImportError:
        return "the Python package pyseccomp is not installed"
    except (RuntimeError, OSError) as error:
        return f"missing: {error}. The package is libseccomp2 on Debian and Ubuntu, libseccomp on Fedora."
