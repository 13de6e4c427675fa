"""Lines as services write them, each with the one-time code that is in it, or none."""

from __future__ import annotations

import pytest

from mailtrap_cli.sandbox.codes import find_code

CODES = [
    ("您的验证码是482913，请在5分钟内输入。", "482913"),
    ("【某某科技】验证码：8848，请勿泄露", "8848"),
    ("认证コードは987654です", "987654"),
    ("認証コードは987654です", "987654"),
    ("인증 코드: 456789입니다", "456789"),
    ("인증번호 456789를 입력하세요", "456789"),
    ("驗證碼為123456。", "123456"),
    ("確認コード：123456", "123456"),
    ("ご本人確認コード 123456", "123456"),
    ("パスコードは1234です", "1234"),
    ("รหัส OTP ของคุณคือ 123456", "123456"),
    ("验证码482913（10分钟内有效）", "482913"),
    ("[Bank24] Your OTP is 123456", "123456"),
    ("【B站123】您的验证码为654321", "654321"),
    ("[Game2048] 482913 is your code", "482913"),
    ("[App365] Code: 7788", "7788"),
    ("OTP:123456", "123456"),
    ("Code:482913", "482913"),
    ("PIN:4821", "4821"),
    ("Token:482913", "482913"),
    ("code=482913", "482913"),
    ("Your code is:482913.", "482913"),
    ("Your code: vM8xwQ", "vM8xwQ"),
    ("Verification code: aB3dE5", "aB3dE5"),
    ("Login code: qWeRtY", "qWeRtY"),
    ("Din engångskod är 482913", "482913"),
    ("Din bekræftelseskode: 482913", "482913"),
    ("Vahvistuskoodi: 482913", "482913"),
    ("Doğrulama kodunuz: 482913", "482913"),
    ("Giriş kodunuz 482913", "482913"),
    ("Sicherheitscode: 482913", "482913"),
    ("Ihr Freischaltcode lautet 482913", "482913"),
    ("Anmeldecode 482913", "482913"),
    ("Engangskoden din er 482913", "482913"),
    ("Kertakäyttökoodisi on 482913", "482913"),
    ("Kertakäyttöinen salasanasi: 482913", "482913"),
    ("Je inlogcode is 482913", "482913"),
    ("Uw eenmalige code: 482913", "482913"),
    ("Twój jednorazowy kod: 482913", "482913"),
    ("Votre code à usage unique : 482 913", "482913"),
    ("Su clave dinámica es 482913", "482913"),
    ("Su clave de acceso es: 482913", "482913"),
    ("Codice OTP: 482913", "482913"),
    ("Il tuo codice di accesso è 482913", "482913"),
    ("Seu código de acesso: 482913", "482913"),
    ("Ваш одноразовый пароль: 482913", "482913"),
    ("Код: 4829", "4829"),
    ("Никому не говорите код 4829", "4829"),
    ("Ο κωδικός μιας χρήσης είναι 482913", "482913"),
    ("Mã OTP của bạn là 482913", "482913"),
    ("Kode OTP: 482913", "482913"),
    ("Kode rahasia Anda 482913", "482913"),
    ("رمز التحقق: ٤٨٢٩١٣", "482913"),
    ("کد تایید: ۴۸۲۹۱۳", "482913"),
    ("رمز یکبار مصرف: ۴۸۲۹۱۳", "482913"),
    ("קוד חד פעמי: 482913", "482913"),
    ("आपका OTP 482913 है", "482913"),
    ("We sent a code to your phone ending 4417: 481516", "481516"),
    ("Code for phone ending in 4417: 481516", "481516"),
    ("Your code for the number ending 4417 is 481516.", "481516"),
    ("Account ending 4417. Code 481516.", "481516"),
    ("We texted ***-***-4417. Your code is 481516", "481516"),
    ("Use 481516 to sign in", "481516"),
    ("Use 481516 to log in to Acme.", "481516"),
    ("Enter 481516 to verify your email", "481516"),
    ("Use 481516 as your login code", "481516"),
    ("481516 is your one-time password", "481516"),
    ("Please use the following code to sign in:\n\n481516\n\nThanks", "481516"),
    ("Your one-time passcode\n481516\nExpires in 5 minutes", "481516"),
    ("Hello Ada,\n\n481516\n\nUse this code to complete your sign-in.", "481516"),
    ("phone ending 4417: 481516", "481516"),
    ("Your sign-in code, sent to the phone ending 4417: 481516", "481516"),
    ("Sign in with what we sent to your phone ending in 4417: 481516", "481516"),
    ("Hi Ada, your login code is 481516, it expires in 10 minutes", "481516"),
    ("Kundennummer: 12345678. Ihr Code: 482913", "482913"),
    ("4\u200b8\u200b2\u200b9\u200b1\u200b3 is your code", "482913"),
    ("Code: 482\xad913", "482913"),
    ("Code: 4\u20608\u20602\u20609\u20601\u20603", "482913"),
    ("Your Acme code is 482913. Don't share it. @acme.example #482913", "482913"),
    ("<#> Your code is 482913 FA+9qCX9VSu", "482913"),
    ("Your verification code is 482-913", "482913"),
    ("Security code: 4829 1375", "48291375"),
    ("Your backup code is ABCD-EFGH", "ABCD-EFGH"),
    ("Two-factor code: 1234567", "1234567"),
    ("Enter 0000 to verify", "0000"),
    ("Your code is 000123", "000123"),
    ("Your login code is 1999", "1999"),
]
NONE = [
    "phone ending 4417",
    "Card ending 4417: 4821 EUR",
    "Your card ending in 4417: 48211375",
    "use code WINTER25 at checkout",
    "Use code WINTER25 at checkout for 25% off",
    "Your code: WINTER25\nUse it at checkout",
    "Get 20% off with code SAVE20NOW",
    "Promo code: 482913",
    "Discount code 482913",
    "Enter SUMMER24 in the cart",
    "Your voucher code is ABCD1234",
    "Your gift code: XK4T9QWE",
    "Shop the sale with code FALL2026",
    "Sign in to redeem code WINTER25",
    "Order 482913 confirmed",
    "Order confirmation: 482913",
    "Confirmation number: 482913",
    "Your verification is complete. Ticket 482913",
    "Login from 192.168.1.1 at 12:34 2026",
    "Your ZIP code is 94107",
    "Error code: 500123",
    "Product code: AB12345",
    "Case ID: 482913",
    "The verification of order 482913 failed",
    "Invoice 482913: 1234 EUR",
    "You have 4821 points",
    "Call 0800 123456 to verify",
    "Account number 12345678",
]


