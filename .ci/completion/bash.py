"""The completion script for bash: 3.2 or newer, without the bash-completion package."""

from __future__ import annotations

from collections.abc import Iterable

from .tree import Node, Value

_HEAD = """\
# bash completion for mailtrap: generated from its commands, do not edit.

"""

_WALK = r"""
# Adds each line of stdin that continues the word to the candidates.
_mailtrap_offer() {
    local candidate
    while IFS= read -r candidate; do
        [[ $candidate == "$cur"* ]] && COMPREPLY+=("$candidate")
    done
}

_mailtrap_profiles() {
    local program=${COMP_WORDS[0]/#\~\//$HOME/} name
    _mailtrap_offer < <("$program" config list -q 2>/dev/null </dev/null | while IFS= read -r name; do
        printf '%q\n' "$name"
    done)
}

_mailtrap_files() {
    compopt -o filenames 2>/dev/null # it quotes them; not in bash 3.2
    cur=${cur#[\"\']} cur=${cur//\\/}
    _mailtrap_offer < <(compgen -f -- "$cur")
}

_mailtrap() {
    local cur=${COMP_WORDS[COMP_CWORD]} path='' word option='' last='' rest='' count=0 i k
    local members options taking
    COMPREPLY=()
    _mailtrap_node ''
    for ((i = 1; i <= COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        if [[ $word == [=:] ]]; then # bash cuts words there: what follows is still the option's value
            option=${option:-$last}
            ((i == COMP_CWORD)) && cur=''
            continue
        fi
        ((i == COMP_CWORD)) && break
        if [[ -n $option ]]; then
            last=$option option=''
            continue
        fi
        last=''
        if [[ -z $rest && $word == -- ]]; then
            rest=1
        elif [[ -z $rest && $word == --* ]]; then
            [[ " $taking " == *" $word "* ]] && option=$word
        elif [[ -z $rest && $word == -?* ]]; then
            for ((k = 1; k < ${#word}; k++)); do # -qo json, -ojson
                if [[ " $taking " == *" -${word:k:1} "* ]]; then
                    ((k + 1 == ${#word})) && option=-${word:k:1}
                    break
                fi
            done
        elif [[ " $members " == *" $word "* ]]; then
            path=${path:+$path }$word
            _mailtrap_node "$path"
        else
            ((count++))
        fi
    done
    if [[ -n $option ]]; then
        _mailtrap_value "$path:$option"
    elif [[ -z $rest && $cur == -* ]]; then
        _mailtrap_offer < <(printf '%s\n' $options)
    elif [[ -n $members ]]; then
        ((count == 0)) && _mailtrap_offer < <(printf '%s\n' $members)
    else
        _mailtrap_value "$path:$((count + 1))"
    fi
}

complete -F _mailtrap mailtrap
"""


def render(root: Node) -> str:
    """Render the script."""
    common = [name for option in root.options for name in option.names]
    taking = [name for option in root.options if option.value for name in option.names]
    lines = [
        "# The subcommands, the options and the options that take a value, of the command at this path.",
        "_mailtrap_node() {",
        f"    members='' options='{' '.join(common)}' taking='{' '.join(taking)}'",
        "    case $1 in",
    ]
    for node in root.walk():
        own = [option for option in node.options if node is root or option not in root.options]
        names = [] if node is root else [name for option in own for name in option.names]
        values = [] if node is root else [name for option in own if option.value for name in option.names]
        body = [f"members='{' '.join(member.name for member in node.members)}'"] if node.members else []
        body += [f'options="{" ".join(names)} $options"'] if names else []
        body += [f'taking="{" ".join(values)} $taking"'] if values else []
        if body:
            lines.append(f"        '{' '.join(node.path)}') {' '.join(body)} ;;")
    lines += ["    esac", "}", "", "# The candidates for an option's value or the argument with this number."]
    lines += ["_mailtrap_value() {", "    case $1 in", *_values(root), "    esac", "}"]
    return _HEAD + "\n".join(lines) + "\n" + _WALK


def _values(root: Node) -> Iterable[str]:
    for option in root.options:
        if option.value and (action := _action(option.value)):
            yield f"        {' | '.join(f'*:{name}' for name in option.names)}) {action} ;;"
    for node in root.walk():
        path = " ".join(node.path)
        patterns: dict[str, list[str]] = {}
        for option in node.options:
            if option.value and option not in root.options:
                patterns.setdefault(_action(option.value), []).extend(f"'{path}:{name}'" for name in option.names)
        for number, argument in enumerate(node.arguments, 1):
            pattern = f"'{path}:'[0-9]*" if argument.many else f"'{path}:{number}'"
            patterns.setdefault(_action(argument.value), []).append(pattern)
        for action, words in patterns.items():
            if action:
                yield f"        {' | '.join(words)}) {action} ;;"


def _action(value: Value) -> str:
    match value.kind:
        case "choice":
            return f"_mailtrap_offer < <(printf '%s\\n' {' '.join(value.choices)})"
        case "file":
            return "_mailtrap_files"
        case "profile":
            return "_mailtrap_profiles"
        case "text":
            return ""
