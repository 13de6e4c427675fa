"""Email layouts: plain text, tables, tiles of digits, buttons, tracked links."""

from __future__ import annotations

import random
import string
from collections.abc import Callable
from html import escape

from .languages import Language

Bodies = tuple[str | None, str | None]  # text and HTML
SITE = "https://acme.example"


def make_token(seed: str, length: int = 43) -> str:
    """Make a random token in the style of frameworks, always the same for a seed."""
    return "".join(random.Random(seed).choices(string.ascii_letters + string.digits + "-_", k=length))


def track_url(seed: str) -> str:
    """Rewrite a link as mailing services do: its target is no longer visible."""
    return f"https://url4417.acme.example/ls/click?upn=u001.{make_token(seed, 300)}"


def render_page(language: Language, body: str, *, logo: bool = True, tracked: str = "") -> str:
    """Render an HTML email with a preheader, a logo, the body and a footer; with a seed, its own links are tracked."""

    def link(path: str) -> str:
        return track_url(tracked + path) if tracked else f"{SITE}{path}"

    head = f'<a href="{link("/")}"><img src="{SITE}/logo.png" width="120" alt="Acme"></a>' if logo else ""
    footer = " | ".join(
        f'<a href="{link(path)}" style="color:#999">{escape(words)}</a>'
        for path, words in (
            (f"/u/8a7f3c21d9e04b55/{tracked or 'list'}", language.unsubscribe),
            ("/legal/privacy", language.privacy),
            ("/help/contact", language.help),
        )
    )
    return (
        f'<!doctype html><html lang="{language.tag}"><head><meta charset="utf-8"><title>Acme</title>'
        "<style>.btn{background:#08f;color:#fff;padding:12px 24px}"
        "@media(max-width:600px){.w{width:100%}}</style></head>"
        '<body style="margin:0;background:#f4f4f4"><div style="display:none;max-height:0">Acme&nbsp;&zwnj;&nbsp;</div>'
        f'<table role="presentation" width="600" class="w"><tr><td>{head}</td></tr>'
        f'<tr><td style="padding:24px"><p>{escape(language.hello)}</p>\n{body}</td></tr>'
        f'<tr><td style="font-size:12px;color:#999999">{footer}<br>'
        "© 2026 Acme Inc., 1209 Orange Street, Wilmington, DE 19801, Tel. +1 302 555 "
        "0142</td></tr></table></body></html>"
    )


def render_text(language: Language, *paragraphs: str) -> str:
    """Render a plain text email with a footer."""
    footer = (
        f"--\nAcme Inc., 1209 Orange Street, Wilmington, DE 19801\n{language.unsubscribe}: {SITE}/u/8a7f3c21d9e04b55"
    )
    return "\n\n".join((language.hello, *paragraphs, footer)) + "\n"


def _paragraph(text: str) -> str:
    return f"<p>{escape(text)}</p>\n"


def _rest(language: Language) -> str:
    return _paragraph(language.expiry) + _paragraph(language.ignore)


# ---------------------------------------------------------------------------------------------- one-time codes


def code_in_sentence(language: Language, code: str) -> Bodies:
    line = language.code_line.format(code=code)
    return render_text(language, line, language.ignore), render_page(language, _paragraph(line) + _rest(language))


def code_in_bold(language: Language, code: str) -> Bodies:
    line = escape(language.code_line).replace("{code}", f"<strong>{code}</strong>")
    return None, render_page(language, f"<p>{line}</p>" + _rest(language))


def code_on_its_own(language: Language, code: str) -> Bodies:
    big = f'<div style="font-size:32px;letter-spacing:8px;text-align:center">{code}</div>'
    text = render_text(language, f"{language.label}:", f"    {code}", language.expiry)
    return text, render_page(language, _paragraph(f"{language.label}:") + big + _rest(language))


def code_in_cells(language: Language, code: str) -> Bodies:
    cells = "".join(f'<td style="border:1px solid #ccc;padding:8px">{digit}</td>\n' for digit in code)
    return None, render_page(
        language, _paragraph(language.label) + f"<table><tr>{cells}</tr></table>" + _rest(language)
    )


def code_in_blocks(language: Language, code: str) -> Bodies:
    blocks = "\n".join(f'<div style="display:inline-block;width:40px">{digit}</div>' for digit in code)
    return None, render_page(language, _paragraph(language.label) + blocks + _rest(language))


