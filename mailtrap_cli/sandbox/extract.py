"""The one link or code that an email was sent for. Pure: text and HTML in, the value out; never raises for any content.

Links: those that confirm, verify or reset are preferred, by the words of their address, of their text and before them,
in the languages listed below; links to unsubscribe, to a profile elsewhere or to a file are taken only when asked for.
Codes: 4 to 8 digits, or capitals and digits, where the words around them say so; not years, prices, telephone or order
numbers. A link that is returned stands in the message.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from .html import Link, links_of, text_of

LINKS, CODES = 100_000, 3_000  # links, and candidates for a code, that are looked at: a few seconds at most
NEAR = 120  # characters before a code that are looked at, on its line and on the one before


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.replace("_", " ").casefold() for word in text.split())


def _any(words: tuple[str, ...], text: str) -> bool:
    folded = text.casefold()
    return any(word in folded for word in words)


# What a wanted link does, in the stems of many languages ("_" is a space).
_ACTION = _words(
    "confirm verif activat validat reset recover password passwd magic sign-in signin sign_in login log_in one-time"
    " accept_invit invit unlock optin opt-in double_opt set_up_your complete_your"
    " bestätig bestaetig verifizier zurücksetz zuruecksetz passwort aktivier freischalt anmelden einladung"
    " vérifi réinitialis mot_de_passe activer connexion valider"
    " restablec contraseña activar iniciar_sesión verificar redefin senha ativar"
    " conferma reimposta reimpostare attiva accedi"
    " bevestig verifieer wachtwoord herstel activeer potwierd zweryfikuj hasło zresetuj aktywuj"
    " bekräfta verifiera återställ lösenord aktivera bekræft nulstil adgangskode bekreft tilbakestill vahvista salasana"
    " potvrd potvrď heslo ověř obnov megerősít jelszó confirmă resetează parol подтверд сброс пароль активир"
    " підтверд скинути onayla doğrula sıfırla şifre επιβεβαίω κωδικ"
    " 确认 確認 验证 驗證 認証 重置 重設 激活 啟用 密码 密碼 登录 登入 再設定 パスワード 有効化 ログイン"
    " 확인 인증 재설정 비밀번호 활성화 로그인 تأكيد تحقق تفعيل كلمة_المرور אישור אימות סיסמה पुष्टि सत्यापित ยืนยัน"
)
# What nobody waits for.
_ASIDE = _words(
    "unsubscrib opt-out optout opt_out email-preferences email_preferences manage_preferences subscription_center"
    " list-manage abmelden abbestell désabonn desabonn désinscri desinscri darse_de_baja cancelar_suscripción"
    " cancelar_inscrição disiscri annulla_iscrizione afmelden uitschrijv wypisz avregistrera frameld peruuta_tilaus"
    " odhlás leiratkoz отпис відпис abonelikten 退订 退訂 取消订阅 配信停止 수신거부 إلغاء_الاشتراك"
    " privacy datenschutz confidentialité privacidad terms agb impressum imprint mentions-légales legal"
    " view_in_browser view_online webversion im_browser_ansehen voir_en_ligne"
    " didn't_request did_not_request wasn't_me not_you not-you not_me not-me report_this nicht_angefordert"
    " pas_demandé no_solicitaste no_has_solicitado non_hai_richiesto не_запрашивал"
    " help-center help_center support faq contact"
)
_ELSEWHERE = re.compile(
    r"(?:^|\.)(?:facebook|fb|twitter|x|linkedin|instagram|youtube|youtu|tiktok|pinterest|threads|mastodon|github"
    r"|t|wa|discord|medium|bsky)\.(?:com|be|me|net|org|gg|social|app)$|^apps\.apple\.com$|^play\.google\.com$"
    r"|(?:^|\.)w3\.org$|^schemas\.",
    re.IGNORECASE,
)
_FILE = re.compile(r"\.(?:png|jpe?g|gif|svg|webp|ico|css|js|woff2?|ttf)$", re.IGNORECASE)
_SECRET = re.compile(r"(?=[\w.~-]*[0-9])[\w.~-]{16,}|(?:token|code|key|signature|sig|hash)=", re.IGNORECASE)
# No space or control character is part of an address, nor one that `text.clean` would take out of what is printed.
_NOWHERE = r"\s\x00-\x20\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff"
_URL = re.compile(rf"""[a-zA-Z][a-zA-Z0-9+.-]{{1,30}}://[^<>"'`{{}}|\\^\u3000-\u303f\uff00-\uffef{_NOWHERE}]+""")
_ABSOLUTE = re.compile(rf"[a-zA-Z][a-zA-Z0-9+.-]*://[^{_NOWHERE}]+")


def links(text: str | None, html: str | None) -> list[Link]:
    """The absolute links of a message, those of the HTML first, each address once."""
    found: dict[str, Link] = {}
    for link in (*links_of(html or "", LINKS), *_links_of_text(text or "")):
        if _ABSOLUTE.fullmatch(link.url):
            found.setdefault(link.url, link)
    return list(found.values())


