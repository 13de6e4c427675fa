"""Links that act among links that do not, in the odd forms of real emails, and emails without one."""

from __future__ import annotations

from .cases import UNASKED, Case
from .layouts import make_token, track_url

A = "https://acme.example"
_FOOTER = (
    f'<p><a href="{A}/unsubscribe?u=8a7f3c21d9e04b55">Unsubscribe</a> <a href="{A}/legal/terms">Terms</a> '
    f'<a href="{A}/privacy">Privacy</a> <a href="{A}/faq">FAQ</a> <a href="{A}/support">Support</a> '
    '<a href="https://twitter.com/acme"><img src="https://acme.example/t.png" alt="Twitter"></a> '
    '<a href="https://www.facebook.com/acme">Facebook</a></p>'
)
_LOGO = f'<a href="{A}/"><img src="{A}/logo.png" alt="Acme"></a>'


def _html(
    name: str, link: str | None, body: str, *, subject: str = "A message from Acme", footer: str = _FOOTER
) -> Case:
    html = f"<html><body>{_LOGO}<div>{body}</div>{footer}</body></html>"
    return Case(f"link-{name}", subject, None, html, UNASKED, link)


def _bare(name: str, link: str | None, html: str) -> Case:
    return Case(f"link-{name}", "A message from Acme", None, html, UNASKED, link)


def _text(name: str, link: str | None, *paragraphs: str) -> Case:
    text = "\n\n".join(paragraphs) + f"\n\n--\nUnsubscribe: {A}/unsubscribe?u=8a7f\nTerms: {A}/legal/terms\n"
    return Case(f"link-{name}", "A message from Acme", text, None, UNASKED, link)


def _a(url: str, words: str, more: str = "") -> str:
    return f'<a href="{url}"{more}>{words}</a>'


T = make_token("links")
AGB = f"{A}/v/xK9agbQ2faqL7supportR4termsT8legalW1contactZ"  # words that count against a link, inside a token
_VERIFY_SUPPORT = f"{A}/support/verify_email/{T}"
_CONTACT_QUERY = f"{A}/confirm?email=contact%40example.com&t={T}"
_TERMS_REDIRECT = f"{A}/activate?redirect=%2Fterms&token={T}"
_PLAIN = f"{A}/l/{T}"
_MAGIC = f"{A}/auth/magic?code={T}&next=%2Fhelp"

