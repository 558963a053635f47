"""The concept to teach for each kind of edit that repairs a slip, and a question that leads to the slip."""

from typing import Final

__all__ = ["concept_of", "question_of"]

_OTHER: Final = (
    "reading code line by line",
    "What should this line do, and what does it do for the input shown?",
)

_SLIPS: Final = {
    "loop-bound": ("which values a loop takes", "Which values does this loop take for the input shown, and which are missing?"),
    "loop-start": ("which values a loop takes", "What is the first value this loop takes?"),
    "index": ("which entry an index addresses", "Which row or column does this index address, and which one should it address?"),
    "index-order": ("rows before columns", "Which of the two indices counts rows?"),
    "operator": ("what an operator computes", "What does this operator do with its two values here?"),
    "sign": ("the direction of a step", "Does this term make the result larger or smaller, and which of the two is right?"),
    "augmented": ("changing a value or replacing it", "After this line, does the variable still contain its earlier value?"),
    "factor-dropped": ("the factors of a formula", "Which factor of this product is not on the sheet?"),
    "factor-missing": ("the factors of a formula", "Which factor of the sheet's formula is missing from this line?"),
    "wrapper-dropped": ("what a function does to its argument", "What does the outermost call of this line do to the value?"),
    "transpose": ("rows and columns of a product", "What are the shapes of the two matrices in this product?"),
    "condition": ("when a condition holds", "For which values is this condition true?"),
    "dedent": ("which lines a loop repeats", "How often does this line run?"),
    "indent": ("which lines a loop repeats", "How often does this line run?"),
    "statement-order": ("the order of two steps", "Which of the two lines needs what the other computes?"),
    "statement-dropped": ("what a line is for", "What would change if this line were not there?"),
    "statement-moved": ("when something is computed", "When is this value computed, and when does it change?"),
    "constant": ("constants and parameters", "Where does this number come from?"),
    "parameter-for-constant": ("constants and parameters", "Which of the function's parameters should determine this number?"),
    "name": ("which variable is meant", "What does this variable contain at this point?"),
    "copy": ("copies and views", "Do these two names refer to one tensor or to two?"),
    "return-order": ("what a function returns", "In which order are the values returned?"),
    "return": ("what a function returns", "What exactly does the function return, and what does the sheet ask for?"),
    "index-missing": ("one entry and the whole array", "How many entries does this line read or change?"),
    "slice": ("which entries a slice takes", "Which entries of a vector of three does this slice take?"),
    "operands": ("the order of operands", "Which of the two operands comes first on the sheet?"),
    "grouping": ("brackets in a formula", "What exactly is multiplied by this factor?"),
    "term-dropped": ("the terms of a formula", "Which term of this line is not on the sheet?"),
    "diagonal": ("vectors and diagonal matrices", "What is the shape of each factor of this product?"),
    "function": ("what a library function computes", "What does the function called here return?"),
    "keyword": ("the shapes of a decomposition", "What are the shapes of the factors if the matrix is not square?"),
    "guard-missing": ("which cells are left out", "For which cells should this line not run?"),
    "jump": ("where a program continues", "Which line runs after this one?"),
    "loop-pairs": ("which pairs a loop visits", "Which pairs of row and column does this loop visit?"),
    "statement-missing": ("both halves of a step", "What does this step change, and what stays the same?"),
    "target": ("where a result is stored", "Where is the result of this line stored, and what reads it afterwards?"),
    "argument-order": ("the order of arguments", "What does the first argument of this call stand for?"),
    "target-order": ("unpacking in order", "Which value does the first of these names get?"),
    "size-from-outside": ("what a function knows of its argument", "Which values does this function use that nobody gives it, and what are they for another matrix?"),
    "default-value": ("default values", "Which value does the sheet specify if the caller gives none?"),
}  # fmt: skip


def concept_of(kind: str) -> str:
    """The concept to revise for a kind of edit."""
    return _SLIPS.get(kind, _OTHER)[0]


def question_of(kind: str) -> str:
    """A question that leads to the slip without giving away the correct line."""
    return _SLIPS.get(kind, _OTHER)[1]
