"""Templates rendered like Handlebars, with Mailtrap's four helpers and no others."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from mailtrap_cli.local.handlebars import render_template
from mailtrap_cli.local.handlebars_parser import TemplateError

ITEMS: dict[str, Any] = {"items": [{"n": "a"}, {"n": "b"}], "m": {"x": 1, "2": "two", "1": "one"}, "t": "T", "z": 0}


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("Hi {{name}}", "Hi &lt;Ada&gt; &amp; &quot;Co&quot; &#x27;&#x60;&#x3D;"),
        ("{{{name}}}|{{&name}}", '<Ada> & "Co" \'`=|<Ada> & "Co" \'`='),
        ("{{a.b}} {{a/b}} {{a.[b]}} {{a.none.x}}", "1 1 1 "),
        ("{{#if t}}yes{{else}}no{{/if}} {{#unless t}}yes{{else}}no{{/unless}}", "yes no"),
        ("{{#if z}}yes{{else if t}}T{{else}}no{{/if}}", "T"),
        ("{{#if z includeZero=true}}yes{{/if}}", "yes"),
        ("{{#each items}}{{@index}}{{n}}{{#unless @last}}, {{/unless}}{{/each}}", "0a, 1b"),
        ("{{#each m}}{{@key}}={{this}}{{#if @first}}!{{/if}} {{/each}}", "1=one! 2=two x=1 "),
        ("{{#each empty}}x{{else}}none{{/each}}{{#each none}}x{{else}}none{{/each}}", "nonenone"),
        ("{{#with a}}{{b}}{{../t}}{{/with}}{{#with none}}x{{else}}none{{/with}}", "1Tnone"),
        ("{{#each items}}{{#if ../t}}{{../t}}{{/if}}{{/each}}", "TT"),
        ("{{#each items}}{{#each ../items}}{{@../index}}{{@index}}{{n}} {{/each}}{{/each}}", "00a 01b 10a 11b "),
        ("{{#each items as |item i|}}{{i}}{{item.n}}{{/each}}", "0a1b"),
        ("{{@root.t}}", "T"),
        ("a{{! note }}b{{!-- {{note}} --}}c", "abc"),
        ("a\n{{#if t}}\n  b\n{{/if}}\nc\n", "a\n  b\nc\n"),
        ("a  {{~t~}}  b {{~#if t~}} c {{~/if~}} d", "aTbcd"),
        (r"\{{t}} \\{{t}}", "{{t}} \\T"),
        ("{{#t}}{{this}}{{/t}}{{#items}}{{n}}{{/items}}{{^none}}no{{/none}}", "Tabno"),
        ("{{items}} {{list}} {{a}}", "[object Object],[object Object] 1,,x,2 [object Object]"),
        ("{{no}} {{yes}} {{z}} {{null}} {{float}} {{big}} {{small}}", "false true 0  1.5 1e+21 1e-7"),
        ('{{"text"}} {{#if "x"}}y{{/if}}', " y"),
        ("{{#if empty}}y{{else}}n{{/if}}{{#if none_map}}y{{else}}n{{/if}}{{#if blank}}y{{else}}n{{/if}}", "nnn"),
    ],
)
def test_a_template_is_rendered(template: str, text: str) -> None:
    values = {
        **ITEMS,
        "name": '<Ada> & "Co" \'`=',
        "a": {"b": 1},
        "empty": [],
        "none_map": {},
        "blank": "",
        "list": [1, None, ["x", 2.0]],
        "no": False,
        "yes": True,
        "null": None,
        "float": 1.5,
        "big": 1e21,
        "small": 1e-7,
    }
    assert render_template(template, values).text == text


def test_missing_variables_are_reported_once() -> None:
    found = render_template("{{a}} {{b.c}} {{a}} {{#if x}}{{y}}{{/if}} {{t}} {{null}}", {"t": 1, "null": None})
    assert found.missing == ("a", "b.c")


@pytest.mark.parametrize(
    ("template", "line", "words"),
    [
        ("a\n{{#if x}}\n", 2, "{{#if}} is not closed"),
        ("{{/if}}", 1, "no block is open"),
        ("{{#if a}}\n{{/each}}", 2, "expected {{/if}}"),
        ("\n\n{{formatDate x}}", 3, "unknown helper 'formatDate'"),
        ("{{lookup a b}}", 1, "unknown helper 'lookup'"),
        ("{{log a}}", 1, "unknown helper 'log'"),
        ("{{#if (eq a b)}}x{{/if}}", 1, "unknown helper 'eq'"),
        ("{{#list a}}x{{/list}}", 1, "unknown helper 'list'"),
        ("{{> footer}}", 1, "partials"),
        ("{{#> footer}}{{/footer}}", 1, "partials"),
        ("{{{{raw}}}}x{{{{/raw}}}}", 1, "raw blocks"),
        ("{{}}", 1, "a tag is empty"),
        ("{{a", 1, "a tag is not closed"),
        ("{{a ! b}}", 1, "cannot be parsed"),
        ("{{else}}", 1, "without a block"),
        ("{{#if}}{{/if}}", 1, "takes one value"),
        ("{{a/../b}}", 1, "is not a path"),
        ("{{!-- a }}", 1, "comment is not closed"),
        ("{{#if a}}" * 200, 1, "nested over"),
    ],
)
def test_errors_name_the_line(template: str, line: int, words: str) -> None:
    with pytest.raises(TemplateError) as caught:
        render_template(template, {})
    assert caught.value.line == line
    assert words in caught.value.message


def test_rendering_is_bounded() -> None:
    values = {"a": list(range(200))}
    nested = "{{#each @root.a}}" * 6 + "x" * 10 + "{{/each}}" * 6
    with pytest.raises(TemplateError, match="too long"):
        render_template(nested, values)
    with pytest.raises(TemplateError, match="too long"):
        render_template("{{#each a}}" + "x" * 1000 + "{{/each}}", values, max_output=10_000)


NODE = """
import Handlebars from 'handlebars';
import { readFileSync } from 'node:fs';
for (const name of ['lookup', 'log']) Handlebars.unregisterHelper(name);
for (const [template, values] of JSON.parse(readFileSync(0))) {
  try { console.log(JSON.stringify(Handlebars.compile(template)(values))); }
  catch (error) { console.log('null'); }
}
"""
PIECES = (
    *("{{t}}", "{{{h}}}", "{{h}}", "{{z}}", "{{none}}", "{{a.b}}", "{{this}}", "{{../t}}", "{{@index}}", "{{@key}}"),
    *("{{.}}", "{{this.n}}", "{{n}}", "{{@first}}", "{{@last}}", "{{list}}", "{{a}}", "{{@root.t}}", "{{../../t}}"),
    *(
        "{{! c }}",
        "{{!-- c --}}",
        "{{~t}}",
        "{{t~}}",
        "text",
        " ",
        "\n",
        "  \n",
        "\n  ",
        "<b>",
        "{{list.length}}",
        "\\{{t}}",
    ),
)
VALUES = ("t", "z", "none", "a", "list", "items", "m", "h", "this", "../t", "a.b", "empty", "@first", "no", "n")


def random_template(chance: random.Random, depth: int) -> str:
    text = ""
    for _ in range(chance.randint(1, 5)):
        if depth and chance.random() < 0.4:
            helper, value = chance.choice(("if", "unless", "each", "with")), chance.choice(VALUES)
            tilde = chance.choice(("", "", "~"))
            text += f"{{{{{tilde}#{helper} {value}}}}}" + random_template(chance, depth - 1)
            if chance.random() < 0.4:
                other = chance.choice(("else", "else if t", "^")) if helper == "if" else chance.choice(("else", "^"))
                text += f"{{{{{other}{tilde}}}}}" + random_template(chance, depth - 1)
            text += f"{{{{/{helper}{chance.choice(('', '~'))}}}}}"
        else:
            text += chance.choice(PIECES)
    return text


def test_handlebars_js_renders_the_same(fuzz: int) -> None:
    folder = os.environ.get("HANDLEBARS", "")
    if not shutil.which("node") or not Path(folder, "node_modules", "handlebars").is_dir():
        pytest.skip("needs node, and HANDLEBARS to name a folder where `npm install handlebars` was run")
    chance = random.Random(3)
    values = {**ITEMS, "h": "<&'\"`=>", "a": {"b": [1, "x"]}, "list": [0, "", 2.5], "empty": [], "no": False}
    cases = [(random_template(chance, 3), values) for _ in range(fuzz * 20)]
    script = Path(folder) / "render.mjs"
    script.write_text(NODE)
    done = subprocess.run(
        ["node", str(script)], input=json.dumps(cases), capture_output=True, text=True, check=True, cwd=folder
    )
    differing = []
    for (template, _), line in zip(cases, done.stdout.strip().split("\n"), strict=True):
        try:
            ours: str | None = render_template(template, values).text
        except TemplateError:
            ours = None
        if ours != json.loads(line):
            differing.append((template, ours, json.loads(line)))
    assert differing[:3] == [], f"{len(differing)} of {len(cases)} differ"