_ACTING = [
    _html("words-inside-a-token", AGB, "<p>Hi Ada,</p>" + _a(AGB, "Get started", ' class="btn"')),
    _html("support-in-the-path", _VERIFY_SUPPORT, _a(_VERIFY_SUPPORT, "Verify email")),
    _html("contact-in-the-query", _CONTACT_QUERY, _a(_CONTACT_QUERY, "Continue")),
    _html("terms-in-a-redirect", _TERMS_REDIRECT, _a(_TERMS_REDIRECT, "Activate account")),
    _html(
        "accept-new-terms", f"{A}/c/1", _a(f"{A}/c/1", "Accept the new terms and confirm") + _a(f"{A}/c/2", "Read them")
    ),
    _html(
        "not-unsubscribe-confirm",
        f"{A}/subscribe/confirm/{T}",
        "<p>Please confirm that you want our newsletter.</p>" + _a(f"{A}/subscribe/confirm/{T}", "Yes, subscribe me"),
    ),
    _html("magic", _MAGIC, "<p>Click to sign in.</p>" + _a(_MAGIC, "Sign in to Acme")),
    _html(
        "invitation",
        f"{A}/i/{T}",
        "<p>Grace invited you to the team Tea.</p>"
        + _a(f"{A}/i/{T}", "Accept invitation")
        + _a(f"{A}/d/{T}", "Decline"),
    ),
    _html(
        "reset-with-nav",
        f"{A}/p/{T}",
        _a(f"{A}/login", "Log in")
        + _a(f"{A}/shop", "Shop")
        + "<h1>Forgot your password?</h1>"
        + _a(f"{A}/p/{T}", "Reset password", ' style="background:#08f;padding:12px"'),
    ),
    _html(
        "verify-with-forgot-footer",
        f"{A}/v/{T}",
        _a(f"{A}/v/{T}", "Verify email") + "<p>" + _a(f"{A}/password/forgot", "Forgot your password?") + "</p>",
    ),
    _html(
        "it-was-not-me",
        f"{A}/d/ok/{T}",
        "<p>New device. Was this you?</p>"
        + _a(f"{A}/d/ok/{T}", "Yes, approve this device")
        + _a(f"{A}/d/no/{T}", "No, this wasn't me"),
    ),
    _html(
        "cancel-change",
        f"{A}/e/1/{T}",
        "<p>You asked to change your email address.</p>"
        + _a(f"{A}/e/1/{T}", "Confirm the new address")
        + "<p>Not you? "
        + _a(f"{A}/e/2/{T}", "Cancel this change")
        + "</p>",
    ),
    _html("unlock", f"{A}/x/{T}", _a(f"{A}/x/{T}", "Unlock my account")),
    _html("set-up-password", f"{A}/w/{T}", _a(f"{A}/w/{T}", "Set up your password")),
    _html("complete-registration", f"{A}/r/{T}", _a(f"{A}/r/{T}", "Complete registration")),
    _html(
        "delete-account",
        f"{A}/z/{T}",
        "<p>You asked us to delete your account.</p>"
        + _a(f"{A}/z/{T}", "Confirm deletion")
        + _a(f"{A}/help/delete", "Learn more"),
    ),
    _html(
        "here",
        f"{A}/h/{T}",
        "<p>To verify your account, click "
        + _a(f"{A}/h/{T}", "here")
        + ".</p><p>Questions? Click "
        + _a(f"{A}/contact", "here")
        + ".</p>",
    ),
    _html(
        "url-is-the-text",
        f"{A}/k/{T}",
        "<p>Open this link to reset your password:</p>" + _a(f"{A}/k/{T}", f"{A}/k/{T}"),
    ),
    _html(
        "button-without-words",
        _PLAIN,
        "<p>Welcome to Acme!</p>" + _a(_PLAIN, "Continue", ' class="button"') + _a(f"{A}/blog/welcome", "Our blog"),
    ),
    _html("only-link", f"{A}/orders/1", "<p>Your order has shipped.</p>" + _a(f"{A}/orders/1", "Track")),
    _html(
        "german",
        f"{A}/k/{T}",
        "<p>Willkommen! Mit der Bestätigung akzeptieren Sie die AGB.</p>"
        + _a(f"{A}/k/{T}", "Jetzt bestätigen")
        + _a(f"{A}/agb", "AGB")
        + _a(f"{A}/impressum", "Impressum"),
    ),
    _html(
        "german-login", f"{A}/k/{T}", _a(f"{A}/k/{T}", "Jetzt anmelden") + _a(f"{A}/n/{T}", "Vom Newsletter abmelden")
    ),
    _html(
        "french-terms",
        f"{A}/k/{T}",
        _a(f"{A}/k/{T}", "Accepter les conditions et valider") + _a(f"{A}/cgu", "Conditions"),
    ),
    _html("spanish", f"{A}/k/{T}", _a(f"{A}/k/{T}", "Activar mi cuenta") + _a(f"{A}/baja/{T}", "Darse de baja")),
    _html("japanese", f"{A}/k/{T}", _a(f"{A}/k/{T}", "登録を完了する") + _a(f"{A}/q", "よくある質問")),
    _html("chinese-activate", f"{A}/k/{T}", _a(f"{A}/k/{T}", "立即激活") + _a(f"{A}/t", "退订")),
    _html(
        "tracked-all",
        track_url("main"),
        "<p>Confirm your subscription</p>" + _a(track_url("main"), "Confirm subscription"),
        footer=_a(track_url("out"), "Unsubscribe") + _a(track_url("web"), "View in browser"),
    ),
    _html(
        "view-in-browser-first", f"{A}/v/{T}", _a(f"{A}/web/{T}", "View in browser") + _a(f"{A}/v/{T}", "Verify now")
    ),
    _html(
        "safelinks",
        "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Facme.example%2Funsubscribed%2Fback&data=05",
        _a(
            "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Facme.example%2Funsubscribed%2Fback&data=05",
            "Confirm",
        ),
    ),
    _html(
        "account-at-github",
        f"https://github.com/login/device?c={T}",
        _a(f"https://github.com/login/device?c={T}", "Authorize device"),
    ),
    _html("invoice-download", f"{A}/invoices/7.pdf?sig={T}", _a(f"{A}/invoices/7.pdf?sig={T}", "Download invoice")),
    _bare("blank-in-href", f"{A}/verify/{T}", f'<p>Verify:</p><a href=" {A}/verify/{T} ">Verify email</a>' + _FOOTER),
    _bare(
        "blank-inside-href", f"{A}/verify/my%20mail/{T}", f'<a href="{A}/verify/my mail/{T}">Verify email</a>' + _FOOTER
    ),
    _bare("zero-width-before", f"{A}/verify/{T}", f'<a href="\u200b{A}/verify/{T}">Verify email</a>' + _FOOTER),
    _bare(
        "relative-with-base",
        f"{A}/app/verify?t={T}",
        f'<head><base href="{A}/app/"></head><a href="verify?t={T}">Verify</a>',
    ),
    _bare(
        "rooted-with-base", f"{A}/verify?t={T}", f'<base href="{A}/app/"><a href="/verify?t={T}">Verify</a>' + _FOOTER
    ),
    _bare(
        "scheme-relative",
        f"https://acme.example/verify?t={T}",
        f'<a href="//acme.example/verify?t={T}">Verify</a>' + _FOOTER,
    ),
    _bare(
        "form",
        f"{A}/confirm/{T}",
        f'<form action="{A}/confirm/{T}" method="post"><button>Confirm</button></form>' + _FOOTER,
    ),
    _bare(
        "form-submit",
        f"{A}/confirm/{T}",
        f'<form method=get action={A}/confirm/{T}><input type=submit value="Confirm email"></form>',
    ),
    _bare("uppercase", f"{A}/verify/{T}", f'<A HREF="{A}/verify/{T}">VERIFY EMAIL</A>' + _FOOTER),
    _bare("unquoted", f"{A}/verify/{T}", f"<a href={A}/verify/{T}>Verify email</a>" + _FOOTER),
    _bare("line-break-in-href", f"{A}/verify/{T}", f'<a href="{A}/verify/\n{T}">Verify email</a>' + _FOOTER),
    _bare("area", f"{A}/verify/{T}", f'<map><area href="{A}/verify/{T}" alt="Verify email"></map>' + _FOOTER),
    _bare(
        "nested-markup",
        f"{A}/k/{T}",
        f'<a href="{A}/k/{T}"><table><tr><td><b>Confirm</b> <i>email</i></td></tr></table></a>' + _FOOTER,
    ),
    _bare(
        "vml-button",
        f"{A}/k/{T}",
        f'<!--[if mso]><v:roundrect href="{A}/k/{T}"><![endif]--><a href="{A}/k/{T}">Confirm</a>' + _FOOTER,
    ),
    _text("text-magic", _MAGIC, "Sign in to Acme:", _MAGIC),
    _text("text-angle", f"{A}/verify/{T}", "Please verify your address:", f"<{A}/verify/{T}>"),
    _text("text-sentence", f"{A}/k/{T}", f"Confirm your email by opening {A}/k/{T}. Or ask {A}/help."),
    _text("text-html-mix", f"{A}/reset/{T}", f"Visit {A} or reset your password: {A}/reset/{T}"),
    _text("text-zero-width", f"{A}/verify/{T}", "Verify:", f"\u200b{A}/verify/{T}"),
    _text("text-cjk", f"{A}/k/{T}", f"请点击确认邮箱：{A}/k/{T}。谢谢"),
    _text("text-markdown", f"{A}/k/{T}", f"[Confirm email]({A}/k/{T}) [Help]({A}/help)"),
    _text("text-deep-link", f"acme://verify?t={T}", f"Open in the app: acme://verify?t={T}"),
]

