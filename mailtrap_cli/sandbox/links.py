"""The one link that an email was sent for. Pure: text and HTML in, the address out; never raises for any content.

Links that confirm, verify or reset are preferred, by the words of their address, of their text and before them, in
many languages; links to unsubscribe, to a profile elsewhere or to a file are taken only when asked for. A link that
is returned is one of the message's own.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

from .html import Link, links_of
from .vocabulary import contains_any, fold_words

MOST_LINKS = 100_000  # links that are looked at: a few seconds at most


# What a wanted link does, in the stems of many languages ("_" is a space).
_ACTION = fold_words(
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
_ASIDE = fold_words(
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
URL = re.compile(rf"""[a-zA-Z][a-zA-Z0-9+.-]{{1,30}}://[^<>"'`{{}}|\\^\u3000-\u303f\uff00-\uffef{_NOWHERE}]+""")
_ABSOLUTE = re.compile(rf"[a-zA-Z][a-zA-Z0-9+.-]*://[^{_NOWHERE}]+")


def collect_links(text: str | None, html: str | None) -> list[Link]:
    """The absolute links of a message, those of the HTML first, each address once."""
    found: dict[str, Link] = {}
    for link in (*links_of(html or "", MOST_LINKS), *_links_in_text(text or "")):
        if _ABSOLUTE.fullmatch(link.url):
            found.setdefault(link.url, link)
    return list(found.values())


def _links_in_text(text: str) -> list[Link]:
    found: list[Link] = []
    for match in URL.finditer(text):
        if len(found) == MOST_LINKS:
            break
        url = match[0].rstrip(".,;:!?*_~…·»”’")
        for opening, closing in ("()", "[]"):
            while url.endswith(closing) and url.count(closing) > url.count(opening):
                url = url[:-1].rstrip(".,;:!?")
        before = text[max(0, match.start() - 160) : match.start()]
        found.append(Link(url, "", " ".join(before.split())))
    return found


def find_link(text: str | None, html: str | None, narrow: str = "") -> str | None:
    """The address of the link that the message was sent for; of those with `narrow` in their address or text.

    None where there is none, or none but links to unsubscribe, to other sites and to files.
    """
    wanted = narrow.casefold()
    best, score = None, 0.0
    for candidate in collect_links(text, html):
        if wanted and wanted not in candidate.url.casefold() and wanted not in candidate.words.casefold():
            continue
        worth = _score_link(candidate)
        if best is None or worth > score:
            best, score = candidate, worth
    return None if best is None or (score < -4 and not wanted) else best.url


def _score_link(link: Link) -> float:
    """How likely the link is the one: above 0 for one that acts, below -4 for one that nobody waits for."""
    address = unquote(link.url[:2000])
    _, _, rest = address.partition("://")
    host, _, path = rest.partition("/")
    host = host.rpartition("@")[2].partition(":")[0].partition("?")[0]
    worth = 0.0
    worth += 4 if contains_any(_ACTION, path) else 0
    worth += 5 if contains_any(_ACTION, link.words) else 0
    worth += 2 if contains_any(_ACTION, link.before[-100:]) else 0
    worth += 2 if _SECRET.search(path) else 0
    worth += 1 if link.button else 0
    worth -= 12 if contains_any(_ASIDE, path) or contains_any(_ASIDE, link.words) else 0
    worth -= 4 if contains_any(_ASIDE, link.before[-60:]) else 0
    worth -= 12 if _ELSEWHERE.search(host) or _FILE.search(path.partition("?")[0]) else 0
    worth -= 1 if not path.strip("/") else 0
    return worth
