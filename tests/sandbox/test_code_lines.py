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
    "phone ending 4417: 481516",
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
def test_other_numbers_are_no_codes(text: str) -> None:
    assert find_in_both(text) == {None}
