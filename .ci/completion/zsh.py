"""The completion script for zsh: a file for a folder of `fpath`, which can also be sourced."""

from __future__ import annotations

from .tree import Node, Option, Value

_HEAD = """\
#compdef mailtrap
# zsh completion for mailtrap: generated from its commands, do not edit.

_mailtrap_profiles() {
  local -a names
  names=(${(f)"$(${(Q)words_typed[1]/#\\~\\//$HOME/} config list -q 2>/dev/null </dev/null)"})
  compadd -a names
}

# Files; of CID=PATH the path is completed.
_mailtrap_files() {
  compset -P '*='
  _files
}

_mailtrap() {
  local -a words_typed common
  words_typed=("$words[@]")
"""

_TAIL = """
if [[ $funcstack[1] == _mailtrap ]]; then
  _mailtrap "$@"
else
  compdef _mailtrap mailtrap
fi
"""


def render(root: Node) -> str:
    """Render the script."""
    lines = ["  common=("]
    lines += [f"    {spec}" for option in root.options for spec in _specs(option)]
    lines += ["  )", f"  {_function(root)}", "}"]
    for node in root.walk():
        lines += ["", *_node(node, root)]
    return _HEAD + "\n".join(lines) + "\n" + _TAIL


def _node(node: Node, root: Node) -> list[str]:
    own = [spec for option in node.options if option not in root.options for spec in _specs(option)]
    head = [f"{_function(node)}() {{"]
    if not node.members:
        own += [
            _quoted(f"{'*' if argument.many else number}:{_plain(argument.value.metavar)}:{_action(argument.value)}")
            for number, argument in enumerate(node.arguments, 1)
        ]
        return [*head, "  _arguments -s -S : $common" + "".join(f" \\\n    {spec}" for spec in own), "}"]
    commands = [f"      {_quoted(f'{member.name}:{_plain(member.help)}')}" for member in node.members]
    cases = [f"        {member.name}) {_function(member)} ;;" for member in node.members]
    specs = [*own, "'(-)1: :->command'", "'(-)*:: :->rest'"]
    return [
        *head,
        '  local curcontext="$curcontext" context state state_descr line',
        "  typeset -A opt_args",
        "  _arguments -C -s -S : $common" + "".join(f" \\\n    {spec}" for spec in specs),
        "  case $state in",
        "    command)",
        "      local -a commands",
        "      commands=(",
        *(f"  {command}" for command in commands),
        "      )",
        "      _describe -t commands command commands",
        "      ;;",
        "    rest)",
        "      case $line[1] in",
        *cases,
        "      esac",
        "      ;;",
        "  esac",
        "}",
    ]


def _specs(option: Option) -> list[str]:
    """One `_arguments` spec per name; names of one option exclude each other unless it is repeatable."""
    value = f":{_plain(option.value.metavar)}:{_action(option.value)}" if option.value else ""
    others = " ".join((*option.names, *option.rivals)) if len(option.names) + len(option.rivals) > 1 else ""
    if "--help" in option.names:
        others = "- *"
    specs = []
    for name in option.names:
        joint = ("=" if name.startswith("--") else "+") if option.value else ""
        lead = "*" if option.many else f"({others})" if others else ""
        specs.append(_quoted(f"{lead}{name}{joint}[{_plain(option.help)}]{value}"))
    return specs


def _action(value: Value) -> str:
    match value.kind:
        case "choice":
            return f"({' '.join(value.choices)})"
        case "file":
            return "_mailtrap_files"
        case "profile":
            return "_mailtrap_profiles"
        case "text":
            return " "


def _function(node: Node) -> str:
    return "__".join(("_mailtrap_at", *node.path))


def _plain(text: str) -> str:
    """Escape text for use inside a spec."""
    return "".join(f"\\{sign}" if sign in "\\[]:" else sign for sign in text)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"