def _links_of_text(text: str) -> list[Link]:
    found: list[Link] = []
    for match in _URL.finditer(text):
        if len(found) == LINKS:
            break
        url = match[0].rstrip(".,;:!?*_~…·»”’")
        for opening, closing in ("()", "[]"):
            while url.endswith(closing) and url.count(closing) > url.count(opening):
                url = url[:-1].rstrip(".,;:!?")
        before = text[max(0, match.start() - 160) : match.start()]
        found.append(Link(url, "", " ".join(before.split())))
    return found


def link(text: str | None, html: str | None, narrow: str = "") -> str | None:
    """The address of the link that the message was sent for; of those with `narrow` in their address or text.

    None where there is none, or none but links to unsubscribe, to other sites and to files.
    """
    wanted = narrow.casefold()
    best, score = None, 0.0
    for candidate in links(text, html):
        if wanted and wanted not in candidate.url.casefold() and wanted not in candidate.words.casefold():
            continue
        worth = _worth(candidate)
        if best is None or worth > score:
            best, score = candidate, worth
    return None if best is None or (score < -4 and not wanted) else best.url


def _worth(link: Link) -> float:
    """How likely the link is the one: above 0 for one that acts, below -4 for one that nobody waits for."""
    address = unquote(link.url[:2000])
    _, _, rest = address.partition("://")
    host, _, path = rest.partition("/")
    host = host.rpartition("@")[2].partition(":")[0].partition("?")[0]
    worth = 0.0
    worth += 4 if _any(_ACTION, path) else 0
    worth += 5 if _any(_ACTION, link.words) else 0
    worth += 2 if _any(_ACTION, link.before[-100:]) else 0
    worth += 2 if _SECRET.search(path) else 0
    worth += 1 if link.button else 0
    worth -= 12 if _any(_ASIDE, path) or _any(_ASIDE, link.words) else 0
    worth -= 4 if _any(_ASIDE, link.before[-60:]) else 0
    worth -= 12 if _ELSEWHERE.search(host) or _FILE.search(path.partition("?")[0]) else 0
    worth -= 1 if not path.strip("/") else 0
    return worth


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
_STEMS = _words(
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


def code(subject: str, text: str | None, html: str | None, narrow: str = "") -> str | None:
    """The one-time code of the message; None where nothing looks like one.

    `narrow` is the code's length (`6`), or text that must stand before it on its line or the line before. Digits in
    groups come out as one number (`123 456` as 123456).
    """
    bodies = [body for body in (text, text_of(html) if html else None) if body]
    best: _Found | None = None
    for body in (*bodies, subject):
        alone = bool(_SAYS_CODE.search(f"{subject}\n{body[:20_000]}"))
        for found in _codes(body.translate(_WIDE), narrow, alone=alone):
            if best is None or found.worth > best.worth:
                best = found
    return best.code if best else None


def _codes(body: str, narrow: str, *, alone: bool) -> Iterator[_Found]:
    """The candidates with a worth above 0; `alone` says that a number on a line of its own may be one."""
    judged = 0
    before = ""
    for line in body.splitlines():
        shown = _URL.sub(" ", line) if "://" in line else line
        for match in _CANDIDATE.finditer(shown):
            near = shown[max(0, match.start() - NEAR) : match.start()]
            after = shown[match.end() : match.end() + NEAR // 2]
            if (near.strip() or after.strip()) and not _any(_STEMS, f"{before} {near} {after}"):
                continue
            judged += 1
            if judged > CODES:
                return
            worth = _worth_of_code(match["code"], near, after, before, alone)
            value = re.sub(r"[ \u00a0-]", "", match["code"]) if _DIGITS.fullmatch(match["code"]) else match["code"]
            if worth > 0 and _narrowed(value, narrow, f"{before} {near}"):
                yield _Found(value, worth)
        if shown.strip():
            before = shown[-NEAR:]


def _narrowed(value: str, narrow: str, context: str) -> bool:
    if narrow.isdecimal():
        return len(value) == int(narrow)
    return narrow.casefold() in context.casefold()


def _worth_of_code(code: str, near: str, after: str, before: str, alone: bool) -> float:
    digits = bool(_DIGITS.fullmatch(code))
    standing_alone = not near.strip(" \t*_>|:") and not after.strip(" \t*_|.")
    clause = re.split(r"(?<=[.!?;])\s|[。！？]", near)[-1]
    said = _last(_SAYS_CODE, clause)
    other = _last(_SAYS_OTHER, clause)
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
    if not digits and not _mixed(code) and not (announced or (standing_alone and worth > 8 and code.isupper())):
        worth -= 20
    if code.islower() and not (announced and _mixed(code)):
        worth -= 20
    return worth


def _mixed(code: str) -> bool:
    return any(letter.isdigit() for letter in code) and any(letter.isalpha() for letter in code)


def _last(pattern: re.Pattern[str], text: str) -> int:
    found = -1
    for match in pattern.finditer(text):
        found = match.end()
    return found
