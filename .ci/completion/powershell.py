"""The completion script for PowerShell: 5.1 or newer."""

from __future__ import annotations

from collections.abc import Iterable

from .tree import Node, Option, Value

_HEAD = """\
# PowerShell completion for mailtrap: generated from its commands, do not edit.

Register-ArgumentCompleter -Native -CommandName mailtrap -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

"""

_WALK = r"""
    $before = $commandAst.CommandElements | Where-Object { $_.Extent.EndOffset -lt $cursorPosition }
    $typed = @($before | ForEach-Object {
        $quoted = $_ -is [System.Management.Automation.Language.StringConstantExpressionAst]
        if ($quoted) { $_.Value } else { $_.Extent.Text }
    })
    $path = ''
    $option = ''
    $rest = $false
    $count = 1
    foreach ($word in ($typed | Select-Object -Skip 1)) {
        $takes = @($taking['']) + @($taking[$path])
        if ($option) {
            $option = ''
        } elseif (-not $rest -and $word -ceq '--') {
            $rest = $true
        } elseif (-not $rest -and $word.StartsWith('--')) {
            if ($takes -ccontains $word) { $option = $word }
        } elseif (-not $rest -and $word.Length -gt 1 -and $word.StartsWith('-')) {
            for ($i = 1; $i -lt $word.Length; $i++) { # -qo json, -ojson
                if ($takes -ccontains "-$($word[$i])") {
                    if ($i + 1 -eq $word.Length) { $option = "-$($word[$i])" }
                    break
                }
            }
        } elseif ($members.ContainsKey($path) -and $members[$path].Contains($word)) {
            $path = "$path $word".Trim()
        } else {
            $count++
        }
    }

    $lead = ''
    $current = $wordToComplete
    $asked = if ($option) { $option } else { "$count" }
    if (-not $option -and -not $rest -and $wordToComplete.StartsWith('--') -and $wordToComplete.Contains('=')) {
        $asked, $current = $wordToComplete -split '=', 2
        $lead = "$asked="
    } elseif (-not $option -and -not $rest -and $wordToComplete.StartsWith('-')) {
        $asked = ''
    }
    $found = [ordered]@{}
    if ($asked -eq '') {
        foreach ($where in @($path, '') | Select-Object -Unique) {
            if (-not $options.ContainsKey($where)) { continue }
            foreach ($name in $options[$where].Keys) { $found[$name] = $options[$where][$name] }
        }
    } elseif ($asked -match '^\d+$' -and $members.ContainsKey($path)) {
        if ($count -eq 1) { $found = $members[$path] }
    } else {
        $places = @("${path}:$asked", ":$asked", "${path}:*")
        $kind = $places | Where-Object { $values.ContainsKey($_) } | Select-Object -First 1
        if ($kind -and $values[$kind] -eq 'profile') {
            foreach ($name in @(& $typed[0] config list -q 2>$null)) { $found[$name] = 'Profile' }
        } elseif ($kind -and $values[$kind] -ne 'file') {
            foreach ($name in $values[$kind] -split '\|') { $found[$name] = $name }
        } # without a candidate PowerShell offers files
    }
    foreach ($name in @($found.Keys)) {
        if ($name.StartsWith($current, [StringComparison]::Ordinal)) {
            $text = if ($name -match '^[\w.@/+-]+$') { "$lead$name" } else { "$lead'" + $name.Replace("'", "''") + "'" }
            [System.Management.Automation.CompletionResult]::new($text, $name, 'ParameterValue', $found[$name])
        }
    }
}
"""


def render(root: Node) -> str:
    """Render the script."""
    lines: list[str] = []
    own = {
        node: [option for option in node.options if node is root or option not in root.options] for node in root.walk()
    }
    lines += _table("members", {node: [(member.name, member.help) for member in node.members] for node in own})
    options = {node: [(name, option.help) for option in own[node] for name in option.names] for node in own}
    lines += _table("options", options)
    lines += ["    $taking = @{"]
    for node in own:
        names = [_quoted(name) for option in own[node] if option.value for name in option.names]
        lines += [f"        {_path(node)} = @({', '.join(names)})"] if names else []
    lines += ["    }", "    $values = @{", *(f"        {line}" for line in _values(own)), "    }"]
    return _HEAD + "\n".join(lines) + "\n" + _WALK


def _table(name: str, rows: dict[Node, list[tuple[str, str]]]) -> list[str]:
    lines = [f"    ${name} = @{{"]
    for node, pairs in rows.items():
        if pairs:
            lines += [f"        {_path(node)} = [ordered]@{{"]
            lines += [f"            {_quoted(key)} = {_quoted(text or key)}" for key, text in pairs]
            lines += ["        }"]
    return [*lines, "    }"]


def _values(own: dict[Node, list[Option]]) -> Iterable[str]:
    for node, options in own.items():
        path = " ".join(node.path)
        for option in options:
            if option.value and (kind := _kind(option.value)):
                yield from (f"{_quoted(f'{path}:{name}')} = {_quoted(kind)}" for name in option.names)
        for number, argument in enumerate(node.arguments, 1):
            if kind := _kind(argument.value):
                place = "*" if argument.many else str(number)
                yield f"{_quoted(f'{path}:{place}')} = {_quoted(kind)}"


def _kind(value: Value) -> str:
    return "|".join(value.choices) if value.kind == "choice" else "" if value.kind == "text" else value.kind


def _path(node: Node) -> str:
    return _quoted(" ".join(node.path))


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
