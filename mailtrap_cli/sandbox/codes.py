"""The one-time code that an email was sent for. Pure: text and HTML in, the code out; never raises for any content.

4 to 8 digits, or capitals and digits, where the words around them say so; not years, prices, telephone or order
numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .html import text_of
from .links import URL
from .vocabulary import contains_any, fold_words

MOST_CODES = 3_000  # candidates that are looked at: a few seconds at most
NEAR = 120  # characters before a code that are looked at, on its line and on the one before


# Words that announce a code, and words that announce another kind of number.
_SAYS_CODE = re.compile(
    r"\b(?:pass)?codes?\b|\b(?:o|t)tp\b|\b2fa\b|\bpin\b|\btan\b|one-?time|einmal|verif|bestätigungs|sicherheits|zugangs"
    r"|\bcódigo|\bcodice\b|\bcodigo|\bkod(?:e|u|em|en)?\b|\bkód|\bkoodi|\bcod(?:ul)?\b|kennwort|mot de passe à usage"
    r"|\bтокен|\bкод|пароль|κωδικ|código|code\b|验证码|驗證碼|校验码|动态码"
    r"|確認碼|确认码|認証|確認コード|コード|ワンタイム|인증|코드|확인 번호"
    r"|رمز|كود|קוד|कोड|ओटीपी|รหัส|\bmã\b|\btoken\b",
    re.IGNORECASE,
)
# What each of the words above holds: most numbers are passed over for having none of it near.
_STEMS = fold_words(
    "code otp ttp 2fa pin tan one- onet einmal verif bestätig sicherheit zugang códig codig codice kod kód koodi"
    " cod kennwort usage токен код пароль κωδικ"
    " 码 碼 認証 コード ワンタイム 인증 코드 번호 رمز كود"
    " קוד कोड ओटीपी รหัส mã token"
)
_SAYS_OTHER = re.compile(
    r"\border|invoice|receipt|ticket|\bcase\b|\bref(?:erence)?\b|customer|account n|tracking|booking|reservation"
    r"|bestell|rechnung|kunden|auftrag|sendung|commande|facture|client|pedido|factura|fattura|ordine|zamówien|заказ|счёт"
    r"|订单|訂單|注文|주문|\bno\.|№|n°|#"
    r"|\btel\b|phone|fax|\bcall\b|telefon|téléphone|teléfono|电话|電話|전화"
    r"|(?:promo|coupon|discount|voucher|gutschein|rabatt|zip|postal|country|error|area)(?:[ -]?codes?)?"
    r"|postcode|\bplz\b"
    r"|copyright|©|\(c\)|\bvat\b|\bust|\biban|\bbic\b|\bsuite\b|\bfloor\b|\bstreet\b|total|price|preis",
    re.IGNORECASE,
)
_MONEY = re.compile(r"[$€£¥₹₽₩₺₴]|\b(?:usd|eur|gbp|chf|jpy|pln|czk|inr|rub|kr|zł|円|元)\b", re.IGNORECASE)
_CANDIDATE = re.compile(
    r"(?<![\w.,:/@+#$€£¥-])(?:[A-Z]-(?=[0-9]{4}))?"
    r"(?P<code>[0-9]{3}[ \u00a0-][0-9]{3}|[0-9]{4}[ \u00a0-][0-9]{4}|[0-9](?: [0-9]){3,7}|[0-9]{4,8}"
    r"|[A-Z0-9]{3,5}-[A-Z0-9]{3,5}|[A-Z0-9]{5,10}|[a-z0-9]{5,10})"
    r"(?![\w@%€$£¥]|[.,:/-][0-9A-Za-z]|[ \u00a0][0-9]{2,}|-)"
)
_DIGITS = re.compile(r"[0-9 \u00a0-]+")
_ANNOUNCED = re.compile(
    r"(?:[:：=]|\bis\b|\blautet\b|\best\b|\bes\b|è|\bär\b|\bjest\b|是|为|為|は|[–—-])\s*$", re.IGNORECASE
)
_WIDE = {0xFF10 + digit: 0x30 + digit for digit in range(10)}  # full-width digits


@dataclass(frozen=True)
class _Found:
    code: str
    worth: float


def find_code(subject: str, text: str | None, html: str | None, narrow: str = "") -> str | None:
    """The one-time code of the message; None where nothing looks like one.

    `narrow` is the code's length (`6`), or text that must stand before it on its line or the line before. Digits in
    groups come out as one number (`123 456` as 123456).
    """
    bodies = [body for body in (text, text_of(html) if html else None) if body]
    best: _Found | None = None
    for body in (*bodies, subject):
        alone = bool(_SAYS_CODE.search(f"{subject}\n{body[:20_000]}"))
        for found in _find_candidates(body.translate(_WIDE), narrow, alone=alone):
            if best is None or found.worth > best.worth:
                best = found
    return best.code if best else None


def _find_candidates(body: str, narrow: str, *, alone: bool) -> Iterator[_Found]:
    """The candidates with a worth above 0; `alone` says that a number on a line of its own may be one."""
    judged = 0
    before = ""
    for line in body.splitlines():
        shown = URL.sub(" ", line) if "://" in line else line
        for match in _CANDIDATE.finditer(shown):
            near = shown[max(0, match.start() - NEAR) : match.start()]
            after = shown[match.end() : match.end() + NEAR // 2]
            if (near.strip() or after.strip()) and not contains_any(_STEMS, f"{before} {near} {after}"):
                continue
            judged += 1
            if judged > MOST_CODES:
                return
            worth = _score_code(match["code"], near, after, before, alone)
            value = re.sub(r"[ \u00a0-]", "", match["code"]) if _DIGITS.fullmatch(match["code"]) else match["code"]
            if worth > 0 and _matches_narrow(value, narrow, f"{before} {near}"):
                yield _Found(value, worth)
        if shown.strip():
            before = shown[-NEAR:]


def _matches_narrow(value: str, narrow: str, context: str) -> bool:
    if narrow.isdecimal():
        return len(value) == int(narrow)
    return narrow.casefold() in context.casefold()


def _score_code(code: str, near: str, after: str, before: str, alone: bool) -> float:
    digits = bool(_DIGITS.fullmatch(code))
    standing_alone = not near.strip(" \t*_>|:") and not after.strip(" \t*_|.")
    clause = re.split(r"(?<=[.!?;])\s|[。！？]", near)[-1]
    said = _last_match(_SAYS_CODE, clause)
    other = _last_match(_SAYS_OTHER, clause)
    announced = bool(_ANNOUNCED.search(near)) and said >= 0
    worth = 0.0
    if said >= 0:
        worth += 10 - min(len(clause) - said, 100) / 20
    elif _SAYS_CODE.search(after[:40]):
        worth += 7
    elif (standing_alone or not near.strip()) and _SAYS_CODE.search(before) and not _SAYS_OTHER.search(before[-40:]):
        worth += 8
    elif standing_alone and alone:
        worth += 4
    if worth:
        worth += 2 if announced else 0
        worth += 2 if standing_alone else 0
        worth += 1 if digits and len(re.sub(r"\D", "", code)) == 6 else 0
    if other >= max(said, 0):
        worth -= 14
    if _MONEY.search(near[-6:]) or _MONEY.search(after[:6]):
        worth -= 20
    if digits and re.fullmatch(r"(?:19|20)[0-9]{2}", code):
        worth -= 3 if announced or (standing_alone and worth > 8) else 20
    if not digits and not _is_mixed(code) and not (announced or (standing_alone and worth > 8 and code.isupper())):
        worth -= 20
    if code.islower() and not (announced and _is_mixed(code)):
        worth -= 20
    return worth


def _is_mixed(code: str) -> bool:
    return any(letter.isdigit() for letter in code) and any(letter.isalpha() for letter in code)


def _last_match(pattern: re.Pattern[str], text: str) -> int:
    found = -1
    for match in pattern.finditer(text):
        found = match.end()
    return found
