"""Generate wrong solutions from correct ones, with one mutation each.

``python -m tests.tools.mutants`` rewrites ``tests/corpus/mutants/*.py`` and ``tests/corpus/mutants.toml`` and
prints the number of mutants of each operator. The result depends only on this file and on the bases in
``tests/corpus/right``.

An operator finds its place in the syntax tree of a base and edits the text there, so that comments and style
are kept. To work with very different styles, it uses roles ("U's row", "the bound of the rows"), and each
base defines how it writes them. A base without such a place is skipped. Every operator is applied to the few
suitable bases with the fewest mutants so far. Mutations that leave a base correct, or turn it into a sound
variant, are listed in `EXCLUDED` with the reason.
"""

import ast
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple, Never, TypeVar

CORPUS = Path(__file__).parents[1] / "corpus"
FOLDER = CORPUS / "mutants"
LABELS = CORPUS / "mutants.toml"


# --- Bases ------------------------------------------------------------------------------------------------


class Base(NamedTuple):
    """A correct solution: the functions that may be changed, and how it writes each role."""

    name: str
    exercise: str
    functions: tuple[str, ...]
    roles: dict[str, str]


SHEET = {
    "a": "A[r, c]",
    "u": "U[r]",
    "v": "V[c]",
    "r": "r",
    "c": "c",
    "e": "e",
    "lr": "lr",
    "rank": "rank",
    "epochs": "num_epochs",
    "rows": "A.shape[0]",
    "cols": "A.shape[1]",
    "residual": "A - U @ V.T",
}
"""How most solutions of 1.1 and 3.1 write the roles; `residual` is the matrix of all errors."""

SIZES = {"rows": "m", "cols": "n"}
VIEWS = {"u": "u", "v": "v"}


def _one(name: str, *functions: str, **roles: str) -> Base:
    return Base(f"one_{name}", "1.1", functions or ("sgd_factorise",), SHEET | roles)


def _mask(name: str, *functions: str, **roles: str) -> Base:
    written = SHEET | {"mask": "M[r, c]"} | roles
    return Base(f"mask_{name}", "3.1", functions or ("sgd_factorise_masked",), written)


def _svd(name: str, function: str = "truncated_svd", **roles: str) -> Base:
    return Base(f"svd_{name}", "2.1", (function,), {"rank": "rank"} | roles)


BASES = (
    _one("as_on_the_sheet", **SIZES),
    _one("k_loops_apart", a="A[r][c]", u="U[r][k]", v="V[c][k]", rows="rows", cols="cols"),
    _one("float_lists", **SIZES, a="a[r][c]", u="ur[k]", v="vc[k]", residual=""),
    _one("numpy_inside", **SIZES, a="X[r, c]", residual="X - U @ V.T"),
    _one("while", **SIZES, u="U[r, :]", v="V[c, :]"),
    _one("helpers", "init_factor", "cell_error", "update_cell", "run_epoch", "sgd_factorise"),
    _one(
        "no_defaults",
        a="X[i, j]",
        u="U[i]",
        v="V[j]",
        r="i",
        c="j",
        rows="I",
        cols="J",
        e="delta",
        lr="eta",
        rank="R",
        epochs="N",
        residual="X - U @ V.T",
    ),
    _one("add_alpha", **SIZES),
    _one("zip_views", **VIEWS, a="a"),
    _one(
        "class_fit",
        "predict",
        "_epoch",
        "fit",
        "sgd_factorise",
        u="self.U[r]",
        v="self.V[c]",
        residual="A - self.U @ self.V.T",
        lr="self.lr",
        rank="self.rank",
        epochs="self.num_epochs",
    ),
    _one("v_transposed_inside", **SIZES, u="U[r, :]", v="Vt[:, c]", residual="A - U @ Vt"),
    _one("product"),
    _one("column_major", **SIZES),
    _one(
        "camel_case",
        "sgdFactorise",
        a="A[rowIdx:rowIdx + 1, colIdx:colIdx + 1]",
        u="rowOfU",
        v="rowOfV",
        e="currErr",
        r="rowIdx",
        c="colIdx",
        rows="numRows",
        cols="numCols",
        lr="learningRate",
        epochs="numEpochs",
    ),
    _mask("if_truthy", **SIZES, truthy="M[r, c]"),
    _mask("continue", **VIEWS, truthy="M[r, c]"),
    _mask("equals_one", **SIZES, a="A[i][j]", u="U[i][k]", v="V[j][k]", r="i", c="j", mask="M[i][j]"),
    _mask("times_error"),
    _mask("learning_rate", lr="rates[r, c]", mask="rates[r, c]"),
    _mask("nonzero", cells="torch.nonzero(M)"),
    _mask("torch_where"),
    _mask("hadamard", a="MA[r, c]", mask="M"),
    _mask("zip_rows", **VIEWS, a="valor", e="error", lr="tasa", rank="rango", epochs="epocas", mask="visto"),
    _mask("observed_list", "observed_cells", "sgd_factorise_masked", truthy="M[r, c]"),
    _mask(
        "column_major",
        a="A[item, user]",
        u="items[item]",
        v="users[user]",
        r="item",
        c="user",
        mask="M[item, user]",
        truthy="M[item, user]",
    ),
    _mask(
        "class_fit_transform",
        "step",
        "fit",
        "sgd_factorise_masked",
        u="self.U[r]",
        v="self.V[c]",
        a="a",
        lr="self.lr",
    ),
    _svd("vh_slices"),
    _svd("deprecated"),
    _svd("numpy"),
    _svd("outer_sum"),
    _svd("eigh_double"),
    _svd("rectangular_sigma"),
    _svd("right_projector", rank="k"),
    _svd("left_projector"),
    _svd("matrix_and_loss"),
    _svd("two_factors"),
    _svd("zero_last", "svd_reconstruct"),
    _svd("deflation", "drop_last_singular_value"),
    _svd("truncated_back", "svd_truncated"),
    _svd("full_slices"),
    _svd("capital_name", "truncated_SVD", rank="r"),
    _svd("low_rank_approx", "low_rank_approx", rank="k"),
)


# --- Places in the text -----------------------------------------------------------------------------------


class Edit(NamedTuple):
    """A replacement of the text between two offsets."""

    start: int
    end: int
    text: str


T = TypeVar("T", bound=ast.AST)
Edits = list[Edit]
Loop = ast.For | ast.While


class NoPlaceError(LookupError):
    """The base has no place for the operator."""


Operation = Callable[["Source"], Edits]


