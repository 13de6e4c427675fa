"""The completion script for fish: 3.0 or newer."""

from __future__ import annotations

from collections.abc import Iterable

from .tree import Node, Option, Value

_HEAD = "# fish completion for mailtrap: generated from its commands, do not edit.\n\n"

_WALK = r"""
function __mailtrap_profiles
    set -l typed (commandline -opc)
    set -l program (string replace -r '^~/' "$HOME/" -- $typed[1])
    command $program config list -q </dev/null 2>/dev/null
end

# Files; of CID=PATH the path is completed.
function __mailtrap_files
    set -l halves (string split -m 1 = -- $argv[1])
    if set -q halves[2]
        for path in (__fish_complete_path $halves[2])
            echo "$halves[1]=$path"
        end
    else
        __fish_complete_path $argv[1]
    end
end

# The candidates for the word at the cursor, one per line with its description.
function __mailtrap_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l path
    set -l option
    set -l rest
    set -l count 1
    set -l members (__mailtrap_members '' | string replace -r '\t.*' '')
    set -l taking (__mailtrap_taking '')
    for word in $words[2..-1]
        if set -q option[1]
            set option
        else if not set -q rest[1]; and test "$word" = --
            set rest yes
        else if not set -q rest[1]; and string match -q -- '--*' $word
            contains -- $word $taking; and set option $word
        else if not set -q rest[1]; and string match -qr -- '^-.' $word
            set -l letters (string split '' -- (string sub -s 2 -- $word)) # -qo json, -ojson
            for place in (seq (count $letters))
                if contains -- -$letters[$place] $taking
                    test $place = (count $letters); and set option -$letters[$place]
                    break
                end
            end
        else if contains -- $word $members
            set -a path $word
            set members (__mailtrap_members "$path" | string replace -r '\t.*' '')
            set taking (__mailtrap_taking "$path")
        else
            set count (math $count + 1)
        end
    end
    if set -q option[1]
        __mailtrap_value "$path:$option" $current
    else if not set -q rest[1]; and string match -qr -- '^--[^=]+=' $current
        set -l halves (string split -m 1 = -- $current)
        for value in (__mailtrap_value "$path:$halves[1]" $halves[2])
            echo $halves[1]=$value
        end
    else if not set -q rest[1]; and string match -q -- '-*' $current
        __mailtrap_options "$path"
        __mailtrap_options ''
    else if set -q members[1]
        test $count = 1; and __mailtrap_members "$path"
    else
        __mailtrap_value "$path:$count" $current
    end
end

complete -c mailtrap -e
complete -c mailtrap -f -a '(__mailtrap_complete)'
"""


def render(root: Node) -> str:
    """Render the script."""
    nodes = list(root.walk())
    members = {node: [_line(member.name, member.help) for member in node.members] for node in nodes}
    own = {node: [option for option in node.options if node is root or option not in root.options] for node in nodes}
    options = {node: [_line(name, option.help) for option in own[node] for name in option.names] for node in nodes}
    return (
        _HEAD
        + _switch("members", "The subcommands of the group at this path.", members)
        + _switch("options", "The options of the command at this path, without the common ones.", options)
        + _taking(root, own)
        + _values(root, own)
        + _WALK
    )


def _switch(name: str, says: str, lines: dict[Node, list[str]]) -> str:
    text = f'# {says}\nfunction __mailtrap_{name}\n    switch "$argv[1]"\n'
    for node, found in lines.items():
        if found:
            text += f"        case '{' '.join(node.path)}'\n            printf '%s\\t%s\\n' \\\n"
            text += " \\\n".join(f"                {line}" for line in found) + "\n"
    return text + "    end\nend\n\n"


def _taking(root: Node, own: dict[Node, list[Option]]) -> str:
    text = "# The options that take a value, of the command at this path.\n"
    text += 'function __mailtrap_taking\n    switch "$argv[1]"\n'
    for node, options in own.items():
        names = [name for option in options if option.value for name in option.names]
        if names and node is not root:
            text += f"        case '{' '.join(node.path)}'\n            printf '%s\\n' {' '.join(names)}\n"
    names = [name for option in root.options if option.value for name in option.names]
    return text + f"    end\n    printf '%s\\n' {' '.join(names)}\nend\n\n"


def _values(root: Node, own: dict[Node, list[Option]]) -> str:
    text = "# The candidates for an option's value or the argument with this number; $argv[2] is what is typed of it.\n"
    text += 'function __mailtrap_value\n    switch "$argv[1]"\n'
    for patterns, action in _cases(root, own):
        text += f"        case {' '.join(patterns)}\n            {action}\n"
    return text + "    end\nend\n"


def _cases(root: Node, own: dict[Node, list[Option]]) -> Iterable[tuple[list[str], str]]:
    for node, options in own.items():
        path = "*" if node is root else " ".join(node.path)
        for option in options:
            if option.value and (action := _action(option.value)):
                yield [f"'{path}:{name}'" for name in option.names], action
        for number, argument in enumerate(node.arguments, 1):
            if action := _action(argument.value):
                yield [f"'{path}:{'*' if argument.many else number}'"], action


def _action(value: Value) -> str:
    match value.kind:
        case "choice":
            return f"printf '%s\\n' {' '.join(value.choices)}"
        case "file":
            return '__mailtrap_files "$argv[2]"'
        case "profile":
            return "__mailtrap_profiles"
        case "text":
            return ""


def _line(name: str, help_: str) -> str:
    escaped = help_.replace("\\", "\\\\").replace("'", "\\'")
    return f"{name} '{escaped}'"
