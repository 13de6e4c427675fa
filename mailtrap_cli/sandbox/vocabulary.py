"""The words that identify links and codes, in the languages of the services that send them.

Each list is one pattern over folded text. A stem counts at the start of a word (`bestätig` in "bestätigen"); in scripts
that do not separate words, and where articles or endings are attached, anywhere. `_` in a list is any white space.
"""

from __future__ import annotations

import re

# Letters written without spaces between words, or with prefixes: Hebrew, Arabic, Indic, Thai, kana, Han, Hangul.
_UNSPACED = re.compile("[\u0590-\u08ff\u0900-\u0fff\u1100-\u11ff\u3040-\u9fff\uac00-\ud7af]")
INVISIBLE = "\u00ad\u034f\u180e\u200b\u200c\u200d\u200e\u200f\u2060\u2061\u2062\u2063\u2064\ufeff"
_NO_INVISIBLE = dict.fromkeys(map(ord, INVISIBLE))
# Decimal digits of other scripts: full-width, Arabic-Indic, Persian, Devanagari, Bengali, Thai.
_DIGITS = {zero + digit: str(digit) for zero in (0xFF10, 0x660, 0x6F0, 0x966, 0x9E6, 0xE50) for digit in range(10)}
_PLAIN = {**_NO_INVISIBLE, **_DIGITS, 0xA0: " ", 0x2007: " ", 0x202F: " ", 0x3000: " ", 0xFF1A: ":", 0xFF1D: "="}


def plain_text(text: str) -> str:
    """Normalize digits, colons and spaces to ASCII, and remove invisible characters."""
    return text if text.isascii() else text.translate(_PLAIN)


def compile_words(*lists: str) -> re.Pattern[str]:
    """Compile one pattern for all stems in the lists. A stem that ends in `$` is a whole word."""
    stems = [stem.replace("_", r"\s+") for words in lists for stem in words.translate(_NO_INVISIBLE).casefold().split()]
    stems = [stem.replace("ك", "[كک]").replace("ي", "[يی]") for stem in stems]  # Arabic and Persian keyboards
    stems = [re.sub(r"\$$", r"(?![^\\W_])", stem) for stem in dict.fromkeys(stems)]
    spaced = "|".join(stem for stem in stems if not _UNSPACED.search(stem))
    unspaced = "|".join(stem for stem in stems if _UNSPACED.search(stem))
    parts = [rf"(?<![^\W_])(?:{spaced})" if spaced else "", unspaced]
    return re.compile("|".join(filter(None, parts)))


