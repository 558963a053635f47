"""Submissions whose process ends, or whose objects break whoever touches them."""

from tests.hostile.attack import RIGHT, Attack

__all__ = ["ATTACKS"]


def _calling(name: str, code: str) -> Attack:
    """Crashes in every call, so that there is no result."""
    body = "\n".join(f"    {line}" for line in code.splitlines())
    return Attack(name, f"import os, sys, torch\ndef truncated_svd(A, rank):\n{body}\n", most=0.0)


ATTACKS = [
    _calling("exits", "os._exit(0)"),
    _calling("exits-politely", "sys.exit('done')"),
    _calling("aborts", "os.abort()"),
    _calling("reads-from-nowhere", "import ctypes; ctypes.string_at(0)"),
    _calling("kills-itself", "os.kill(os.getpid(), 9)"),
    _calling("closes-everything", "os.closerange(0, 4096)\nreturn A"),
    _calling("raises-what-nobody-catches", "raise BaseException('out')"),
    _calling("interrupts", "raise KeyboardInterrupt"),
    _calling(
        "raises-what-cannot-be-shown",
        "class E(Exception):\n    def __str__(self): raise self\n    __repr__ = __str__\nraise E()",
    ),
    _calling(
        "raises-what-hangs-when-shown",
        "class E(Exception):\n    def __str__(self):\n        while True: pass\nraise E()",
    ),
    _calling(
        "returns-what-breaks-when-touched",
        "class R(dict):\n    def __len__(self): os._exit(3)\n    def __iter__(self): raise SystemExit\nreturn R()",
    ),
    _calling("recurses-past-every-limit", "sys.setrecursionlimit(10**9)\nreturn truncated_svd(A, rank)"),
    Attack(
        "takes-the-library-apart",
        RIGHT
        + """
import builtins, os, sys, struct
os.write = os.read = struct.pack = None
for name in ("len", "isinstance", "type", "str", "int"):
    delattr(builtins, name)
sys.modules.clear()
""",
    ),
    Attack("stops-at-the-first-line", "import os; os._exit(0)\n" + RIGHT),
    Attack("exits-when-it-is-over", RIGHT + "\nimport atexit, os\natexit.register(lambda: os._exit(9))\nexit()\n"),
    Attack(
        "dies-when-collected",
        RIGHT
        + "\nimport gc, os\nclass D:\n    def __del__(self): os._exit(4)\nfor _ in range(3): D()\ngc.set_threshold(1)\n",
    ),
]  # fmt: skip
