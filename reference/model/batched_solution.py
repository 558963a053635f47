"""The model solution, vectorised to run from many starts at once.

The cells of an epoch depend on each other and are visited one after the other, as on the sheet. Only the
starts are independent, so only they are vectorised.
"""

import torch
from torch import Tensor

__all__ = ["factorise", "uniform_starts"]

CHUNK = 10_000
"""How many starts to run together: few enough for U, V and the errors to fit in a processor's cache."""


def factorise(
    A: Tensor, U0: Tensor, V0: Tensor, num_epochs: int = 1000, lr: float = 0.01, M: Tensor | None = None
) -> tuple[Tensor, Tensor]:
    """Run the sheet's rule from every start (sheet, exercises 1.1 and 3.1).

    A: (m, n). U0: (B, m, rank) and V0: (B, n, rank), of the same floating dtype, in which the run is
    computed. M: (m, n), 1 if a cell is observed; None if all are. The values at hidden cells are not read.
    Returns U: (B, m, rank) and V: (B, n, rank) and does not change the arguments. A start that diverges ends
    as inf or nan and does not affect the others. Raises ValueError if the shapes do not match.
    """
    m, n = A.shape
    if U0.shape[1:] != (m, V0.shape[-1]) or V0.shape[:2] != (U0.shape[0], n):
        raise ValueError(f"starts {tuple(U0.shape)} and {tuple(V0.shape)} do not fit A of shape {(m, n)}")
    if M is not None and M.shape != A.shape:
        raise ValueError(f"mask of shape {tuple(M.shape)} does not fit A of shape {(m, n)}")
    cells = [(r, c, float(A[r, c])) for r in range(m) for c in range(n) if M is None or bool(M[r, c] == 1)]
    chunks = zip(torch.split(U0, CHUNK), torch.split(V0, CHUNK), strict=True)
    ends = [_factorise_chunk(cells, U, V, num_epochs, lr) for U, V in chunks]
    return torch.cat([U for U, _ in ends]), torch.cat([V for _, V in ends])


def _factorise_chunk(
    cells: list[tuple[int, int, float]], U0: Tensor, V0: Tensor, num_epochs: int, lr: float
) -> tuple[Tensor, Tensor]:
    # Starts are laid out last, so that each operation runs along contiguous memory.
    U = U0.permute(1, 2, 0).clone(memory_format=torch.contiguous_format)  # (m, rank, B)
    V = V0.permute(1, 2, 0).clone(memory_format=torch.contiguous_format)  # (n, rank, B)
    rows = [(u, u.unbind()) for u in U.unbind()]
    columns = [(v, v.unbind()) for v in V.unbind()]
    e = U.new_empty(U.shape[-1])
    for _ in range(num_epochs):
        for r, c, wanted in cells:
            (u, u_parts), (v, v_parts) = rows[r], columns[c]
            e.fill_(wanted)
            for u_k, v_k in zip(u_parts, v_parts, strict=True):
                e.addcmul_(u_k, v_k, value=-1)
            u.addcmul_(e, v, value=lr)
            v.addcmul_(e, u, value=lr)
    return U.permute(2, 0, 1).contiguous(), V.permute(2, 0, 1).contiguous()


def uniform_starts(B: int, m: int, n: int, rank: int, seed: int | torch.Generator) -> tuple[Tensor, Tensor]:
    """Draw B starts from U(0, 1) without using torch's global generator.

    Returns U0: (B, m, rank) float32 and V0: (B, n, rank) float32.
    """
    generator = torch.Generator().manual_seed(seed) if isinstance(seed, int) else seed
    return torch.rand(B, m, rank, generator=generator), torch.rand(B, n, rank, generator=generator)