# What a wanted link does.
STRONG = """
confirm verif activat validat reset recover accept approv authoriz authoris unlock complete_ finish magic optin opt-in
double_opt set_up set_your set_a choose_a create_your_password create_a_password yes,_ enable subscribe_me join_team
bestätig bestaetig verifizier zurücksetz zuruecksetz aktivier freischalt annehmen akzeptier
confirmer confirmez vérifi verifier réinitialis activer activez valider validez accepter acceptez
confirma restablec activa verifica acept valida redefin ativ aceit
conferm reimposta attiva verifica accett
bevestig verifieer herstel activeer accepteer
potwierd zweryfikuj zresetuj aktywuj zaakceptuj bekräft verifiera återställ aktivera acceptera godkänn
bekræft nulstil aktiver godkend accepter bekreft tilbakestill godta vahvista nollaa aktivoi hyväksy
potvrd potvrď ověř obnov aktivuj přijm megerősít erősít visszaállít aktivál elfogad confirmă confirmați resetează
activează подтверд сброс восстанов активир принять завершить підтверд скинути відновит активув прийняти
onayla doğrula sıfırla etkinleştir kabul_et επιβεβαί επαλήθευ επαναφορ ενεργοποί αποδοχ
konfirmasi verifikasi aktifkan setel_ulang terima xác_nhận xác_minh đặt_lại kích_hoạt chấp_nhận
确认 確認 验证 驗證 认证 認證 認証 重置 重設 激活 啟用 启用 接受 同意 完成注册 再設定 有効化 承認 完了
확인 인증 재설정 활성화 수락 승인 تأكيد أكد تحقق تفعيل تعيين قبول تأیید تایید فعال بازنشانی پذیرش
אישור אשר אימות אמת איפוס אפס הפעל קבל पुष्टि सत्यापित रीसेट सक्रिय स्वीकार ยืนยัน รีเซ็ต เปิดใช้งาน ยอมรับ
"""
WEAK = """
sign_in signin sign-in log_in login log-in log_on invit join get_started continue_ continue$ one-time onetime open_in
anmelden einloggen einladung jetzt_starten connexion se_connecter invitation iniciar_sesión iniciar_sesion entrar acced
accedi inloggen zaloguj logga_in log_ind logg_inn kirjaudu přihlás bejelentkez conectare войти вход увійти giriş σύνδεση
masuk đăng_nhập 登录 登入 登陆 ログイン 로그인 تسجيل_الدخول ورود התחבר लॉगिन เข้าสู่ระบบ
"""
NOUNS = """
password passwd passcode passwort mot_de_passe contraseña senha wachtwoord hasło lösenord adgangskode passord salasana
heslo jelszó parola parol пароль şifre κωδικ 密码 密碼 パスワード 비밀번호 كلمة_المرور رمز_عبور סיסמה पासवर्ड รหัสผ่าน
"""
# Links that nobody waits for.
ASIDE = """
unsubscrib opt-out optout opt_out email_preferences manage_preferences manage_your preferences subscription_center
abmelden abbestell désabonn desabonn désinscri desinscri darse_de_baja cancelar_suscripción baja$ cancelar_inscrição
annulla_iscrizione disiscri cancella_iscrizione afmelden uitschrijv wypisz avregistrera frameld afmeld meld_deg_av
peruuta_tilaus odhlás leiratkoz dezabon отпис відпис abonelikten διαγραφή_από κατάργηση_εγγραφ berhenti_berlangganan
hủy_đăng_ký 退订 退訂 取消订阅 取消訂閱 配信停止 登録解除 수신거부 수신_거부 إلغاء_الاشتراك لغو_اشتراك הסרה_מרשימ להסרה
सदस्यता_समाप्त अनसब्सक्राइब ยกเลิกการรับ
privacy datenschutz confidentialité confidențialitate privacidad privacidade privacybeleid integritetspolicy
privatlivspolitik personvern tietosuoja polityka_prywatności ochrana_soukromí adatvédelem конфиденц конфіденц gizlilik
απόρρητο kebijakan_privasi chính_sách 隐私 隱私 プライバシー 개인정보 الخصوصية حریم_خصوصی פרטיות गोपनीयता นโยบาย
terms agb$ conditions_ conditions$ cgu$ cgv$ condiciones condizioni termos voorwaarden regulamin условия
impressum imprint mentions_légales mentions_legales legal$ cookie
view_in_browser view_online view_this view_web webversion web_version im_browser voir_en_ligne ver_en_el_navegador
didn['’]?t_request did_not_request was_not_me wasn['’]?t_me not_me not_you report_this report_abuse cancel deny decline
reject no,_ resend send_again erneut renvoyer reenviar nicht_angefordert
war_ich_nicht pas_demandé ce_n['’]est_pas_moi ablehnen refuser rechazar recusar rifiuta
no_solicitaste no_has_solicitado non_hai_richiesto не_запрашивал отклонить
help$ help_ faq support contact$ contact_ contatt kontakt kontak contacto nous_contacter fale_conosco ota_yhteyttä
kapcsolat поддержка підтримка destek επικοινων hubungi liên_hệ learn_more pomoc_i kapcsolat hilfe$ hilfe_ aide$ ayuda
客服 お問い合わせ よくある質問 고객센터 اتصل تماس צור_קשר संपर्क ติดต่อ download_the_app app_store google_play
"""
# Words that may accompany those above in a path, such as /users/confirm_email or ?reset_password_token=.
GLUE = """
email e mail address account accounts user users my your the new link token code id key by password passwords passwd me
subscription subscriptions subscribe registration invite invitation invitations login signin in up sign log set device
auth account-setup policy center page us and of to for now request change de conditions customer member members
"""
GENERIC = """
here$ click_here this_link link$ hier ici$ aquí qui$ tutaj здесь tıklayın 这里 點此 点击这里
こちら 여기 هنا כאן ที่นี่ đây$ di_sini
"""


