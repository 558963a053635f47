"""Submissions whose process ends, or whose objects break whoever touches them."""

from tests.hostile.attack import RIGHT, Attack
from tests.hostile.forge import FRAME

__all__ = ["ATTACKS"]


def _calling(name: str, code: str) -> Attack:
    """Crashes in every call, so that there is no result."""
    body = "\n".join(f"    {line}" for line in code.splitlines())
    return Attack(name, f"import os, sys, torch\ndef truncated_svd(A, rank):\n{body}\n", most=0.0)


def _answering(name: str, value: str) -> Attack:
    """Answers every call with a message of its own."""
    code = (
        FRAME
        + f"""
import msgspec
nothing = {{"type": "Nothing"}}
zero = {{"type": "Number", "value": 0.0}}
def array(shape, data=b"", dtype="float32"):
    return {{"type": "Array", "dtype": dtype, "shape": shape, "data": data}}
def items(names, *items):
    return {{"type": "Items", "type_name": "tuple", "items": items, "names": names}}
def answer(*arguments):
    send(msgspec.msgpack.encode({{"type": "Returned", "value": {value}, "after": [nothing] * len(arguments)}}))
    os._exit(0)
def truncated_svd(A, rank): answer(A, rank)
def sgd_factorise(A, rank, num_epochs=1000, lr=0.01): answer(A, rank, num_epochs, lr)
"""
    )
    return Attack(name, code, most=0.0)


def _returning(name: str, code: str) -> Attack:
    """Returns the `result` of this code from every call."""
    returned = "def truncated_svd(A, rank): return result\ndef sgd_factorise(A, rank, num_epochs=1000, lr=0.01): return result\n"
    return Attack(name, f"import torch\nA = torch.ones(3, 3)\n{code}\n{returned}", most=0.0)


ATTACKS = [
    _returning("returns-more-fields-than-items", "class P(tuple): _fields = ('a', 'b', 'u', 'v')\nresult = P((A, A))"),
    _returning("returns-fields-that-are-no-names", "class P(tuple): _fields = (1, None)\nresult = P((A, A))"),
    _returning(
        "returns-what-raises-where-it-is-read",
        "import dataclasses\n@dataclasses.dataclass\nclass D:\n    U: int = 1\n    def __getattribute__(self, name): raise SystemExit\nresult = D()",
    ),
    _returning(
        "returns-keys-that-cannot-be-shown",
        "class K:\n    def __str__(self): raise KeyboardInterrupt\n    __repr__ = __str__\nresult = {K(): A, '\\ud800\\n\\x1b[31m': A, 'U' * 10**6: A}",
    ),
    _returning("returns-whole-numbers-beyond-every-limit", "result = (10**400, -(2**63), [10**400] * 100)"),
    _returning("returns-an-empty-array-of-a-huge-shape", "import numpy\nresult = (numpy.zeros((0, 2**40)), numpy.zeros((2**40, 0)))"),
    _answering("answers-with-a-shape-beyond-numpy", "array([0, 2**63 - 1, 5])"),
    _answering("answers-with-factors-of-such-shapes", "items([], array([0, 2**63 - 1]), array([0, 2**62, 3]))"),
    _answering("answers-with-more-names-than-values", "items(['a', 'b', 'u', 'v'], zero, zero)"),
    _answering("answers-with-fewer-names-than-values", "items(['v', 'u'], zero, zero, zero)"),
    _answering("answers-with-one-name-twice", "items(['u', 'u'], zero, zero)"),
    _answering("answers-with-a-number-of-65-bits", "{'type': 'Number', 'value': 2**64 - 1}"),
    _answering("answers-with-a-million-values", "items([], *[nothing] * 50_000)"),
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
