"""Submissions that take too much of something, by malice or by accident, beside a right solution."""

import zipfile
from pathlib import Path

from tests.hostile.attack import RIGHT, Attack

__all__ = ["ATTACKS"]

BOTH = ("strict", "process")


def _loading(
    name: str, code: str, most: float = 1.0, holds: tuple[str, ...] = BOTH, least: float | None = None
) -> Attack:
    """Takes it while the file is loaded."""
    return Attack(name, RIGHT + code, most=most, holds=holds, least=least)


def _calling(name: str, code: str) -> Attack:
    """Takes it in every call, so that there is no result."""
    return Attack(name, f"import torch\ndef truncated_svd(A, rank):\n    {code}\n    return A\n", most=0.0)


def _scripts(folder: Path) -> None:
    """Eight hundred, each as long as a program may be, in a small archive."""
    code = "".join(f"x{number} = f({number}, [a[{number}] + b for a in c])\n" for number in range(4_000))
    with zipfile.ZipFile(folder / "more.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(800):
            archive.writestr(f"more/part{number:04}.py", code)


def _pages(folder: Path) -> None:
    for number in range(20):
        (folder / f"page{number:02}.html").write_text("<html>" + "<p>a</p>" * 500_000, encoding="utf-8")


LONG = "".join(f"    x{number} = [A[0, 0] * {number} + rank, (rank - {number})]\n" for number in range(3_000))

ATTACKS = [
    _loading("takes-all-memory-piece-by-piece", "\nhoard = []\nwhile True: hoard.append('a' * 10**7)\n" + "B = A @ A\n" * 9),
    _loading(
        "announces-statements-without-end",
        """
import msgspec, os, struct, time
for number in range(50, 10**9):
    body = msgspec.msgpack.encode({"type": "Started", "statement": number, "line": 1})
    os.write(3, struct.pack("<I", len(body)) + body)
    time.sleep(0.1)
""",
        least=0.0,  # it says itself that another statement is running
    ),
    _loading("computes-a-little-in-every-statement", "\nfrom time import process_time as now\n" + "end = now() + 1\nwhile now() < end: pass\n" * 40),
    _calling("returns-a-list-of-a-million-zeros", "return [[0.0] * 1000] * 1000"),
    _calling("returns-a-pair-of-such-lists", "return [[0.0] * 1000] * 1000, [[0.0] * 1000] * 1000"),
    _calling("returns-thousands-of-matrices", "return [torch.ones(1, 1)] * 19_999"),
    _calling("returns-a-million-empty-lists", "return [[]] * 10**6"),
    _calling("returns-as-much-as-it-may-each-time", "return torch.rand(140, 140), 'x' * 10**5, [0.0] * 300"),
    _loading("keeps-more-numbers-than-are-read", "\nfor i in range(400): globals()[f'kept{i}'] = torch.full((90, 100), float(i))\n"),
    _loading("keeps-a-long-list-of-matrices", "\nkept = [torch.ones(1, 1)] * 19_999\n"),
    _loading("computes-for-ever", "\nwhile True: pass\n"),
    _loading("waits-for-ever", "\nimport time; time.sleep(10_000)\n"),
    _loading("stops-itself", "\nimport os; os.kill(os.getpid(), 19)\n"),
    _loading("ignores-every-signal", "\nimport signal\nfor s in set(signal.Signals) - {9, 19}: signal.signal(s, signal.SIG_IGN)\nwhile True: pass\n"),
    _loading("holds-the-interpreter", "\nx = 10 ** (10 ** 9)\n"),
    _loading("backtracks-for-ever", "\nimport re; re.match(r'(a+)+$', 'a' * 60 + 'b')\n"),
    _loading("hoards-memory", "\nhoard = []\nwhile True: hoard.append(bytearray(50_000_000))\n"),
    _calling("asks-for-a-huge-tensor", "return torch.ones(10**11)"),
    _calling("returns-a-large-tensor", "return torch.ones(30_000, 1_000)"),
    _calling("recurses-for-ever", "return truncated_svd(A, rank)"),
    _loading("opens-every-file-it-may", "\nkept = []\nwhile True: kept.append(open('/dev/null'))\n"),
    _loading("writes-one-large-file", "\nwith open('large', 'wb') as f:\n    while True: f.write(bytes(10**6))\n"),
    _loading(
        "writes-many-files",
        "\nimport itertools\nfor i in itertools.count():\n    with open(f'f{i}', 'wb') as f: f.write(bytes(100_000))\n",
    ),
    _loading("writes-empty-files-without-end", "\nimport itertools\nfor i in itertools.count(): open(f'f{i}', 'w').close()\n"),
    _loading(
        "nests-folders-without-end",
        "\nimport os\nfor i in range(1500):\n    os.mkdir('d'); os.chdir('d')\n",
    ),
    _loading("prints-without-end", "\nwhile True: print('x' * 10_000)\n"),
    _loading("floods-descriptors", "\nimport os\nfor i in range(2000): os.write(1, bytes(50_000)); os.write(2, bytes(50_000))\n"),
    _loading(
        "starts-threads-without-end",
        "\nimport threading, time\nthreading.stack_size(65536)\nwhile True: threading.Thread(target=time.sleep, args=(99,), daemon=True).start()\n",
    ),
    _loading(
        "starts-many-processes",
        "\nimport subprocess\nfor i in range(150): subprocess.Popen(['sleep', WORD])\n",
    ),
    _loading(
        "leaves-a-process-behind",
        "\nimport os\nif os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0: os.execvp('sleep', ['sleep', WORD])\n    os._exit(0)\n",
    ),
    _loading("defines-functions-without-end", "\nfor i in range(5000): exec(f'def f{i}(x{i}): return x{i}')\n"),
    Attack("hands-in-thousands-of-scripts", RIGHT, make=_scripts),
    Attack("hands-in-pages-that-cost-half-a-minute-each", RIGHT, make=_pages),
    Attack("hands-in-a-script-nobody-can-read", RIGHT, others={"more.py": "x = 1 +* 2 " + "a (b " * 60_000}),
    Attack("hands-in-a-wrong-function-of-thousands-of-lines", f"import torch\ndef truncated_svd(A, rank):\n{LONG}    return A\n", most=0.0),
    _loading("keeps-a-long-list", "\nlong = list(range(1_000_000))\nwide = [[0.0] * 5000 for _ in range(5000)]\n"),
]  # fmt: skip