# Words beside a one-time code. An ending may follow (`kodunuz`), and a compound may end so (`engångskod`).
CODE = re.compile(
    r"code[snr]?(?![a-z])|(?<![a-z])cod(?:ul|ului)?(?![a-z])|kod(?:e[nt]?|er|u\w{0,5}|em|ach|y|i\w{0,4}|om)?(?![a-z])"
    r"|kód\w{0,5}|kood[ie]\w{0,6}|códigos?|codigos?(?![a-z])|codic[ei](?![a-z])"
    r"|(?<![a-z0-9])(?:[ot]tp|pin|2fa)(?![a-z0-9])|(?<![a-z])m?(?:obile)?-?tan(?![a-z])|passcode|one-?time|einmal|kennwort"
    r"|kertakäyttö|(?<![a-z])claves?(?![a-z])|engångs|(?<![a-z])token(?![a-z])|à usage unique"
    r"|токен|(?<!\w)код\w{0,3}(?!\w)|парол[ья]|κωδικ"
    r"|验证码|驗證碼|校验码|校驗碼|动态码|動態碼|確認碼|确认码|认证码|授权码|口令|認証|コード|ワンタイム|暗証番号"
    r"|인증|코드|확인 ?번호|رمز|كود|کد|קוד|कोड|ओटीपी|รหัส|โค้ด|(?<!\w)mã(?!\w)"
)
# Codes of another kind, and what is sold: `code`, where it follows, belongs to them.
_CODE_AFTER = r"[ -]?(?:codes?|kods?|kode[nr]?|kodu|kodunu|kód\w*|koodi\w*|コード|코드|码|碼|कोड)?"
PROMOTION = re.compile(
    rf"(?:promo\w{{0,8}}|coupon|cupom|cup[oó]n|ku[pn]on\w{{0,3}}|discount|descuento|desconto|sconto|remise|réduction"
    rf"|rabat\w{{0,4}}|rabais|gutschein\w?|voucher|gift|korting\w?|alennus|zniżk|slevov\w|slev|kedvezmény|reducere"
    rf"|indirim|redeem|(?<![a-z])sale(?![a-z])|referral|invite|εκπτωτικ\w+|έκπτωσ|промо|купон|скидк|знижк|优惠|優惠|折扣|クーポン|割引|할인|쿠폰"
    rf"|छूट|प्रोमो|कूपन){_CODE_AFTER}"
    r"|ส่วนลด|คูปอง|خصم|قسيمة|تخفیف|קופון|הנחה|giảm giá|diskon"
    r"|check-?out|warenkorb|à la caisse|\ben la caja|sepet|[0-9] ?%"
)
OTHER = re.compile(
    r"(?<![a-z])order|invoice|receipt|ticket|(?<![a-z])case(?![a-z])|(?<![a-z])ref(?:erence)?(?![a-z])|customer"
    r"|account n"
    r"|tracking|booking|reservation|flight|(?<![a-z])(?:run|build|commit|issue|release|version|room|store|shop)"
    r"(?![a-z])|(?<![a-z])(?:gate|seat|row)(?![a-z])"
    r"|bestell|rechnung|kunden|auftrag|sendung|commande|facture|client|pedido|factura|fattura|ordine|zamówien|заказ"
    r"|замовлен|счёт|订单|訂單|运单|注文|주문|(?<![a-z])no\.|№|n°|#|(?<![a-z])tel(?![a-z])|phone|(?<![a-z])fax|(?<![a-z])call"
    r"(?![a-z])|telefon|téléphone|teléfono|电话|電話|전화"
    r"|(?:fail|crash|exit|error|stop)\w*(?:(?: [a-z]+){0,2} codes?)?"
    r"|(?:zip|postal|country|error|exit|status|area"
    r"|product|item|dress|qr|bar|source|colou?r|approval|sort|tax)(?:[ -]?codes?)?|(?<![a-z])sku|postcode|postleitzahl"
    r"|(?<![a-z])plz(?![a-z])|индекс|邮编|邮政编码|条码|二维码|号码|郵便|copyright|©|\(c\)|(?<![a-z])vat(?![a-z])|(?<![a-z])iban"
    r"|(?<![a-z])(?:bic|hrb|ust)(?![a-z])|(?<![a-z])(?:suite|floor|street|total|price|preis|balance)(?![a-z])"
)
# A mail that mentions these is about signing in, and what it calls a code is one.
SIGNING_IN = compile_words(
    """
    sign_in sign-in signin sign_up log_in login log-in verif authenticat two-factor 2fa security_code access_code
    one-time onetime otp passcode your_pin password new_device confirm_your confirmation_code pair_your
    anmeld einloggen bestätig sicherheits einmal zugangs kennwort vérifi connexion identifi usage_unique verificación
    iniciar acceso verificação acesso verific accesso bevestig inlog verifi engångs logga bekræft bekreft log_ind
    vahvist kirjaut weryfik logowan ověřov přihl ellenőrz belép bejelent doğrula giriş επαλήθ подтвержд вход підтвердж
    xác_minh     验证
    驗證 登录 登入 认证 認証 ログイン ワンタイム 인증 로그인 تحقق دخول تأیید ورود אימות सत्यापन ओटीपी लॉगिन ยืนยัน
    """
)
# "Use 481516 to sign in": no word for a code, but an instruction and its purpose.
ENTER = re.compile(
    r"(?<![a-z])(?:use|enter|type(?: in)?|input|verwenden sie|geben sie|saisissez|entrez|utilisez|introduce|ingresa"
    r"|usa|insira|digite|inserisci|gebruik|voer|ange|indtast|skriv inn|wpisz|zadejte|introdu|введите"
    r"|введіть|輸入|输入)[^0-9]{0,12}$"
)