def find_in_both(text: str) -> set[str | None]:
    html = "<p>" + text.replace("<", "&lt;").replace("\n", "<br>") + "</p>"
    return {find_code("", text, None), find_code("", None, html)}


@pytest.mark.parametrize(("text", "code"), CODES)
def test_the_code_of_a_line_is_found(text: str, code: str) -> None:
    assert find_in_both(text) == {code}


@pytest.mark.parametrize("text", NONE)
def test_other_numbers_are_not_codes(text: str) -> None:
    assert find_in_both(text) == {None}


HTML = [
    (
        "<h2>Verify your identity</h2><p>Enter the following code:</p><table><tr><td class=code>"
        "5 9 3 0 2 7</td></tr></table><p>Order #123456 is waiting.</p>",
        "593027",
    ),
    (
        "<p>Your code</p><h1>593 027</h1><p>Valid until 14:30 on 24/11/2026. Ref. 99887766</p>",
        "593027",
    ),
    (
        "<table><tr><td>Verification code</td></tr><tr><td>593027</td></tr></table><p>Call 1-800-555-0199</p>",
        "593027",
    ),
    (
        "<p>Hi Ada,</p><p>Thanks for your purchase of $1,299.00. Order 593027.</p>",
        None,
    ),
    (
        "<p>Your package arrives 24 November. Tracking: 1Z999AA10123456784</p><p>Delivery PIN: 4821</p>",
        "4821",
    ),
    (
        '<p>Here is your login code:</p><p style="font-size:30px">a1b2c3</p>',
        None,
    ),
    (
        '<p>Your verification code:</p><p style="font-size:30px">A1B2C3</p>',
        "A1B2C3",
    ),
    (
        "<div>Your one-time code is: <b>0</b><b>4</b><b>2</b><b>1</b></div>",
        "0421",
    ),
    (
        "<p>Sign in to your account with this code:</p><div><div>7</div><div>3</div><div>9</div><div>1</div></div>",
        "7391",
    ),
    (
        '<p>Password reset</p><a href="https://a.example/r?code=593027">Reset</a><p>Expires in 15 minutes</p>',
        None,
    ),
    (
        "<p>Security alert: someone entered a wrong code 3 times on 24.11.2026 from 93.184.216.34</p>",
        None,
    ),
    (
        "<p>Your 2FA backup: store it safely</p><p>Support ticket 593027</p>",
        None,
    ),
    (
        "<p>Rendez-vous le 24/11/2026 à 14h30, digicode 4821B</p>",
        None,
    ),
    (
        "<p>【Acme】您的登录验证码为<strong>593027</strong>，5分钟内有效。如非本人操作，请致电400-123-4567。</p>",
        "593027",
    ),
    (
        "<p>ログイン用の確認コードをお送りします。</p><p>593027</p><p>有効期限：2026年11月24日 14:30</p>",
        "593027",
    ),
    (
        "<p>[Acme] 로그인 인증번호</p><p>593027</p><p>고객센터 1588-1234</p>",
        "593027",
    ),
    (
        "<p>Code promo : NOEL2026</p><p>Valable jusqu'au 31/12/2026</p>",
        None,
    ),
    (
        "<p>Your account code is SAVE: 20% off</p>",
        None,
    ),
    (
        "<p>Your Acme verification code is:</p><p><span>593</span><span>027</span></p>",
        "593027",
    ),
    (
        "<p>Use verification code <b>593027</b> for Acme authentication.</p>",
        "593027",
    ),
    (
        "<p>593027 é o seu código do Acme</p>",
        "593027",
    ),
    (
        "<p>593027 est votre code Acme</p>",
        "593027",
    ),
    (
        "<p>593027 lautet dein Acme-Code</p>",
        "593027",
    ),
    (
        "<p>Tw&oacute;j kod to 593027</p>",
        "593027",
    ),
]


@pytest.mark.parametrize(("html", "code"), HTML)
def test_the_code_of_an_html_email_is_found(html: str, code: str | None) -> None:
    assert find_code("", None, f"<html><body>{html}</body></html>") == code