class Source:
    """A base, with the means to find a place by its role and to change the text there."""

    def __init__(self, base: Base) -> None:
        self.base = base
        self.text = (CORPUS / "right" / f"{base.name}.py").read_text(encoding="utf-8")
        self.lines = self.text.splitlines(keepends=True)
        tree = ast.parse(self.text)
        self.parent = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
        named = {node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
        self.functions = [named[name] for name in base.functions]
        """In the order of the base's list, which has the function that computes the error first."""

    def __getitem__(self, role: str) -> str:
        if role not in self.base.roles:
            raise NoPlaceError(role)
        return self.base.roles[role]

    def walk(self, inside: ast.AST | None = None) -> Iterator[ast.AST]:
        """The nodes of the functions, or those inside one node, in the order of the text."""
        for top in self.functions if inside is None else [inside]:
            placed = [node for node in ast.walk(top) if isinstance(node, ast.expr | ast.stmt)]
            yield from sorted(placed, key=lambda node: (node.lineno, node.col_offset))

    def first(self, kind: type[T], fits: Callable[[T], bool], inside: ast.AST | None = None) -> T:
        """The first node of a kind that fits."""
        for node in self.walk(inside):
            if isinstance(node, kind) and fits(node):
                return node
        raise NoPlaceError(kind.__name__)

    def find(self, role: str, inside: ast.AST | None = None) -> ast.expr:
        """The first place where the role is read."""
        wanted = ast.unparse(ast.parse(self[role], mode="eval"))
        return self.first(
            ast.expr,
            lambda node: (
                ast.unparse(node) == wanted and not isinstance(getattr(node, "ctx", None), ast.Store)
            ),
            inside,
        )

    def span(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        return self.offset(node.lineno, node.col_offset), self.offset(node.end_lineno, node.end_col_offset)

    def offset(self, line: int | None, column: int | None) -> int:
        """The offset of a position in the syntax tree, whose columns count bytes."""
        assert line is not None
        assert column is not None
        return self.bol(line) + len(self.lines[line - 1].encode()[:column].decode())

    def bol(self, line: int) -> int:
        """The offset where a line begins."""
        return sum(map(len, self.lines[: line - 1]))

    def code(self, node: ast.expr | ast.stmt) -> str:
        return self.text[slice(*self.span(node))]

    # Edits

    def put(self, node: ast.expr, text: str) -> Edits:
        """Replace an expression, with parentheses if its context needs them."""
        start, end = self.span(node)
        bare = self.text[start - 1] != "(" or self.text[end] != ")"
        if " " in text and bare and isinstance(self.parent[node], ast.BinOp | ast.Attribute):
            text = f"({text})"
        return [Edit(start, end, text)]

    def wrap(self, node: ast.expr, pattern: str) -> Edits:
        return self.put(node, pattern.format(self.code(node)))

    def between(self, left: ast.expr, right: ast.expr, old: str, new: str) -> Edits:
        """Replace an operator between two expressions."""
        start, end = self.span(left)[1], self.span(right)[0]
        return [Edit(start, end, self.text[start:end].replace(old, new, 1))]

    def rename(self, node: ast.expr, **names: str) -> Edits:
        """Replace names inside an expression."""
        edits = [
            Edit(*self.span(name), names[name.id])
            for name in self.walk(node)
            if isinstance(name, ast.Name) and name.id in names
        ]
        return edits or self.nowhere()

    def delete(self, statement: ast.stmt, blame_above: bool = False) -> Edits:
        """Delete a statement; the label points to the line that takes its place, or to the line above."""
        above = int(blame_above)
        first, last = statement.lineno, statement.end_lineno or statement.lineno
        return [Edit(self.bol(first) - above, self.bol(last + 1) - above, "")]

    def insert(self, before: ast.stmt, line: str) -> Edits:
        start = self.bol(before.lineno)
        return [Edit(start, start, " " * before.col_offset + line + "\n")]

    def indent(self, statement: ast.stmt, width: int) -> Edits:
        """Give a statement of one or more lines another indentation."""
        last = statement.end_lineno or statement.lineno
        old = statement.col_offset
        return [Edit(self.bol(n), self.bol(n) + old, " " * width) for n in range(statement.lineno, last + 1)]

    def nowhere(self) -> Never:
        """The base has no place for the operator."""
        raise NoPlaceError(self.base.name)

    # Places of a factorisation

    def bound(self, role: str) -> ast.expr:
        """The bound of a loop."""
        heads = [node.iter for node in self.walk() if isinstance(node, ast.For)]
        heads += [g.iter for node in self.walk() for g in getattr(node, "generators", ())]
        heads += [node.test for node in self.walk() if isinstance(node, ast.While)]
        for head in heads:
            try:
                return self.find(role, head)
            except NoPlaceError:
                continue
        raise NoPlaceError(role)

    def loop(self, role: str) -> Loop:
        """The loop with this bound, if it has no other."""
        node: ast.AST = self.bound(role)
        while not isinstance(node, ast.For | ast.While):
            node = self.parent[node]
            if isinstance(node, ast.comprehension | ast.FunctionDef) or "product(" in ast.unparse(node)[:20]:
                raise NoPlaceError(role)
        return node

    def head(self, role: str) -> ast.expr:
        """The sequence of the loop with this bound."""
        loop = self.loop(role)
        return loop.iter if isinstance(loop, ast.For) else self.nowhere()

    def from_one(self, role: str) -> Edits:
        """Make a range begin at 1."""
        bound = self.bound(role)
        call = self.parent[bound]
        if not isinstance(call, ast.Call) or len(call.args) != 1:
            raise NoPlaceError(role)
        return [Edit(self.span(bound)[0], self.span(bound)[0], "1, ")]

    def error(self) -> ast.BinOp:
        """The entry of A minus the prediction."""
        return self.first(
            ast.BinOp, lambda node: isinstance(node.op, ast.Sub) and ast.unparse(node.left) == self["a"]
        )

    def update(self, role: str) -> ast.Assign | ast.AugAssign | ast.Expr:
        """The statement that changes a row of U or of V."""

        def fits(node: ast.stmt) -> bool:
            match node:
                case ast.AugAssign(target=target) | ast.Assign(targets=[ast.Subscript() as target]):
                    return ast.unparse(target) == self[role]
                case ast.Expr(value=ast.Call(func=ast.Attribute(value=target))):
                    return ast.unparse(target) == self[role]
            return False

        found = self.first(ast.stmt, fits)
        assert isinstance(found, ast.Assign | ast.AugAssign | ast.Expr)
        return found

    def target(self, role: str) -> ast.expr:
        match self.update(role):
            case ast.AugAssign(target=target) | ast.Assign(targets=[target]):
                return target
        raise NoPlaceError(role)

    def step(self, role: str) -> ast.expr:
        """The expression that is added to the row (or assigned to it, including the row itself)."""
        match self.update(role).value:
            case ast.Call(keywords=[ast.keyword(value=alpha)]) | ast.Call(args=[alpha]):
                return alpha
            case value:
                return value

    def returned(self) -> ast.Return:
        return self.first(ast.Return, lambda node: node in self.functions[-1].body)

    def pair(self) -> ast.Tuple:
        match self.returned().value:
            case ast.Tuple(elts=[_, _]) as pair:
                return pair
        raise NoPlaceError("pair")


# --- Edits that take more than a line ---------------------------------------------------------------------


def sign(s: Source, role: str) -> Edits:
    """Subtract a step that was added, or add one that was subtracted."""
    match s.update(role):
        case ast.AugAssign(target=target, op=ast.Add(), value=value):
            return s.between(target, value, "+", "-")
        case ast.AugAssign(target=target, op=ast.Sub(), value=value):
            return s.between(target, value, "-", "+")
        case ast.Assign(value=ast.BinOp(left=left, op=ast.Add(), right=right)):
            return s.between(left, right, "+", "-")
        case _:
            return s.wrap(s.step(role), "-{}")


def assigned(s: Source, role: str) -> Edits:
    """Replace the row by its step."""
    match s.update(role):
        case ast.AugAssign(target=target, op=ast.Add(), value=value):
            return s.between(target, value, "+=", "=")
        case ast.Assign(value=ast.BinOp(left=left, op=ast.Add(), right=right) as value):
            return s.put(value, s.code(right)) if ast.unparse(left) == s[role] else s.nowhere()
        case _:
            return s.nowhere()


def rebound(s: Source, role: str) -> Edits:
    """``u += x`` becomes ``u = u + x``, which leaves the matrix as it was."""
    target = s.target(role)
    match s.update(role):
        case ast.AugAssign(target=ast.Name(), value=value):
            return s.between(target, value, "+=", f"= {s.code(target)} +")
        case _:
            return s.nowhere()


def without_factor(s: Source, role: str, factor: str) -> Edits:
    """Leave a factor out of a step."""
    node = s.find(factor, s.step(role))
    match s.parent[node]:
        case ast.BinOp(left=left, op=ast.Mult(), right=right) as product:
            return s.put(product, s.code(right if left is node else left))
    raise NoPlaceError(factor)


def elementwise(s: Source) -> Edits:
    prediction = s.error().right
    s.find("u", prediction)
    s.find("v", prediction)
    if s["u"].endswith("[k]") or isinstance(s.parent[s.error()], ast.Attribute):  # numbers, not rows
        raise NoPlaceError("rows")
    return s.put(prediction, f"{s['u']} * {s['v']}")


def frozen(s: Source, loop: str) -> Edits:
    """Compute all errors before a loop."""
    error, before = s.error(), s.loop(loop)
    _, bracket, index = s["a"].partition("[")
    if not s["residual"] or not bracket or error not in s.walk(before):
        raise NoPlaceError(loop)
    return s.insert(before, f"E = {s['residual']}") + s.put(error, f"E[{index}")


def row_frozen(s: Source) -> Edits:
    """Compute the errors of a row before its columns are visited."""
    error, before = s.error(), s.loop("cols")
    if s["a"] not in ("A[r, c]", "X[r, c]") or s["residual"] != f"{s['a'][0]} - U @ V.T":
        raise NoPlaceError("row")
    line = f"errors = {s['a'][0]}[r] - V @ U[r]"
    return s.insert(before, line) + s.put(error, "errors[c]")


def again(s: Source) -> Edits:
    """Compute the error once more between the two updates."""
    update = s.update("v")
    statement: ast.AST = s.error()
    while not isinstance(statement, ast.stmt):
        statement = s.parent[statement]
    s.find("e", s.step("v"))
    if s.parent[statement] is not s.parent[update]:
        raise NoPlaceError("e")
    return s.insert(update, s.code(statement))


def outside(s: Source, *roles: str) -> Edits:
    """Take updates out of the column loop they end."""
    loop = s.loop("cols")
    updates = [s.update(role) for role in roles]
    if loop.body[-len(updates) :] != updates:
        raise NoPlaceError("cols")
    return [edit for update in updates for edit in s.indent(update, loop.col_offset)]


def return_inside(s: Source, depth: int) -> Edits:
    """Indent the return into the epoch loop, the loop in it, or the one in that."""
    returned = s.returned()
    body = s.functions[-1].body
    loop: ast.stmt = body[body.index(returned) - 1]
    for _ in range(depth):
        loop = loop.body[-1] if isinstance(loop, ast.For | ast.While) else loop
    if not isinstance(loop, ast.For | ast.While) or "product(" in ast.unparse(loop)[:40]:
        raise NoPlaceError("return")
    return s.indent(returned, loop.body[-1].col_offset)


def returns(s: Source, pattern: str) -> Edits:
    pair = s.pair()
    return s.put(pair, pattern.format(U=s.code(pair.elts[0]), V=s.code(pair.elts[1])))


def no_return(s: Source) -> Edits:
    return s.delete(s.returned(), blame_above=True)


def default(s: Source, old: float, new: str) -> Edits:
    """Change the default value of a parameter."""
    arguments = s.functions[-1].args
    values = [*arguments.defaults, *(value for value in arguments.kw_defaults if value)]
    for value in values:
        if isinstance(value, ast.Constant) and value.value == old:
            return s.put(value, new)
    raise NoPlaceError("default")


def fixed(s: Source, role: str, value: str) -> Edits:
    """Overwrite a parameter in the first line of the function."""
    function = s.functions[-1]
    if s[role] not in [argument.arg for argument in (*function.args.args, *function.args.kwonlyargs)]:
        raise NoPlaceError(role)
    body = function.body
    first = body[1] if isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant) else body[0]
    return s.insert(first, f"{s[role]} = {value}")


def shape_swapped(s: Source) -> Edits:
    def fits(node: ast.Assign) -> bool:
        return isinstance(node.targets[0], ast.Tuple) and ast.unparse(node.value).endswith(".shape")

    target = s.first(ast.Assign, fits).targets[0]
    assert isinstance(target, ast.Tuple)
    return s.put(target, ", ".join(s.code(name) for name in reversed(target.elts)))


def draw(s: Source, name: str) -> ast.Assign:
    def fits(node: ast.Assign) -> bool:
        return ast.unparse(node.targets[0]) == name and "rand" in ast.unparse(node.value)

    return s.first(ast.Assign, fits)


def redrawn(s: Source) -> Edits:
    """Move the drawing of the start into the epoch loop."""
    u, v, loop = draw(s, "U"), draw(s, "V"), s.loop("epochs")
    if isinstance(loop, ast.While):
        raise NoPlaceError("start")
    lines = "".join(" " * loop.body[0].col_offset + s.code(node) + "\n" for node in (u, v))
    start = s.bol(loop.body[0].lineno)
    return [Edit(start, start, lines), *s.delete(u), *s.delete(v)]


def loops_exchanged(s: Source) -> Edits:
    """Exchange the heads of the row loop and the column loop."""
    rows, cols = s.loop("rows"), s.loop("cols")
    if rows.body != [cols] or isinstance(rows, ast.While) or isinstance(cols, ast.While):
        raise NoPlaceError("loops")
    heads = [s.text[s.span(n.target)[0] : s.span(n.iter)[1]] for n in (rows, cols)]
    return [
        Edit(s.span(loop.target)[0], s.span(loop.iter)[1], head)
        for loop, head in zip((rows, cols), reversed(heads), strict=True)
    ]


def updates_exchanged(s: Source) -> Edits:
    u, v = adjacent_updates(s)
    return [Edit(*s.span(u), s.code(v)), Edit(*s.span(v), s.code(u))]


def old_row_copied(s: Source) -> Edits:
    """Use a true copy of U's row, taken before the updates, for V's step."""
    u, _ = adjacent_updates(s)
    row = s.find("u", s.step("v"))
    return s.insert(u, f"old = {s['u']} + 0") + s.put(row, "old")


def adjacent_updates(s: Source) -> tuple[ast.stmt, ast.stmt]:
    u, v = s.update("u"), s.update("v")
    if s.parent[u] is not s.parent[v] or v.lineno != u.lineno + 1:
        raise NoPlaceError("updates")
    return u, v


def bound(role: str, pattern: str) -> Operation:
    """Give a loop another bound."""
    return lambda s: s.put(s.bound(role), pattern.format(**s.base.roles))


def error(pattern: str) -> Operation:
    """Compute the error differently."""

    def edit(s: Source) -> Edits:
        whole = s.error()
        parts = {"whole": whole, "entry": whole.left, "prediction": whole.right}
        return s.put(whole, pattern.format(**{k: s.code(v) for k, v in parts.items()}, rank=s["rank"]))

    return edit


# --- Masks and decompositions -----------------------------------------------------------------------------


def rules(*known: str) -> Operation:
    """Apply the first rule ``old -> new`` whose old expression the base has."""
    return lambda s: rewrite(s, *known)


def rewrite(s: Source, *rules: str) -> Edits:
    """Apply the first rule ``old -> new`` whose old expression the base has."""
    for rule in rules:
        old, new = rule.split(" -> ")
        for node in s.walk():
            stored = isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
            if isinstance(node, ast.expr) and not stored and ast.unparse(node) == old:
                return s.put(node, new)
    raise NoPlaceError("rule")


CUTS = (
    "S[rank:]",
    "s[rank:]",
    "S_trunc[rank:]",
    "range(rank)",
    "V[:, :k]",
    "U[:, 0:rank]",
    "torch.flip(Q, dims=[1])[:, :rank]",
    "torch.arange(S.numel()) < rank",
)
"""The expressions that alone decide how many singular values are kept."""


def cut_at(s: Source, pattern: str) -> Edits:
    """Cut at another rank."""
    cut = s.first(ast.expr, lambda node: ast.unparse(node) in CUTS)
    return s.wrap(s.first(ast.Name, lambda node: node.id == s["rank"], cut), pattern)


def condition(s: Source) -> ast.If:
    """The condition on the mask."""
    return s.first(ast.If, lambda node: s["mask"] in ast.unparse(node.test))


def unmasked(s: Source) -> Edits:
    """Leave out the condition on the mask."""
    found = condition(s)
    if isinstance(found.body[0], ast.Continue):
        return s.delete(found)
    edits = s.delete(ast.copy_location(ast.Pass(), found.test))
    return edits + [edit for statement in found.body for edit in s.indent(statement, found.col_offset)]


def zero_filled(s: Source) -> Edits:
    """Leave out the condition, and fit zeros at hidden cells."""
    return unmasked(s) + s.put(s.error().left, f"{s['mask']} * {s['a']}")


def out_of_condition(s: Source, *roles: str) -> Edits:
    """Take updates out of the condition they end."""
    found = condition(s)
    updates = [s.update(role) for role in roles]
    if found.body[-len(updates) :] != updates:
        raise NoPlaceError("mask")
    return [edit for update in updates for edit in s.indent(update, found.col_offset)]


def mask_index(s: Source, **roles: str) -> Edits:
    """Read the mask at another place."""
    return s.rename(s.find("mask"), **{s[old]: s.base.roles.get(new, new) for old, new in roles.items()})


def tail_kept(s: Source) -> Edits:
    """Do not set the last singular values to zero."""
    return s.delete(
        s.first(ast.Assign, lambda node: isinstance(node.value, ast.Constant) and node.value.value == 0)
    )


# --- Operators --------------------------------------------------------------------------------------------


class Operator(NamedTuple):
    """One kind of mutation: the mistake that it puts into a correct solution, and where it is applied."""

    name: str
    mistake: str
    copies: dict[str, int]
    """How many mutants of each exercise it may give."""
    edit: Operation


FACTOR = {"1.1": 1}
FACTORS = {"1.1": 2}
BOTH = {"1.1": 1, "3.1": 1}
MASK = {"3.1": 1}
MASKS = {"3.1": 2}
SVD = {"2.1": 1}
SVDS = {"2.1": 2}
EVERY = {"1.1": 1, "2.1": 1, "3.1": 1}

MISTAKES = {
    "rows-over-rank": "The row loop runs over the rank instead of over the rows of A.",
    "columns-over-rank": "The column loop runs over the rank, so the other columns of A are never seen.",
    "rows-over-columns": "The row loop runs over the number of columns.",
    "columns-over-rows": "The column loop runs over the number of rows.",
    "loop-bounds-swapped": "The row loop has the bound of the columns and the column loop that of the rows.",
    "shape-unpacked-swapped": "The shape of A is unpacked the wrong way round.",
    "last-row-skipped": "The row loop ends one row early.",
    "last-column-skipped": "The column loop ends one column early.",
    "first-row-skipped": "The rows are counted from 1, so the first row is left out.",
    "first-column-skipped": "The columns are counted from 1, so the first column is left out.",
    "one-epoch-too-few": "The epochs are counted from 1 and end before num_epochs, which is one too few.",
    "one-epoch-too-many": "One epoch more is run than was asked for.",
    "epochs-hard-coded": "A constant number of epochs is run whatever num_epochs says.",
    "first-component-skipped": "A loop over the components begins at 1, so the first one is left out.",
    "updates-outside-column-loop": "Both updates stand after the column loop, so only the last column of each row counts.",
    "v-update-outside-column-loop": "V is updated after the column loop, so only the last column of each row changes it.",
    "error-adds-prediction": "The prediction is added to the entry of A instead of subtracted from it.",
    "error-sign-flipped": "The error is prediction minus entry, but the steps keep their sign.",
    "prediction-not-subtracted": "The step uses the entry of A itself instead of the error.",
    "elementwise-product": "The rows are multiplied entry by entry and not summed, so every component has its own error.",
    "error-absolute": "The error loses its sign.",
    "error-squared": "The step uses the squared error instead of the error.",
    "factor-two": "The factor 2 of the derivative of a square is kept; the sheet's rule has none.",
    "step-divided-by-rank": "The error is divided by the rank, as if it were a mean.",
    "a-indexed-transposed": "A is read at [c, r] instead of [r, c], so the transpose is factorised.",
    "error-uses-v-row-index": "The prediction reads V at the row index.",
    "error-uses-u-column-index": "The prediction reads U at the column index.",
    "error-computed-once": "The matrix of errors is computed once before the first epoch and never again.",
    "error-frozen-per-epoch": "The matrix of errors is computed once an epoch and not after each update.",
    "error-frozen-per-row": "The errors of a row are computed once before its columns are visited, so they are stale.",
    "error-recomputed-between-updates": "The error is computed again between the two updates, so V's step uses a different e than U's.",
    "u-update-sign-flipped": "U moves against its step.",
    "v-update-sign-flipped": "V moves against its step.",
    "lr-missing-in-one-update": "The step of one of the factors lacks lr.",
    "error-missing-in-one-update": "The step of one of the factors lacks the error.",
    "lr-applied-twice-in-one-update": "lr enters the step of U twice.",
    "factor-two-one-update": "The step of V has a factor 2, that of U has none.",
    "update-assigned": "The row is replaced by its step instead of moved by it.",
    "update-not-written-back": "The sum is given to the local name, so the row of the matrix never changes.",
    "u-updated-with-v-row-index": "U's step uses V at the row index.",
    "v-updated-with-u-column-index": "V's step uses U at the column index.",
    "u-incremented-at-column-index": "U's step is stored at the column index.",
    "v-incremented-at-row-index": "V's step is stored at the row index.",
    "u-updated-with-itself": "U's step is made with the row of U instead of that of V.",
    "v-updated-with-itself": "V's step is made with the row of V instead of that of U.",
    "only-v-updated": "U is never updated and stays at its random start.",
    "only-u-updated": "V is never updated and stays at its random start.",
    "u-all-rows-updated": "The index of U is missing: the step of one cell is added to every row of U.",
    "v-all-rows-updated": "The index of V is missing: the step of one cell is added to every row of V.",
    "start-redrawn-each-epoch": "The start is drawn again in every epoch, which throws away what was learnt.",
    "v-has-rows-of-u": "V is drawn with as many rows as A instead of as many as A has columns.",
    "factors-share-storage": "V is not drawn but another name for U.",
    "return-inside-epoch-loop": "The return is indented into the epoch loop, so only one epoch is run.",
    "return-inside-row-loop": "The return is indented into the loop in the epoch loop, so only its first turn is run.",
    "return-inside-column-loop": "The return is indented into the innermost loop, so only one cell is ever visited.",
    "returns-none": "The function forgets its return.",
    "returns-swapped": "V is returned first, U second.",
    "returns-u-only": "Only U is returned.",
    "returns-product": "The product is returned instead of the two factors.",
    "returns-v-transposed": "V is returned as rank x n.",
    "default-epochs": "The default of num_epochs is 100 instead of 1000.",
    "default-lr": "The default of lr is not 0.01.",
    "lr-hard-coded": "lr is overwritten, so the caller's value does nothing.",
    "rank-hard-coded": "The rank is overwritten, so the caller's value does nothing.",
    "mask-inverted": "The mask is the wrong way round: only the hidden cells are fitted.",
    "mask-ignored": "The mask has no effect; all cells are fitted.",
    "mask-never-true": "The mask is compared with a number it never exceeds, so nothing is ever updated.",
    "mask-indexed-transposed": "The mask is read at [c, r] instead of [r, c].",
    "mask-read-on-diagonal": "The mask is read at [r, r], so the diagonal decides for whole rows.",
    "mask-first-column-only": "The mask is read in column 0, so the first column decides for whole rows.",
    "rows-with-hidden-cells-dropped": "A row with any hidden cell is dropped altogether, with its observed cells.",
    "mask-from-a-nonzero": "The entries of A are asked instead of the mask.",
    "break-at-hidden-cell": "break leaves the whole row at the first hidden cell; continue was meant.",
    "zero-filled": "Hidden cells are taken for zeros and then fitted like all the others.",
    "mask-on-prediction-only": "The mask multiplies the prediction but not the entry of A, so hidden values still drive the steps.",
    "mask-on-u-update-only": "Only U's update looks at the mask; V is updated at hidden cells too.",
    "stale-error-at-hidden-cells": "Only the computing of e is under the condition; at hidden cells the error of the cell before is used.",
    "mask-on-v-update-only": "Only V's update looks at the mask; U is updated at hidden cells too.",
    "svd-keeps-one-too-few": "One singular value too few is kept.",
    "svd-keeps-one-too-many": "One singular value too many is kept.",
    "svd-zeroes-largest": "The first singular values, the largest, are set to zero instead of the last.",
    "svd-keeps-smallest": "What is kept belongs to the smallest singular values.",
    "svd-zeroes-last-only": "Only the last singular value is set to zero, whatever the rank asked for.",
    "svd-zeroes-one-value": "Only the first singular value beyond the rank is set to zero.",
    "svd-wrong-value-zeroed": "The last but one singular value is set to zero, the last is kept.",
    "svd-truncation-unused": "The last singular values are not set to zero, so A comes back.",
    "svd-wrong-transpose": "The right factor is transposed once too often or too seldom.",
    "svd-u-transposed": "The left singular vectors are taken from the rows of U instead of its columns.",
    "svd-s-squared": "The singular values enter squared.",
    "svd-s-square-root": "The roots of the singular values take their place.",
    "svd-s-left-out": "The singular values are left out of the product.",
    "svd-result-transposed": "The transpose of A is decomposed, so the transpose of the approximation comes back.",
    "svd-factors-reordered": "The factors of the product stand in another order.",
    "svd-diag-forgotten": "The vector of singular values is not made a diagonal matrix.",
    "svd-s-scales-rows": "The singular values multiply the rows of U instead of its columns.",
    "svd-elementwise-product": "The last product is taken entry by entry.",
    "svd-s-reordered": "The smallest singular values are put with the first singular vectors.",
    "svd-last-term-added": "The last term of the sum is added instead of subtracted.",
    "svd-last-term-mixed": "The last singular value is put with the first left singular vector.",
    "svd-returns-singular-values": "The singular values are returned instead of the reconstructed matrix.",
}
"""What each mistake is; the names are those of ``wrong.toml`` where it is the same one."""

OPERATORS = (
    # loops
    Operator("rows_to_rank", "rows-over-rank", {"1.1": 3, "3.1": 1}, bound("rows", "{rank}")),
    Operator("cols_to_rank", "columns-over-rank", FACTOR, bound("cols", "{rank}")),
    Operator("rows_to_cols", "rows-over-columns", FACTOR, bound("rows", "{cols}")),
    Operator("cols_to_rows", "columns-over-rows", FACTOR, bound("cols", "{rows}")),
    Operator(
        "bounds_swapped",
        "loop-bounds-swapped",
        FACTOR,
        lambda s: s.put(s.bound("rows"), s["cols"]) + s.put(s.bound("cols"), s["rows"]),
    ),
    Operator("shape_swapped", "shape-unpacked-swapped", FACTOR, shape_swapped),
    Operator("rows_minus_one", "last-row-skipped", FACTOR, bound("rows", "{rows} - 1")),
    Operator("cols_minus_one", "last-column-skipped", FACTOR, bound("cols", "{cols} - 1")),
    Operator("rows_from_one", "first-row-skipped", FACTOR, lambda s: s.from_one("rows")),
    Operator("cols_from_one", "first-column-skipped", FACTOR, lambda s: s.from_one("cols")),
    Operator("epochs_from_one", "one-epoch-too-few", BOTH, lambda s: s.from_one("epochs")),
    Operator("epochs_plus_one", "one-epoch-too-many", FACTOR, bound("epochs", "{epochs} + 1")),
    Operator("epochs_constant", "epochs-hard-coded", FACTOR, bound("epochs", "1000")),
    Operator("rank_from_one", "first-component-skipped", FACTOR, lambda s: s.from_one("rank")),
    Operator("updates_after_columns", "updates-outside-column-loop", FACTOR, lambda s: outside(s, "u", "v")),
    Operator("v_update_after_columns", "v-update-outside-column-loop", FACTOR, lambda s: outside(s, "v")),
    # the error
    Operator(
        "error_plus",
        "error-adds-prediction",
        BOTH,
        error("{entry} + {prediction}"),
    ),
    Operator(
        "error_turned",
        "error-sign-flipped",
        BOTH,
        error("{prediction} - {entry}"),
    ),
    Operator("no_prediction", "prediction-not-subtracted", FACTOR, error("{entry}")),
    Operator("elementwise", "elementwise-product", BOTH, elementwise),
    Operator("error_abs", "error-absolute", FACTOR, error("abs({whole})")),
    Operator("error_squared", "error-squared", FACTOR, error("({whole}) ** 2")),
    Operator("error_doubled", "factor-two", BOTH, error("2 * ({whole})")),
    Operator(
        "error_over_rank",
        "step-divided-by-rank",
        FACTOR,
        error("({whole}) / {rank}"),
    ),
    Operator(
        "a_transposed",
        "a-indexed-transposed",
        BOTH,
        lambda s: s.rename(s.error().left, **{s["r"]: s["c"], s["c"]: s["r"]}),
    ),
    Operator(
        "prediction_v_at_row",
        "error-uses-v-row-index",
        FACTOR,
        lambda s: s.rename(s.find("v"), **{s["c"]: s["r"]}),
    ),
    Operator(
        "prediction_u_at_column",
        "error-uses-u-column-index",
        FACTOR,
        lambda s: s.rename(s.find("u"), **{s["r"]: s["c"]}),
    ),
    Operator("errors_once", "error-computed-once", FACTOR, lambda s: frozen(s, "epochs")),
    Operator("errors_each_epoch", "error-frozen-per-epoch", FACTOR, lambda s: frozen(s, "rows")),
    Operator("errors_each_row", "error-frozen-per-row", FACTOR, row_frozen),
    Operator("error_again", "error-recomputed-between-updates", BOTH, again),
    # the updates
    Operator("u_sign", "u-update-sign-flipped", FACTOR, lambda s: sign(s, "u")),
    Operator("v_sign", "v-update-sign-flipped", BOTH, lambda s: sign(s, "v")),
    Operator("u_without_lr", "lr-missing-in-one-update", BOTH, lambda s: without_factor(s, "u", "lr")),
    Operator("v_without_lr", "lr-missing-in-one-update", FACTOR, lambda s: without_factor(s, "v", "lr")),
    Operator("v_without_error", "error-missing-in-one-update", FACTOR, lambda s: without_factor(s, "v", "e")),
    Operator(
        "lr_squared",
        "lr-applied-twice-in-one-update",
        FACTOR,
        lambda s: s.put(s.find("lr", s.step("u")), f"{s['lr']} ** 2"),
    ),
    Operator(
        "v_lr_doubled",
        "factor-two-one-update",
        FACTOR,
        lambda s: s.put(s.find("lr", s.step("v")), f"2 * {s['lr']}"),
    ),
    Operator("u_assigned", "update-assigned", FACTOR, lambda s: assigned(s, "u")),
    Operator("v_assigned", "update-assigned", FACTOR, lambda s: assigned(s, "v")),
    Operator("u_rebound", "update-not-written-back", FACTOR, lambda s: rebound(s, "u")),
    Operator("v_rebound", "update-not-written-back", FACTOR, lambda s: rebound(s, "v")),
    Operator(
        "u_with_v_row",
        "u-updated-with-v-row-index",
        FACTOR,
        lambda s: s.rename(s.find("v", s.step("u")), **{s["c"]: s["r"]}),
    ),
    Operator(
        "v_with_u_column",
        "v-updated-with-u-column-index",
        FACTOR,
        lambda s: s.rename(s.find("u", s.step("v")), **{s["r"]: s["c"]}),
    ),
    Operator(
        "u_stored_at_column",
        "u-incremented-at-column-index",
        FACTOR,
        lambda s: s.rename(s.target("u"), **{s["r"]: s["c"]}),
    ),
    Operator(
        "v_stored_at_row",
        "v-incremented-at-row-index",
        BOTH,
        lambda s: s.rename(s.target("v"), **{s["c"]: s["r"]}),
    ),
    Operator(
        "u_with_itself", "u-updated-with-itself", FACTOR, lambda s: s.put(s.find("v", s.step("u")), s["u"])
    ),
    Operator(
        "v_with_itself", "v-updated-with-itself", BOTH, lambda s: s.put(s.find("u", s.step("v")), s["v"])
    ),
    Operator("u_update_deleted", "only-v-updated", FACTOR, lambda s: s.delete(s.update("u"))),
    Operator(
        "v_update_deleted", "only-u-updated", FACTOR, lambda s: s.delete(s.update("v"), blame_above=True)
    ),
    Operator(
        "u_all_rows",
        "u-all-rows-updated",
        FACTOR,
        lambda s: s.put(s.target("u"), "U") if s["u"] == "U[r]" else s.nowhere(),
    ),
    Operator(
        "v_all_rows",
        "v-all-rows-updated",
        FACTOR,
        lambda s: s.put(s.target("v"), "V") if s["v"] == "V[c]" else s.nowhere(),
    ),
    # the start
    Operator("start_redrawn", "start-redrawn-each-epoch", BOTH, redrawn),
    Operator(
        "v_sized_by_rows",
        "v-has-rows-of-u",
        FACTOR,
        lambda s: s.put(s.find("cols", draw(s, "V").value), s["rows"]),
    ),
    Operator("v_is_u", "factors-share-storage", FACTOR, lambda s: s.put(draw(s, "V").value, "U")),
    # what comes back
    Operator("return_in_epochs", "return-inside-epoch-loop", BOTH, lambda s: return_inside(s, 0)),
    Operator("return_in_rows", "return-inside-row-loop", FACTOR, lambda s: return_inside(s, 1)),
    Operator("return_in_columns", "return-inside-column-loop", FACTOR, lambda s: return_inside(s, 2)),
    Operator("no_return", "returns-none", EVERY, no_return),
    Operator("returns_swapped", "returns-swapped", FACTOR, lambda s: returns(s, "{V}, {U}")),
    Operator("returns_u", "returns-u-only", FACTOR, lambda s: returns(s, "{U}")),
    Operator("returns_product", "returns-product", FACTOR, lambda s: returns(s, "{U} @ {V}.T")),
    Operator("returns_vt", "returns-v-transposed", BOTH, lambda s: returns(s, "{U}, {V}.T")),
    # the parameters
    Operator("fewer_epochs", "default-epochs", FACTOR, lambda s: default(s, 1000, "100")),
    Operator("higher_lr", "default-lr", FACTOR, lambda s: default(s, 0.01, "0.1")),
    Operator("lower_lr", "default-lr", FACTOR, lambda s: default(s, 0.01, "0.001")),
    Operator("lr_overwritten", "lr-hard-coded", FACTOR, lambda s: fixed(s, "lr", "0.01")),
    Operator("rank_overwritten", "rank-hard-coded", EVERY, lambda s: fixed(s, "rank", "2")),
    # the mask
    Operator(
        "mask_inverted",
        "mask-inverted",
        {"3.1": 4},
        rules(
            "not M[r, c] > 0 -> M[r, c] > 0",
            "M[i][j] == 1 -> M[i][j] == 0",
            "M[r, c] != 0 -> M[r, c] == 0",
            "torch.nonzero(M) -> torch.nonzero(M == 0)",
            "M.nonzero() -> (M == 0).nonzero()",
            "lr * M.float() -> lr * (1 - M.float())",
            "visto -> not visto",
            "M[r, c] * (A[r, c] - U[r] @ V[c]) -> (1 - M[r, c]) * (A[r, c] - U[r] @ V[c])",
            "M[r, c] > 0 -> M[r, c] <= 0",
            "not M[r, c] -> M[r, c]",
        ),
    ),
    Operator("mask_condition_removed", "mask-ignored", MASKS, unmasked),
    Operator(
        "mask_factor_removed",
        "mask-ignored",
        MASKS,
        rules(
            "torch.nonzero(M) -> torch.nonzero(torch.ones_like(M))",
            "M[r, c] * (A[r, c] - U[r] @ V[c]) -> A[r, c] - U[r] @ V[c]",
            "torch.where(M[r, c] > 0, A[r, c] - U[r] @ V[c], zero) -> A[r, c] - U[r] @ V[c]",
            "lr * M.float() -> lr * torch.ones(M.shape)",
        ),
    ),
    Operator(
        "mask_always_true",
        "mask-ignored",
        MASK,
        rules("M[r, c] > 0 -> M[r, c] >= 0", "M[r, c] != 0 -> M[r, c] >= 0"),
    ),
    Operator(
        "mask_never_true",
        "mask-never-true",
        MASK,
        rules("M[r, c] > 0 -> M[r, c] > 1", "M[r, c] != 0 -> M[r, c] > 1"),
    ),
    Operator("mask_transposed", "mask-indexed-transposed", MASKS, lambda s: mask_index(s, r="c", c="r")),
    Operator(
        "mask_cells_transposed",
        "mask-indexed-transposed",
        MASK,
        rules("torch.nonzero(M) -> torch.nonzero(M.T)", "M.nonzero() -> M.T.nonzero()"),
    ),
    Operator("mask_diagonal", "mask-read-on-diagonal", MASKS, lambda s: mask_index(s, c="r")),
    Operator("mask_first_column", "mask-first-column-only", MASK, lambda s: mask_index(s, c="0")),
    Operator(
        "mask_whole_row",
        "rows-with-hidden-cells-dropped",
        MASK,
        rules("M[r, c] -> M[r].all()", "M[item, user] -> M[item].all()"),
    ),
    Operator(
        "mask_from_a",
        "mask-from-a-nonzero",
        MASKS,
        lambda s: rewrite(
            s,
            f"{s.base.roles.get('truthy', 'None')} -> {s.base.roles.get('truthy', '').replace('M', 'A')}",
            "torch.nonzero(M) -> torch.nonzero(A)",
            "M.nonzero() -> A.nonzero()",
        ),
    ),
    Operator(
        "mask_break",
        "break-at-hidden-cell",
        MASK,
        lambda s: [Edit(*s.span(s.first(ast.Continue, lambda node: True)), "break")],
    ),
    Operator("mask_zero_filled", "zero-filled", MASK, zero_filled),
    Operator(
        "mask_on_entry_only",
        "zero-filled",
        MASKS,
        rules(
            "M[r, c] * torch.dot(U[r], V[c]) -> torch.dot(U[r], V[c])",
            "M[r, c] * (A[r, c] - U[r] @ V[c]) -> M[r, c] * A[r, c] - U[r] @ V[c]",
            "torch.where(M[r, c] > 0, A[r, c] - U[r] @ V[c], zero) -> "
            "torch.where(M[r, c] > 0, A[r, c], zero) - U[r] @ V[c]",
        ),
    ),
    Operator("mask_on_prediction_only", "mask-on-prediction-only", MASK, rules("M * A -> A")),
    Operator("v_update_unmasked", "mask-on-u-update-only", MASKS, lambda s: out_of_condition(s, "v")),
    Operator(
        "updates_unmasked", "stale-error-at-hidden-cells", MASK, lambda s: out_of_condition(s, "u", "v")
    ),
    Operator(
        "v_rate_unmasked", "mask-on-u-update-only", MASK, lambda s: s.put(s.find("mask", s.step("v")), "lr")
    ),
    Operator(
        "u_rate_unmasked", "mask-on-v-update-only", MASK, lambda s: s.put(s.find("mask", s.step("u")), "lr")
    ),
    # the decomposition
    Operator("one_too_few", "svd-keeps-one-too-few", SVDS, lambda s: cut_at(s, "{} - 1")),
    Operator("one_too_many", "svd-keeps-one-too-many", SVDS, lambda s: cut_at(s, "{} + 1")),
    Operator("rank_lowered", "svd-keeps-one-too-few", SVD, lambda s: fixed(s, "rank", f"{s['rank']} - 1")),
    Operator(
        "largest_zeroed",
        "svd-zeroes-largest",
        SVDS,
        rules(
            "S[rank:] -> S[:rank]",
            "s[rank:] -> s[:rank]",
            "S_trunc[rank:] -> S_trunc[:rank]",
            "torch.arange(S.numel()) < rank -> torch.arange(S.numel()) >= rank",
            "S[-1] -> S[0]",
        ),
    ),
    Operator(
        "smallest_kept",
        "svd-keeps-smallest",
        SVDS,
        rules(
            "V[:, :k] -> V[:, -k:]",
            "U[:, 0:rank] -> U[:, -rank:]",
            "torch.flip(Q, dims=[1]) -> Q",
            "range(rank) -> range(len(S) - rank, len(S))",
        ),
    ),
    Operator("last_term_only", "svd-zeroes-largest", SVD, rules("A - last -> last")),
    Operator(
        "last_only",
        "svd-zeroes-last-only",
        SVD,
        rules("S[rank:] -> S[-1:]", "S_trunc[rank:] -> S_trunc[-1:]"),
    ),
    Operator(
        "one_zeroed",
        "svd-zeroes-one-value",
        SVD,
        rules("s[rank:] -> s[rank]", "S[rank:] -> S[rank]"),
    ),
    Operator("last_but_one", "svd-wrong-value-zeroed", SVD, rules("S[-1] -> S[-2]")),
    Operator("tail_kept", "svd-truncation-unused", SVD, tail_kept),
    Operator(
        "right_transposed",
        "svd-wrong-transpose",
        {"2.1": 3},
        rules(
            "V.t() -> V",
            "V_k.t() -> V_k",
            "Vh[:rank, :] -> Vh[:rank, :].T",
            "Vh[i] -> Vh[:, i]",
            "Q.T -> Q",
            "Vk.T -> Vk",
            "vt -> vt.T",
            "Vh -> Vh.T",
        ),
    ),
    Operator(
        "left_transposed",
        "svd-u-transposed",
        SVD,
        rules("U[:, i] -> U[i]", "u -> u.T", "U -> U.T"),
    ),
    Operator(
        "s_squared",
        "svd-s-squared",
        SVDS,
        rules(
            "torch.sqrt(S[:rank]) -> S[:rank]",
            "torch.diag(S[:rank]) -> torch.diag(S[:rank] ** 2)",
            "torch.diag(S) -> torch.diag(S ** 2)",
            "S[i] -> S[i] ** 2",
            "u * s -> u * s ** 2",
        ),
    ),
    Operator(
        "s_square_root",
        "svd-s-square-root",
        SVD,
        rules(
            "torch.diag_embed(s[:k]) -> torch.diag_embed(s[:k].sqrt())",
            "torch.diag(S_trunc) -> torch.diag(torch.sqrt(S_trunc))",
            "S[i] -> S[i].sqrt()",
        ),
    ),
    Operator(
        "s_left_out",
        "svd-s-left-out",
        SVDS,
        rules(
            "U_k @ S_k.diag() -> U_k",
            "torch.mm(U, torch.diag(S)) -> U",
            "U * S -> U",
            "U @ Sigma -> U",
            "S[i] * torch.outer(U[:, i], Vh[i]) -> torch.outer(U[:, i], Vh[i])",
        ),
    ),
    Operator(
        "of_transpose",
        "svd-result-transposed",
        SVD,
        rules(
            "torch.svd(A) -> torch.svd(A.T)",
            "torch.linalg.svd(A) -> torch.linalg.svd(A.T)",
            "torch.linalg.svd(A.float(), full_matrices=False) -> "
            "torch.linalg.svd(A.float().T, full_matrices=False)",
        ),
    ),
    Operator(
        "factors_reordered",
        "svd-factors-reordered",
        SVDS,
        rules(
            "U @ torch.diag(S_trunc) @ Vh -> Vh @ torch.diag(S_trunc) @ U",
            "U @ s.diag() @ Vh -> Vh @ s.diag() @ U",
            "B @ Q @ Q.T -> Q @ Q.T @ B",
            "A @ P -> P @ A",
            "U.dot(U.T).dot(a) -> a.dot(U.dot(U.T))",
        ),
    ),
    Operator(
        "not_diagonal",
        "svd-diag-forgotten",
        SVDS,
        rules("torch.diag(S) -> S", "s.diag() -> s", "S_k.diag() -> S_k"),
    ),
    Operator(
        "rows_scaled",
        "svd-s-scales-rows",
        SVD,
        rules("u * s -> u * s[:, None]", "U * S -> U * S[:, None]"),
    ),
    Operator(
        "product_elementwise",
        "svd-elementwise-product",
        SVD,
        rules(
            "U @ Sigma @ Vh -> U @ Sigma * Vh",
            "U @ torch.diag(S) @ Vh -> U @ torch.diag(S) * Vh",
            "u * s @ vt -> u * s * vt",
        ),
    ),
    Operator(
        "s_from_the_end",
        "svd-s-reordered",
        SVD,
        rules("S[:rank] -> S[-rank:]", "s[:k] -> s[-k:]"),
    ),
    Operator("last_term_added", "svd-last-term-added", SVD, rules("A - last -> A + last")),
    Operator("last_term_mixed", "svd-last-term-mixed", SVD, rules("U[:, -1] -> U[:, 0]")),
    Operator(
        "returns_s",
        "svd-returns-singular-values",
        SVD,
        rules("A_hat -> S", "torch.from_numpy(u * s @ vt) -> torch.from_numpy(s)"),
    ),
)


# --- Mutations that are not mistakes ----------------------------------------------------------------------


class Exclusion(NamedTuple):
    """A mutation that does not count as a mistake, with the reason; no file is written for it."""

    name: str
    argument: str
    edit: Operation
    exercises: tuple[str, ...]
    sound: bool = False
    """It computes something else than the sheet says, but no less well; not the very same."""


EXCLUDED = (
    Exclusion(
        "loops_exchanged",
        "Column-major sweeps are the same rule: cells that share neither row nor column touch different rows "
        "of U and V, so their updates commute, and cells that share one keep their order.",
        loops_exchanged,
        ("1.1", "3.1"),
    ),
    Exclusion(
        "dot_turned_round",
        "The inner product of two vectors does not depend on their order.",
        rules(
            "U[r] @ V[c] -> V[c] @ U[r]",
            "torch.dot(U[r, :], V[c, :]) -> torch.dot(V[c, :], U[r, :])",
            "U[i] @ V[j] -> V[j] @ U[i]",
        ),
        ("1.1", "3.1"),
    ),
    Exclusion(
        "vector_not_transposed",
        "The transpose of a vector is that vector, so leaving out .t() of one changes nothing.",
        rules("V[c].t() -> V[c]"),
        ("1.1",),
    ),
    Exclusion(
        "mask_compared_otherwise",
        "The mask is binary, so above 0, at least 1, equal to 1 and not equal to 0 say the same.",
        rules("M[r, c] > 0 -> M[r, c] >= 1", "M[i][j] == 1 -> M[i][j] != 0", "M[r, c] != 0 -> M[r, c] == 1"),
        ("3.1",),
    ),
    Exclusion(
        "updates_exchanged",
        "V before U is the same method with the roles of the factors exchanged: another order of two "
        "coordinate steps down the same loss.",
        updates_exchanged,
        ("1.1", "3.1"),
        sound=True,
    ),
    Exclusion(
        "old_row_copied",
        "V's step with a true copy of the old row of U is the plain gradient step of the cell's loss, which "
        "is what textbooks call SGD.",
        old_row_copied,
        ("1.1", "3.1"),
        sound=True,
    ),
    Exclusion(
        "rows_backwards",
        "The cells of an epoch are all visited once; in which order, stochastic descent leaves open.",
        lambda s: s.wrap(s.head("rows"), "reversed({})"),
        ("1.1", "3.1"),
        sound=True,
    ),
    Exclusion(
        "start_normal",
        "A start from N(0, 1) is generic too: the descent is the sheet's and reaches the same optimum.",
        rules("torch.rand(m, rank) -> torch.randn(m, rank)"),
        ("1.1", "3.1"),
        sound=True,
    ),
    Exclusion(
        "v_starts_at_zero",
        "With U drawn at random, V = 0 is no stationary point: the first steps move V off it, and the descent "
        "goes on as from any start.",
        rules("torch.rand(n, rank) -> torch.zeros(n, rank)"),
        ("1.1", "3.1"),
        sound=True,
    ),
    Exclusion(
        "full_matrices",
        "For a square matrix, like the sheet's A, the full and the reduced decomposition are the same.",
        rules("torch.linalg.svd(A, full_matrices=False) -> torch.linalg.svd(A)"),
        ("2.1",),
    ),
    Exclusion(
        "s_not_cloned",
        "The vector of singular values belongs to the function; nothing else reads it after it is cut.",
        rules("S.clone() -> S"),
        ("2.1",),
    ),
    Exclusion(
        "default_rank",
        "The sheet fixes no function for 2.1, so no default of its rank can be wrong.",
        lambda s: default(s, 2, "3"),
        ("2.1",),
    ),
)


# --- Generation -------------------------------------------------------------------------------------------


class Mutant(NamedTuple):
    """A generated file and its label."""

    name: str
    text: str
    label: dict[str, str | int]


def apply(source: Source, edits: Edits) -> tuple[str, int]:
    """The edited text, and the line of the first given edit in it."""
    text, end, parts = source.text, 0, []
    for edit in sorted(edits):
        assert edit.start >= end, "edits overlap"
        parts += [text[end : edit.start], edit.text]
        end = edit.end
    mutated = "".join(parts) + text[end:]
    shift = sum(len(edit.text) - (edit.end - edit.start) for edit in edits if edit.start < edits[0].start)
    return mutated, mutated.count("\n", 0, edits[0].start + shift) + 1


def mutants() -> list[Mutant]:
    """All mutants, in the order of their names."""
    sources = [Source(base) for base in BASES]
    used: Counter[str] = Counter()
    made = []
    for operator in OPERATORS:
        for exercise, copies in operator.copies.items():
            fitting = [s for s in sources if s.base.exercise == exercise and fits(s, operator.edit)]
            assert fitting, f"{operator.name} fits no base of {exercise}"
            for source in sorted(fitting, key=lambda s: used[s.base.name])[:copies]:
                used[source.base.name] += 1
                made.append(mutate(source, operator))
    return sorted(made)


def fits(source: Source, edit: Operation) -> bool:
    try:
        return bool(edit(source))
    except NoPlaceError:
        return False


def mutate(source: Source, operator: Operator) -> Mutant:
    text, line = apply(source, operator.edit(source))
    base = source.base
    label: dict[str, str | int] = {
        "exercise": base.exercise,
        "operator": operator.name,
        "base": f"{base.name}.py",
        "line": line,
        "mistake": operator.mistake,
        "about": MISTAKES[operator.mistake],
    }
    return Mutant(f"{base.name}_{operator.name}.py", text, label)


def excluded() -> Iterator[tuple[Exclusion, Base, str]]:
    """Every excluded mutation of every base it fits."""
    for exclusion in EXCLUDED:
        for base in BASES:
            source = Source(base)
            if base.exercise in exclusion.exercises and fits(source, exclusion.edit):
                yield exclusion, base, apply(source, exclusion.edit(source))[0]


def labels(made: Iterable[Mutant]) -> str:
    """The text of ``mutants.toml``."""
    lines = ["# Generated by python -m tests.tools.mutants; every file has one mistake, at `line`."]
    for mutant in made:
        lines += ["", f'[files."{mutant.name}"]']
        lines += [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in mutant.label.items()]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write the mutants and their labels again."""
    made = mutants()
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.py"):
        old.unlink()
    for mutant in made:
        (FOLDER / mutant.name).write_text(mutant.text, encoding="utf-8")
    LABELS.write_text(labels(made), encoding="utf-8")
    given = Counter((mutant.label["exercise"], mutant.label["operator"]) for mutant in made)
    for (exercise, operator), count in sorted(given.items()):
        print(f"{exercise}  {operator:24} {count:2}")
    for exercise, count in sorted(Counter(mutant.label["exercise"] for mutant in made).items()):
        print(f"{exercise}: {count} mutants")


if __name__ == "__main__":
    main()
