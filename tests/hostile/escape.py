"""Attempts to read, write, reach or signal what is not the submission's.

Each is made while the file is loaded and again within a call, beside a right solution.
"""

from textwrap import indent

from tests.hostile.attack import RIGHT, Attack

__all__ = ["ATTACKS"]

STRICT = ("strict",)
BOTH = ("strict", "process")


def _escape(name: str, code: str, holds: tuple[str, ...] = STRICT) -> Attack:
    called = RIGHT.replace("    U, S, Vh", "    attempt()\n    U, S, Vh")
    return Attack(
        name, f"def attack():\n{indent(code.strip(), '    ')}\n{ATTEMPT}{called}\nattack()\n", holds=holds
    )


ATTEMPT = """
def attempt():
    try:
        attack()
    except RuntimeError:
        raise
    except Exception:
        pass
"""
"""Within a call only success is told, so that the right solution around it keeps its mark."""


LIBC = "import ctypes\nlibc = ctypes.CDLL(None, use_errno=True)\n"

ATTACKS = [
    _escape("reads-a-secret", "sing(open(CANARY + '/secret.txt').read())"),
    _escape(
        "reads-a-secret-through-a-link-of-its-own",
        "import os\nos.symlink(CANARY + '/secret.txt', 'link')\nsing(open('link').read())",
    ),
    _escape(
        "reads-the-grader",
        "import grader\nsing(open(grader.__path__[0] + '/execution/check_runner.py').read()[:80])",
    ),
    _escape("reads-the-work-of-others", "sing(open(CLASS + '/honest-right/lab.py').read()[:80])"),
    _escape("lists-the-class", "import os\nsing(os.listdir(CLASS))"),
    _escape("reads-the-results", "import os\nsing(os.listdir(OUT))"),
    _escape("reads-the-users-accounts", "sing(open('/etc/passwd').read()[:80])"),
    _escape(
        "reads-with-the-kernels-own-calls",
        LIBC
        + """
number = libc.syscall(257, -100, (CANARY + "/secret.txt").encode(), 0)
if number >= 0:
    sing(number)
""",
    ),
    _escape("writes-outside", "open(CANARY + '/written', 'w').close()"),
    _escape("overwrites-a-file", "open(CANARY + '/target.txt', 'w').write('mine')"),
    _escape("appends-to-the-work-of-others", "open(CLASS + '/honest-right/lab.py', 'a').write('1 / 0')"),
    _escape("writes-its-own-results", "import os\nos.makedirs(OUT + '/students/me')"),
    _escape("removes-a-file", "import os\nos.unlink(CANARY + '/target.txt')"),
    _escape("removes-the-class", "import shutil\nshutil.rmtree(CLASS + '/honest-wrong')"),
    _escape(
        "renames-a-file-over-another",
        "import os\nopen('x', 'w').close()\nos.replace('x', CANARY + '/target.txt')",
    ),
    _escape(
        "links-a-file-to-itself",
        "import os\nos.link(CANARY + '/target.txt', 'mine')\nopen('mine', 'w').close()",
    ),
    _escape("takes-modes-away", "import os\nos.chmod(CANARY + '/target.txt', 0)\nos.chmod(CLASS, 0)"),
    _escape("changes-times", "import os\nos.utime(CANARY + '/target.txt', (1, 1))"),
    _escape("shortens-a-file", "import os\nos.truncate(CANARY + '/target.txt', 0)"),
    _escape("leaves-a-pipe-outside", "import os\nos.mkfifo(CANARY + '/pipe')"),
    _escape("leaves-shared-memory", "open('/dev/shm/' + WORD, 'w').write('x')\nsing('shared memory')"),
    _escape("connects", "import socket\nsocket.create_connection(('127.0.0.1', PORT), 1).send(b'x')"),
    _escape(
        "sends-a-datagram",
        "import socket\nsocket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', PORT))\nsing('sent')",
    ),
    _escape(
        "listens",
        "import socket\ns = socket.socket()\ns.bind(('127.0.0.1', 0))\ns.listen()\nsing('listens')",
    ),
    _escape(
        "speaks-to-a-local-socket",
        "import socket\nsocket.socket(socket.AF_UNIX).connect(CANARY + '/socket')\nsing('connected')",
    ),
    _escape(
        "asks-for-a-page",
        "import urllib.request\nurllib.request.urlopen(f'http://127.0.0.1:{PORT}', timeout=1)",
    ),
    _escape("forks", "import os\nif os.fork() == 0:\n    os._exit(0)\nsing('forked')"),
    _escape("starts-a-program", "import subprocess\nsubprocess.Popen(['sleep', WORD])\nsing('started')"),
    _escape("starts-a-shell", "import os\nos.system(f'touch {CANARY}/shell')"),
    _escape("becomes-a-program", "import os\nos.execv('/bin/sh', ['sh', '-c', f'touch {CANARY}/exec'])"),
    _escape(
        "starts-processes-of-python",
        "import multiprocessing\nmultiprocessing.get_context('fork').Process(target=print).start()\nsing('started')",
    ),
    _escape(
        "runs-a-program-from-memory",
        "import os\nnumber = os.memfd_create('x')\nsing(number)",
    ),
    _escape(
        "ends-its-parent", "import os, time\nos.kill(os.getppid(), 15)\ntime.sleep(1)\nsing('signalled')"
    ),
    _escape("finds-out-whom-it-may-signal", "import os\nos.kill(1, 0)\nos.kill(-1, 0)\nsing('signalled')"),
    _escape(
        "traces-its-parent",
        LIBC + "import os\nif libc.ptrace(16, os.getppid(), 0, 0) == 0:\n    sing('traced')",
    ),
    _escape("reads-its-parents-memory", "import os\nsing(open(f'/proc/{os.getppid()}/maps').read()[:80])"),
    _escape(
        "reads-its-parents-environment", "import os\nsing(open(f'/proc/{os.getppid()}/environ').read()[:80])"
    ),
    _escape(
        "reads-the-environment",
        """
import os
if {"HOME", "USER", "GITHUB_TOKEN", "SSH_AUTH_SOCK", "PYTHONPATH"} & set(os.environ):
    sing(sorted(os.environ))
if os.environ.get("TMPDIR") != os.getcwd():
    sing(os.environ.get("TMPDIR"))
""",
        BOTH,
    ),
    _escape(
        "uses-files-left-open",
        """
import os
for number in range(4, 4096):
    try:
        os.fstat(number)
    except OSError:
        continue
    sing(number)
""",
        BOTH,
    ),
    _escape(
        "raises-its-limits",
        """
import resource
for kind in (resource.RLIMIT_AS, resource.RLIMIT_FSIZE, resource.RLIMIT_NOFILE):
    try:
        resource.setrlimit(kind, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    except (ValueError, OSError):
        continue
    sing(kind)
""",
    ),
    _escape(
        "becomes-root-of-a-world-of-its-own", LIBC + "if libc.unshare(0x10000000) == 0:\n    sing('unshared')"
    ),
    _escape("moves-its-root", "import os\nos.chroot('.')\nsing('moved')"),
    _escape("mounts", LIBC + "if libc.mount(b'none', b'.', b'tmpfs', 0, 0) == 0:\n    sing('mounted')"),
    _escape(
        "uses-rings-instead-of-calls",
        LIBC + "if libc.syscall(425, 8, ctypes.create_string_buffer(120)) >= 0:\n    sing('ring')",
    ),
    _escape(
        "takes-the-rules-off",
        LIBC + "if libc.syscall(446, 3, 0) == 0 or libc.prctl(22, 0) == 0:\n    sing('off')",
    ),
    _escape(
        "outlives-its-grader",
        LIBC + "if libc.prctl(1, 0) == 0:\n    sing('would outlive the grader')",
    ),
    _escape(
        "makes-signals-come-to-others",
        "import fcntl, os\nfcntl.fcntl(3, fcntl.F_SETOWN, os.getppid())\nsing('owner set')",
    ),
    _escape(
        "takes-the-processor-for-itself",
        "import os\nos.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))\nsing('scheduled')",
    ),
]
