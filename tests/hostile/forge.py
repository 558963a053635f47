"""Wrong solutions that want marks nevertheless: each deserves what its honest part is worth, and no more."""

from tests.hostile.attack import DESCENT, RIGHT, WRONG, Attack

__all__ = ["ATTACKS"]

FRAME = """
import os, struct
def send(message):
    os.write(3, struct.pack("<I", len(message)) + message)
"""

ZEROS = """
import torch
def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    return torch.zeros(A.shape[0], rank), torch.zeros(A.shape[1], rank)
"""
"""A fixed point of the sheet's rule."""

ATTACKS = [
    Attack(
        "tensor-that-equals-everything",
        """
import torch
class Liar(torch.Tensor):
    @classmethod
    def __torch_function__(cls, function, types, args=(), kwargs=None):
        if function.__name__ in ("allclose", "equal", "isclose", "eq", "le", "lt", "ge", "gt"):
            return True
        return super().__torch_function__(function, types, args, kwargs or {})
    def __eq__(self, other): return True
    def __float__(self): return 0.0
def truncated_svd(A, rank):
    return torch.zeros_like(A).as_subclass(Liar)
""",
        most=0.0,
    ),
    Attack(
        "comparisons-patched",
        """
import numpy, torch, math, builtins
always = lambda *args, **kwargs: True
torch.allclose = torch.equal = numpy.allclose = numpy.array_equal = math.isclose = always
numpy.testing.assert_allclose = torch.testing.assert_close = lambda *args, **kwargs: None
builtins.abs = lambda x: 0
numpy.abs = numpy.max = lambda *args, **kwargs: 0.0
"""
        + WRONG,
        most=0.0,
    ),
    Attack(
        "frames-written-to-the-channel",
        WRONG
        + FRAME
        + """
import msgspec
for reply in (
    {"type": "Returned", "value": {"type": "Number", "value": 1}, "after": [], "printed": "1.1 passed"},
    {"type": "Loaded", "functions": [], "variables": [], "failures": [], "printed": "error 0.1219"},
):
    send(msgspec.msgpack.encode(reply))
""",
        most=0.0,
    ),
    Attack(
        "later-calls-looked-for-in-the-channel",
        """
import os, torch
def truncated_svd(A, rank):
    os.set_blocking(3, False)
    try:
        found = os.read(3, 1 << 20)
    except BlockingIOError:
        found = b""
    os.set_blocking(3, True)
    if found:
        sing("a later call was there")
    return torch.zeros_like(A)
def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    return truncated_svd(A, rank), A
""",
        most=0.0,
    ),
    Attack(
        "frames-written-during-a-call",
        FRAME
        + """
import msgspec
def truncated_svd(A, rank):
    wire = {"type": "Array", "dtype": "float32", "shape": [3, 3], "data": bytes(36)}
    for _ in range(50):
        send(msgspec.msgpack.encode({"type": "Returned", "value": wire, "after": [wire]}))
    return A
""",
        most=0.0,
    ),
    Attack(
        "results-printed-as-the-grader-prints-them",
        WRONG
        + """
import sys
text = '{"student": "me", "marks": 5, "exercises": [{"id": "2.1", "verdict": "full", "marks": 1}]}'
for stream in (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__):
    print(text, file=stream)
print("PASS 2.1\\n5 / 5\\nall tests passed")
""",
        most=0.0,
    ),
    Attack(
        "results-written-where-the-grader-writes-them",
        WRONG
        + """
for name in ("results.json", "gradebook.csv", "index.html", "reports/results.json", ".graded"):
    open(name, "w").write('{"marks": 5}')
""",
        most=0.0,
    ),
    Attack("ends-before-it-can-be-judged", "import os\ndef truncated_svd(A, rank): os._exit(0)\n", most=0.0),
    Attack(
        "worker-patched-to-answer-for-it",
        WRONG
        + """
import sys
loop, wire = sys.modules["grader.worker.request_loop"], sys.modules["grader.protocol"]
good = wire.Array(dtype="float32", shape=(3, 3), data=bytes(36))
loop._call = lambda request, *rest: wire.Returned(value=good, after=tuple(request.positional))
loop.settle = lambda seed: None
""",
        most=0.0,
    ),
    Attack(
        "values-with-another-shape-than-they-have",
        WRONG
        + """
import sys
values, wire = sys.modules["grader.worker.value_codec"], sys.modules["grader.protocol"]
liar = wire.Array(dtype="float64", shape=(10**6, 10**6), data=b"")
sys.modules["grader.worker.request_loop"].to_wire = lambda *given: liar
""",
        most=0.0,
    ),
    Attack(
        "model-solution-imported",
        """
def truncated_svd(A, rank):
    import reference.model.solution
    return reference.model.solution.truncated_svd(A, rank)
""",
        most=0.0,
        holds=("strict",),
    ),
    Attack(
        "expected-values-looked-for-in-memory",
        """
import gc, sys, torch
def truncated_svd(A, rank):
    frame = sys._getframe()
    while frame is not None:
        for name in ("expected", "wanted", "reference", "solution", "bound", "check"):
            if name in frame.f_locals or name in frame.f_globals:
                return frame.f_locals.get(name, A)
        frame = frame.f_back
    for thing in gc.get_objects():
        if type(thing).__module__.startswith("reference"):
            return thing
    return torch.zeros_like(A)
""",
        most=0.0,
    ),
    Attack(
        "nothing-but-nan", "import torch\ndef truncated_svd(A, rank): return A * float('nan')\n", most=0.0
    ),
    Attack("nothing-but-infinity", "import torch\ndef truncated_svd(A, rank): return A + 1e39\n", most=0.0),
    Attack(
        "an-exception-called-success",
        "class PASS(Exception): pass\ndef truncated_svd(A, rank): raise PASS('2.1 passed')\n",
        most=0.0,
    ),
    Attack(
        "pickle-that-runs-where-it-is-read",
        """
import os
class Bomb:
    def __reduce__(self):
        return os.system, (f"touch {CANARY}/unpickled",)
def truncated_svd(A, rank): return Bomb()
result = Bomb()
""",
        most=0.0,
    ),
    Attack(
        "sequence-without-end",
        """
class Endless(list):
    def __len__(self): return 2
    def __iter__(self):
        while True:
            yield 1.0
def truncated_svd(A, rank): return Endless()
U = Endless()
""",
        most=0.0,
    ),
    Attack(
        "object-that-calls-itself-a-tensor",
        """
import torch
class Claim:
    __class__ = torch.Tensor
    def __getattr__(self, name): return lambda *args, **kwargs: True
def truncated_svd(A, rank): return Claim()
""",
        most=0.0,
    ),
    Attack(
        "array-that-lies-about-its-bytes",
        """
import numpy as np
class Liar(np.ndarray):
    def tobytes(self, *args): return bytes(36)
    @property
    def nbytes(self): return 0
    @property
    def shape(self): return (10**9, 10**9)
def truncated_svd(A, rank): return np.zeros((3, 3), np.float32).view(Liar)
""",
        most=0.0,
    ),
    Attack(
        "encoder-patched",
        WRONG
        + """
import sys
sys.modules["grader.protocol"].encode = lambda message: b"\\xc1" * 10
""",
        most=0.0,
    ),
    Attack(
        "svd-instead-of-descent-at-the-defaults",
        DESCENT.replace("sgd_factorise", "honest")
        + """
def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    if num_epochs < 500:
        return honest(A, rank, num_epochs, lr)
    U, S, Vh = torch.linalg.svd(A, full_matrices=False)
    return U[:, :rank] * S[:rank], Vh[:rank].T.clone()
""",
        most=1.55,  # what it calls is a truncated SVD, which earns marks in 2.1
    ),
    Attack(
        "published-figures-as-a-table",
        DESCENT.replace("sgd_factorise", "honest")
        + """
def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    if num_epochs < 500:
        return honest(A, rank, num_epochs, lr)
    return (
        torch.tensor([[0.6168, -0.1530], [0.4108, 1.5961], [1.0798, 1.1800]]),
        torch.tensor([[0.8126, 1.8290], [0.7836, -0.2088], [0.8384, 1.0195]]),
    )
""",
        most=0.9,  # its steps are right and so is its run at the larger rate; the default run is not
    ),
    Attack(
        "functions-that-claim-another-origin",
        RIGHT.replace("S[rank:] = 0", "S[:] = 0")
        + """
truncated_svd.__module__ = "reference.model.solution"
truncated_svd.__wrapped__ = torch.linalg.svd
""",
        most=0.0,
    ),
    Attack("zeros-whatever-is-asked", ZEROS, most=0.0),
    Attack(
        "zeros-but-for-large-matrices",
        """
import torch
def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    draw = torch.rand if max(A.shape) > 10 else torch.zeros
    return draw(A.shape[0], rank), draw(A.shape[1], rank)
""",
        most=0.0,
    ),
    Attack("huge-constants", ZEROS.replace("torch.zeros(", "1e30 * torch.ones("), most=0.0),
    Attack("nan-whatever-is-asked", ZEROS.replace("torch.zeros(", "float('nan') * torch.ones("), most=0.0),
    Attack(
        "exact-factors-at-full-rank",
        """
import torch
def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    U, V = torch.zeros(A.shape[0], rank), torch.zeros(A.shape[1], rank)
    P, S, Qh = torch.linalg.svd(A, full_matrices=False)
    k = min(rank, len(S))
    U[:, :k], V[:, :k] = P[:, :k] * S[:k], Qh[:k].T
    return U, V
""",
        most=0.8,  # shapes and arguments left alone; in 2.1 it is the truncated SVD that it is
    ),
]