def code_in_nested_tables(language: Language, code: str) -> Bodies:
    cells = "".join(f"<td><table><tbody><tr><td>{digit}</td></tr></tbody></table></td>" for digit in code)
    return None, render_page(
        language, _paragraph(language.label) + f"<table><tr>{cells}</tr></table>" + _rest(language)
    )


def code_in_paragraphs(language: Language, code: str) -> Bodies:
    digits = "".join(f'<p style="display:inline">{digit}</p>\n' for digit in code)
    return None, render_page(language, _paragraph(language.label) + digits + _rest(language))


def code_after_a_colon(language: Language, code: str) -> Bodies:
    line = f"{language.label}:{code}"
    return render_text(language, line, language.expiry), render_page(language, _paragraph(line) + _rest(language))


def code_with_hidden_characters(language: Language, code: str) -> Bodies:
    hidden = "&zwj;".join(code[:2]) + "&shy;" + "\u200b".join(code[2:4]) + "\u2060" + code[4:]
    return None, render_page(language, _paragraph(f"{language.label}:") + f"<p><b>{hidden}</b></p>" + _rest(language))


def code_in_two_groups(language: Language, code: str) -> Bodies:
    return code_on_its_own(language, f"{code[:3]} {code[3:]}")


CODE_LAYOUTS: tuple[Callable[[Language, str], Bodies], ...] = (
    code_in_sentence,
    code_in_cells,
    code_after_a_colon,
    code_on_its_own,
    code_in_blocks,
    code_in_bold,
    code_with_hidden_characters,
    code_in_nested_tables,
    code_in_two_groups,
    code_in_paragraphs,
)


# ---------------------------------------------------------------------------------------------- confirmations


def link_on_button(language: Language, url: str, seed: str) -> Bodies:
    link = f'<a href="{escape(url)}" target="_blank">{escape(language.button)}</a>'
    button = f'<table><tr><td class="btn">{link}</td></tr></table>'
    text = render_text(language, language.confirm_line, url, language.ignore)
    return text, render_page(language, _paragraph(language.confirm_line) + button + _paragraph(language.ignore))


def link_in_text(language: Language, url: str, seed: str) -> Bodies:
    return render_text(language, language.confirm_line, f"{language.button}:\n{url}", language.ignore), None


def link_tracked(language: Language, url: str, seed: str) -> Bodies:
    button = f'<p><a class="btn" href="{escape(url)}">{escape(language.button)}</a></p>'
    body = _paragraph(language.confirm_line) + button + _paragraph(language.ignore)
    return None, render_page(language, body, tracked=seed)


def link_on_image(language: Language, url: str, seed: str) -> Bodies:
    image = f'<a href="{escape(url)}"><img src="{SITE}/button.png" alt="{escape(language.button)}"></a>'
    return None, render_page(language, _paragraph(language.confirm_line) + image + _paragraph(language.ignore))


def link_with_copy(language: Language, url: str, seed: str) -> Bodies:
    body = (
        _paragraph(language.confirm_line)
        + f'<p><a href="{escape(url)}" style="background:#08f">{escape(language.button)}</a></p>'
        + f'<p style="word-break:break-all"><a href="{escape(url)}">{escape(url)}</a></p>'
    )
    return None, render_page(language, body + _paragraph(language.ignore))


LINK_LAYOUTS: tuple[Callable[[Language, str, str], Bodies], ...] = (
    link_on_button,
    link_in_text,
    link_tracked,
    link_on_image,
    link_with_copy,
)


# ---------------------------------------------------------------------------------------------- others


def render_receipt(language: Language, order: str, total: str) -> Bodies:
    line = language.receipt_line.format(order=order, total=total)
    view = f'<p><a href="{SITE}/orders/{order}">{order}</a></p>'
    return render_text(language, line), render_page(language, _paragraph(line) + view)


def render_notice(language: Language, order: str, total: str) -> Bodies:
    line = language.receipt_line.format(order=order, total=total)
    return None, render_page(language, _paragraph(line), logo=False)


def render_offer(language: Language, promo: str) -> Bodies:
    line = language.offer_line.format(promo=promo)
    big = f'<div style="font-size:32px;border:2px dashed #08f">{promo}</div>'
    shop = f'<p><a class="btn" href="{SITE}/sale?utm_source=mail">Acme</a></p>'
    return render_text(language, line, f"{SITE}/sale"), render_page(language, _paragraph(line) + big + shop)