_NONE = [
    _bare("only-footer", None, "<p>Your password was changed.</p>" + _FOOTER),
    _bare("only-unsubscribe", None, _a(f"{A}/unsubscribe/{T}", "Unsubscribe")),
    _bare("only-unsubscribe-tracked", None, _a(track_url("x"), "Unsubscribe")),
    _bare(
        "only-german-footer",
        None,
        _a(f"{A}/abmelden", "Abmelden") + _a(f"{A}/impressum", "Impressum") + _a(f"{A}/agb", "AGB"),
    ),
    _bare(
        "only-social", None, _a("https://x.com/acme", "Follow us") + _a("https://www.instagram.com/acme", "Instagram")
    ),
    _bare(
        "only-app-stores",
        None,
        _a("https://apps.apple.com/app/id1", "App Store")
        + _a("https://play.google.com/store/apps/details?id=a", "Google Play"),
    ),
    _bare("only-mail", None, _a("mailto:help@acme.example", "Write to us") + _a("tel:+13025550142", "Call")),
    _bare("only-script", None, _a("javascript:confirm(1)", "Confirm") + _a("#confirm", "Confirm")),
    _bare("relative-without-base", None, _a("/confirm?t=1", "Confirm")),
    _bare("only-image", None, f'<img src="{A}/confirm.png"><link href="{A}/verify.css" rel=stylesheet>'),
    _bare("only-xmlns", None, '<html xmlns="http://www.w3.org/1999/xhtml"><p>Hello</p></html>'),
    _bare("no-links", None, "<p>Your code is 482913.</p>"),
    _bare("privacy-and-view", None, _a(f"{A}/privacy-policy", "Privacy") + _a(f"{A}/web/1", "View in browser")),
    _text("text-only-footer", None, "Your password was changed on 24 November."),
    Case("link-plain", "Hello", "Hello Ada, see you at 10:30.", None, UNASKED, None),
]

LINK_CASES = [*_ACTING, *_NONE]
