"""Parse Handlebars templates into trees: tags, the whitespace around them, and blocks. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, NoReturn

from ..errors import InputError

MAX_DEPTH = 100  # maximum nesting of blocks


class TemplateError(InputError):
    """A template cannot be parsed or rendered: `problem` in `line`; the message starts with the line."""

    def __init__(self, line: int, problem: str) -> None:
        super().__init__(f"line {line}: {problem}", hint="Only if, unless, each and with are available.")
        self.line, self.problem = line, problem


@dataclass(frozen=True)
class Path:
    """A path: `../a.b` has depth 1 and keys a, b; `data` is set if it starts with @."""

    source: str
    depth: int
    keys: tuple[str, ...]
    data: bool = False


@dataclass(frozen=True)
class Literal:
    """A text, number, boolean, null or undefined."""

    value: Any


Expression = Path | Literal


@dataclass
class Text:
    """Literal text."""

    value: str


@dataclass
class Show:
    """`{{x}}`, or unescaped `{{{x}}}`."""

    line: int
    expression: Expression
    raw: bool


@dataclass
class Block:
    """A helper with a body; `helper` is empty for `{{#x}}`, which renders its body for each x, or with x as context."""

    line: int
    helper: str
    expression: Expression
    include_zero: bool
    params: tuple[str, ...]
    body: list[Text | Show | Block] = field(default_factory=list)
    otherwise: list[Text | Show | Block] = field(default_factory=list)
    chained: bool = False


Nodes = list[Text | Show | Block]


class _Undefined:
    """The value of a path that does not exist."""


UNDEFINED = _Undefined()

# ------------------------------------------------------------------------------------------------ tags


@dataclass
class _Tag:
    """A tag of the source: `kind` is show, raw, open, inverse, else, close or comment; `words` are its tokens."""

    kind: str
    line: int
    words: list[str]
    strip_left: bool
    strip_right: bool


_ID = r"[^\s!-,./;->@\[-\^`{-~]+|\[(?:\\\]|[^\]])*\]"
_WORD = re.compile(
    r'\s*("(?:\\"|[^"])*"|' + r"'(?:\\'|[^'])*'"
    rf"|@?(?:\.\.|\.(?![\w\[])|{_ID})(?:[./](?:\.\.|{_ID}))*|[=()|])",
)
_START = re.compile(r"(\\?\\?)\{\{")
_KINDS = {"#": "open", "^": "inverse", "/": "close", "&": "raw"}


def _split_source(source: str) -> list[Text | _Tag]:
    found: list[Text | _Tag] = []
    place, text = 0, ""
    while start := _START.search(source, place):
        text += source[place : start.start()]
        line = source.count("\n", 0, start.start()) + 1
        opening = start.end() - 2
        if start[1] == "\\":  # if escaped, text up to the next tag
            following = _START.search(source, start.end())
            place = following.start() if following else len(source)
            text += source[opening:place]
            continue
        text += start[1][1:]
        if text:
            found.append(Text(text))
            text = ""
        tag, place = _read_tag(source, opening, line)
        found.append(tag)
    text += source[place:]
    return [*found, Text(text)] if text else found


def _read_tag(source: str, place: int, line: int) -> tuple[_Tag, int]:
    if source.startswith("{{{{", place):
        raise TemplateError(line, "raw blocks ({{{{) are not supported")
    triple = source.startswith("{{{", place)
    place += 3 if triple else 2
    left = source.startswith("~", place)
    place += left
    if not triple and source.startswith("{", place):  # {{~{x}~}}
        triple = True
        place += 1
    if not triple and source.startswith("!", place):
        end = re.compile(r"--(~?)\}\}" if source.startswith("!--", place) else r"(~?)\}\}").search(source, place + 1)
        if not end:
            raise TemplateError(line, "the comment is not closed")
        return _Tag("comment", line, [], left, bool(end[1])), end.end()
    sign = source[place : place + 1]
    kind = "raw" if triple else _KINDS.get(sign, "show")
    if not triple and sign in (">", "*"):
        raise TemplateError(line, "partials and decorators are not supported")
    place += 1 if not triple and sign in _KINDS else 0
    if source[place : place + 1] in (">", "*") and kind == "open":
        raise TemplateError(line, "partials and decorators are not supported")
    closing = re.compile(r"\s*\}(~?)\}\}" if triple else r"\s*(~?)\}\}")
    words: list[str] = []
    while not (end := closing.match(source, place)):
        word = _WORD.match(source, place)
        if not word or word.end() == place:
            shown = source[place : place + 20].strip().partition("\n")[0]
            raise TemplateError(line, f"cannot be parsed at {shown!r}" if shown else "a tag is not closed")
        words.append(word[1])
        place = word.end()
    if kind in ("show", "inverse") and (words[:1] == ["else"] if kind == "show" else not words):
        kind, words = "else", words[1:]
    return _Tag(kind, line, words, left, bool(end[1])), end.end()


def _strip_lines(found: list[Text | _Tag]) -> None:
    """Remove lines that hold only a block tag or comment, and the whitespace that `~` trims."""
    original = [item.value if isinstance(item, Text) else "" for item in found]

    def is_clear(place: int, step: int) -> bool:
        if not 0 <= place < len(found):
            return True
        if not isinstance(found[place], Text):
            return False
        outermost = not 0 <= place + step < len(found)
        if step < 0:
            return bool(re.search(r"(?:\A|\n)\s*?\Z" if outermost else r"\n\s*?\Z", original[place]))
        return bool(re.match(r"\s*?(?:\r?\n|\Z)" if outermost else r"\s*?\r?\n", original[place]))

    for place, tag in enumerate(found):
        if not isinstance(tag, _Tag):
            continue
        alone = tag.kind not in ("show", "raw") and is_clear(place - 1, -1) and is_clear(place + 1, 1)
        before = found[place - 1] if place else None
        after = found[place + 1] if place + 1 < len(found) else None
        if isinstance(before, Text):
            before.value = before.value.rstrip() if tag.strip_left else before.value
            before.value = re.sub(r"[ \t]+\Z", "", before.value) if alone else before.value
        if isinstance(after, Text):
            after.value = after.value.lstrip() if tag.strip_right else after.value
            after.value = re.sub(r"\A[ \t]*\r?\n?", "", after.value) if alone else after.value


# ------------------------------------------------------------------------------------------------ parsing


@dataclass(frozen=True)
class Template:
    """A parsed template."""

    nodes: Nodes


@dataclass
class _Open:
    """A block that is not closed yet: where its nodes go, and where those after {{else}} go."""

    block: Block
    name: str
    nodes: Nodes
    after_else: Nodes | None


def parse_template(source: str) -> Template:
    """Parse a template. Raises TemplateError with the line of the problem."""
    found = _split_source(source)
    _strip_lines(found)
    root: Nodes = []
    opened: list[_Open] = []
    for item in found:
        nodes = opened[-1].nodes if opened else root
        if isinstance(item, Text):
            nodes.append(item)
        elif item.kind in ("show", "raw"):
            nodes.append(_parse_show(item))
        elif item.kind in ("open", "inverse"):
            _open_block(item, nodes, opened)
        elif item.kind == "else":
            if not opened or opened[-1].after_else is None:
                raise TemplateError(item.line, "{{else}} without a block")
            opened[-1].nodes, opened[-1].after_else = opened[-1].after_else, None
            if item.words:
                _open_block(item, opened[-1].nodes, opened)
                opened[-1].block.chained = True
        elif item.kind == "close":
            _close_block(item, opened)
    if opened:
        raise TemplateError(opened[-1].block.line, f"{{{{#{opened[-1].name}}}}} is not closed")
    return Template(root)


def _open_block(tag: _Tag, nodes: Nodes, opened: list[_Open]) -> None:
    block, name = _parse_block(tag)
    if len(opened) >= MAX_DEPTH:
        raise TemplateError(tag.line, f"blocks are nested over {MAX_DEPTH} deep")
    nodes.append(block)
    bodies = (block.otherwise, block.body) if tag.kind == "inverse" else (block.body, block.otherwise)
    opened.append(_Open(block, name, *bodies))


def _close_block(tag: _Tag, opened: list[_Open]) -> None:
    while opened and opened[-1].block.chained:
        opened.pop()
    name = tag.words[0] if tag.words else ""
    if not opened or opened[-1].name != name:
        expected = f"expected {{{{/{opened[-1].name}}}}}" if opened else "no block is open"
        raise TemplateError(tag.line, f"{{{{/{name}}}}} has no opening tag: {expected}")
    opened.pop()


def _parse_show(tag: _Tag) -> Show:
    if not tag.words:
        raise TemplateError(tag.line, "a tag is empty")
    name = tag.words[0]
    expression = _parse_expression(name, tag.line)
    if isinstance(expression, Literal):  # `{{"a b"}}` looks up the variable of that name
        expression = Path(name, 0, (name.strip("\"'"),))
    if len(tag.words) > 1 or name in ("lookup", "log", "if", "unless", "each", "with"):
        _refuse_helper(tag.line, name)
    return Show(tag.line, expression, tag.kind == "raw")


def _refuse_helper(line: int, name: str) -> NoReturn:
    if name in ("if", "unless", "each", "with"):
        raise TemplateError(line, f"{name} needs a block: {{{{#{name} …}}}}")
    raise TemplateError(line, f"unknown helper {name!r}")


def _parse_block(tag: _Tag) -> tuple[Block, str]:
    if not tag.words:
        raise TemplateError(tag.line, "a block needs a name")
    name, words = tag.words[0], list(tag.words[1:])
    params: tuple[str, ...] = ()
    if "|" in words:
        start = words.index("|")
        if start == 0 or words[start - 1] != "as" or words[-1] != "|":
            raise TemplateError(tag.line, "block parameters are written `as |name|`")
        params, words = tuple(words[start + 1 : -1]), words[: start - 1]
    include_zero = False
    while len(words) >= 3 and words[-2] == "=":
        value = _parse_expression(words[-1], tag.line)
        if words[-3] == "includeZero":
            include_zero = isinstance(value, Literal) and bool(value.value) and value.value is not UNDEFINED
        words = words[:-3]
    if "(" in words:
        _refuse_helper(tag.line, words[words.index("(") + 1] if words[-1] != "(" else "(")
    helper = name if name in ("if", "unless", "each", "with") else ""
    if helper and len(words) != 1:
        raise TemplateError(tag.line, f"{helper} takes one value, not {len(words)}")
    if not helper and (words or name in ("lookup", "log")):
        _refuse_helper(tag.line, name)
    expression = _parse_expression(words[0] if helper else name, tag.line)
    return Block(tag.line, helper, expression, include_zero, params), name


_CONSTANTS = {"true": True, "false": False, "null": None, "undefined": UNDEFINED}


def _parse_expression(word: str, line: int) -> Expression:
    if word[0] in "\"'":
        return Literal(word[1:-1].replace("\\" + word[0], word[0]))
    if word in _CONSTANTS:
        return Literal(_CONSTANTS[word])
    if re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", word):
        return Literal(float(word) if "." in word else int(word))
    if word in ("(", ")", "=", "|"):
        raise TemplateError(line, f"{word!r} is not expected here")
    data = word.startswith("@")
    pieces = re.findall(rf"\.\.|(?:{_ID})|\.(?=/|\Z)", word.removeprefix("@"))
    depth, keys = 0, list[str]()
    for number, piece in enumerate(pieces):
        if piece == "..":
            if keys:
                raise TemplateError(line, f"{word} is not a path")
            depth += 1
        elif piece in (".", "this"):
            if keys or (number and pieces[number - 1] != ".."):
                raise TemplateError(line, f"{word} is not a path")
        else:
            keys.append(piece[1:-1].replace("\\]", "]") if piece.startswith("[") else piece)
    return Path(word, depth, tuple(keys), data)
