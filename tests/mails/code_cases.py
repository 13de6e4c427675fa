"""One-time codes in the odd places where services put them, and numbers that are not such codes."""

from __future__ import annotations

from .cases import UNASKED, Case

_FOOTER = (
    "\n\n--\nAcme Inc., 1209 Orange Street, Wilmington, DE 19801, Tel. +1 302 555 0142\n"
    "Unsubscribe: https://acme.example/u/8a7f3c21"
)


def _text(name: str, code: str | None, subject: str, *paragraphs: str) -> Case:
    return Case(f"code-{name}", subject, "\n\n".join(paragraphs) + _FOOTER, None, code, UNASKED)


def _html(name: str, code: str | None, subject: str, body: str) -> Case:
    html = (
        "<html><head><style>.c{color:#123456;width:600px}</style><title>Acme 2026</title></head><body>"
        '<a href="https://acme.example"><img src="https://acme.example/l.png" alt="Acme"></a>'
        f'{body}<p style="color:#999">© 2026 Acme Inc., Wilmington, DE 19801 · +1 302 555 0142</p></body></html>'
    )
    return Case(f"code-{name}", subject, None, html, code, UNASKED)


_CODES = [
    _text("otp-no-space", "123456", "Acme sign-in", "OTP:123456", "Valid for 5 minutes. Do not share it."),
    _text("mixed-case", "vM8xwQ", "Log in to Acme", "Your login code: vM8xwQ", "It works once."),
    _text("mixed-case-own-line", "hT4kZp", "Sign in to Acme", "Hi Ada,", "Verification code:", "hT4kZp", "Thanks!"),
    _text(
        "phone-ending",
        "481516",
        "Your passcode",
        "We also texted the phone ending 4417: 481516 is your passcode for this sign-in.",
    ),
    _text("phone-ending-colon", "481516", "Sign in", "Code sent to the phone ending 4417: 481516"),
    _text("use-to-sign-in", "481516", "Sign in to Acme", "Use 481516 to sign in to your Acme account."),
    _text("enter-on-page", "730264", "Finish signing in", "Enter 730264 on the sign-in page to continue."),
    _text("brand-in-brackets", "739201", "[Shop24] Sign in", "[Shop24] Your verification code is 739201. Valid 5 min."),
    _text("brand-in-brackets-zh", "602817", "登录验证", "【淘宝2024】验证码602817，您正在登录，请勿转发。"),
    _text("brand-is-a-number", "518842", "163 邮箱", "【163邮箱】您的验证码：518842，30分钟内有效。"),
    _text("brand-with-digits", "664310", "Web2000 login", "Hello from Web2000!", "Your one-time password is 664310."),
    _text("google", "482913", "Acme verification code", "G-482913 is your Acme verification code."),
    _text(
        "apple",
        "904417",
        "Verify your Acme ID",
        "Your Acme ID Code is: 904417. Don't share it with anyone.",
        "Acme will never call +1 800 275 2273 to ask for it.",
    ),
    _text(
        "steam-guard", "KXW4T", "Your account: access from a new device", "Here is the Guard code you need:", "KXW4T"
    ),
    _text("slack", "ZK9-XQP", "Acme confirmation code: ZK9-XQP", "Your confirmation code is below.", "ZK9-XQP"),
    _text("seven-digits", "4829137", "Account security code", "Security code: 4829137", "Account ad**@example.com"),
    _text("eight-digits", "48291375", "Your login code", "Your login code is 48291375."),
    _text("four-digits", "7391", "Your PIN", "Your PIN is 7391. It is valid until 24 November 2026, 10:42."),
    _text("five-digits", "55512", "Login code", "Login code: 55512. Do not give this code to anyone."),
    _text("pairs", "482913", "Sign-in code", "Your code:", "48 29 13"),
    _text("with-a-hyphen", "482913", "Sign-in code", "Your sign-in code is 482-913."),
    _text("letters-only", "QWKZTP", "Your code", "Your sign-in code: QWKZTP"),
    _text("first-word", "482913", "Acme", "482913 - use this code to verify your email with Acme."),
    _text(
        "only-in-subject",
        "482913",
        "482913 is your Acme code",
        "Hi Ada, here's the code you asked for. It's in the subject.",
    ),
    _text(
        "with-address-and-time",
        "815503",
        "New sign-in",
        "Someone tried to sign in from 203.0.113.44 (Berlin 10115) on 2026-11-24 at 10:32 UTC.",
        "If it was you, enter this code: 815503",
    ),
    _text(
        "with-order-number",
        "4821",
        "Pick up your order",
        "Your order 12345678 is ready. Your pickup code is 4821. Store: 500 Main Street, Springfield 62704.",
    ),
    _text(
        "with-ticket", "318842", "[Ticket #99120] Verify", "Ticket 99120", "To view it, enter the access code 318842."
    ),
    _text("year-like", "2024", "Your PIN", "Your PIN is 2024."),
    _text("hour-after", "662019", "Code", "Your code is 662019, valid for 24 hours (until 2026-11-25 10:30)."),
    _text("tan", "593027", "mobileTAN", "Die mobileTAN für Ihre Überweisung über 1.250,00 EUR lautet: 593027"),
    _text("einmal", "284610", "Anmeldung", "Ihr Einmalpasswort (OTP) lautet 284610. Geben Sie es niemals weiter."),
    _text("zugangscode", "730912", "Ihr Zugangscode", "Zugangscode: 730912"),
    _text("danish-definite", "640173", "Log ind", "Indtast engangskoden 640173 for at logge ind."),
    _text("swedish-compound", "640174", "Logga in", "Ange verifieringskoden 640174 för att logga in."),
    _text("finnish-suffix", "640175", "Kirjaudu", "Kirjautumiskoodisi: 640175"),
    _text("turkish-suffix", "640176", "Giriş", "Giriş kodunuz 640176. Kimseyle paylaşmayın."),
    _text("hungarian-suffix", "640177", "Belépés", "Belépési kódod: 640177"),
    _text("polish-instrumental", "640178", "Logowanie", "Zaloguj się kodem 640178."),
    _text("french-usage", "640179", "Connexion", "Votre mot de passe à usage unique : 640179"),
    _text("chinese-verb", "640180", "登录", "您正在登录Acme，动态码640180，切勿告知他人。"),
    _text("japanese-brackets", "640181", "ログイン", "認証コード：【640181】", "30分以内に入力してください。"),
    _text("japanese-one-time", "640182", "ログイン", "ワンタイムパスワードは「640182」です。"),
    _text("korean-brackets", "640183", "[Acme] 인증", "[Acme] 인증번호[640183]를 입력해 주세요."),
    _text("korean-code", "456789", "로그인", "인증 코드: 456789입니다"),
    _text("thai-otp", "640184", "OTP", "รหัสOTPคือ640184ใช้ได้ภายใน5นาที"),
    _text("thai-ref", "640185", "OTP", "รหัส OTP: 640185 (Ref: KXWZ)"),
    _text("persian-digits", "539204", "ورود", "کد ورود شما: ۵۳۹۲۰۴"),
    _text("arabic-digits", "539205", "تسجيل الدخول", "رمز الدخول: ٥٣٩٢٠٥"),
    _text("hindi-digits", "539206", "लॉगिन", "आपका ओटीपी ५३९२०६ है।"),
    _text("full-width", "482913", "認証", "認証コード：４８２９１３"),
    _html("strong", "738201", "Sign in", "<p>Your sign-in code is<strong>738201</strong>.It expires soon.</p>"),
    _html(
        "spans",
        "738202",
        "Sign in",
        "<h1>Verify it's you</h1><p>Enter this code:</p><p>"
        + "".join(f'<span style="padding:9px;border:1px solid">{digit}</span>\n' for digit in "738202")
        + "</p>",
    ),
    _html(
        "list",
        "738203",
        "Your code",
        "<p>Your code:</p><ul>" + "".join(f"<li>{digit}</li>" for digit in "738203") + "</ul>",
    ),
    _html(
        "cells-with-dash",
        "738204",
        "Your code",
        "<p>Your code is</p><table><tr>" + "".join(f"<td>{c}</td>" for c in "738-204") + "</tr></table>",
    ),
    _html("heading", "738205", "Your Acme code", "<h2>738205</h2><p>is your one-time code to sign in to Acme.</p>"),
    _html(
        "table-of-facts",
        "738206",
        "Sign-in attempt",
        "<table><tr><td>Device</td><td>Chrome 131 on Windows 11</td></tr><tr><td>IP</td><td>203.0.113.44</td></tr>"
        "<tr><td>Time</td><td>2026-11-24 10:32</td></tr><tr><td>Code</td><td>738206</td></tr></table>",
    ),
    _html(
        "pre",
        "738207",
        "Login",
        "<p>Paste this into the terminal:</p><pre>  738207  </pre><p>This code works once.</p>",
    ),
    _html(
        "letters-tiles",
        "K7Q2XM",
        "Pair your TV",
        "<p>Enter the code on your TV:</p><div>"
        + "".join(f'<span class="t">{letter}</span> ' for letter in "K7Q2XM")
        + "</div>",
    ),
    _html(
        "preheader",
        "738208",
        "Sign in",
        '<div style="display:none">Your code is 738208</div><p>Hi Ada, your code is <b>738208</b>.</p>',
    ),
]

_NONE = [
    _text("promo", None, "20% off", "Winter sale! Use code WINTER25 at checkout.", "Code: WINTER25"),
    _text("promo-own-line", None, "A gift for you", "Your discount code:", "TEA4ADA25", "Minimum order $20."),
    _text("promo-digits", None, "Deal", "Enter coupon code 883311 at checkout and save."),
    _text("voucher", None, "Gutschein", "Ihr Gutscheincode: ABCD-1234", "Einlösbar im Warenkorb bis 31.12.2026."),
    _text("gift-card", None, "Your gift card", "Gift card number: 6006 4912 3456 7890", "Balance: $50.00"),
    _text("referral", None, "Invite friends", "Share your referral code ADA2026 and you both get $10."),
    _text("money-code", None, "Statement", "Code: 4821 EUR"),
    _text("error-code", None, "Build failed", "The job ended with error code 137137 after 2026 seconds."),
    _text(
        "exit-code", None, "[acme/web] Run failed", "Run 482913 of workflow CI failed: exit code 1000. Commit 7f3a9c2."
    ),
    _text("zip-code", None, "Your address", "We ship to zip code 94107. Postal code of the billing address: 10115."),
    _text("country-code", None, "Phone added", "You added the phone number +49 30 1234567 (country code 0049)."),
    _text(
        "code-review",
        None,
        "Code review requested",
        "Grace requested your review on #4821: Fix pagination (1204 lines).",
    ),
    _text("code-of-conduct", None, "Our Code of Conduct 2026", "We updated the Code of Conduct on 24 November 2026."),
    _text("source-code", None, "Release 20261124", "The source code of release 20261124 is 4821 kB."),
    _text("order", None, "Order 12345678", "Order #12345678, total $1999. Call +1 555 123 4567 with questions."),
    _text(
        "invoice",
        None,
        "Invoice INV-20264821",
        "Invoice INV-20264821, due 2026-12-24, 4821.00 EUR, IBAN DE89370400440532013000.",
    ),
    _text(
        "shipping",
        None,
        "Shipped",
        "Tracking number 1Z999AA10123456784. Estimated delivery: Tuesday, 24 November 2026.",
    ),
    _text(
        "parcel-de",
        None,
        "Sendung unterwegs",
        "Ihre Sendung 00340434161094042557 kommt am 24.11.2026 zwischen 1000 und 1200 Uhr.",
    ),
    _text("meeting", None, "Meeting on 2026-11-24", "Room 4021, 10:30-11:30, dial-in +1 646 558 8656."),
    _text(
        "new-sign-in",
        None,
        "New sign-in to your account",
        "We noticed a new sign-in from Chrome 131 on Windows 11, IP 203.0.113.44, on 24 November 2026 at 10:32.",
        "If this was you, you don't need to do anything.",
    ),
    _text(
        "password-changed",
        None,
        "Your password was changed",
        "The password of ada@example.com was changed on 2026-11-24 10:32 UTC. Case 4821993.",
    ),
    _text(
        "verify-link",
        None,
        "Verify your email",
        "Please verify your email address within 24 hours:",
        "https://acme.example/verify?token=482913482913abc",
    ),
    _text(
        "reset-link",
        None,
        "Reset your password",
        "Reset it here: https://acme.example/reset/9f8e7d6c5b4a39281706",
        "The link expires in 3600 seconds.",
    ),
    _text(
        "booking",
        None,
        "Your flight AC4821",
        "Booking reference: X7K2PQ. Flight AC4821 on 24 Nov 2026, gate B42, seat 14C.",
    ),
    _text(
        "bank",
        None,
        "Card payment",
        "You paid 250.00 EUR at SHOP 4417 with the card ending 4242 on 24.11.2026. Approval code: 027513.",
    ),
    _text(
        "github-issue",
        None,
        "[acme/api] Login fails with code 500123 (#4821)",
        "Ada commented on issue #4821. Stack: auth.py:1204",
    ),
    _text(
        "newsletter", None, "Top 10 coding tips for 2026", "1000 developers, 2500 lines, 12000 stars: the 2026 report."
    ),
    _text("survey", None, "How did we do?", "Rate your visit at store 4417 on 2026-11-24. Survey takes 5 minutes."),
    _text("postcode-de", None, "Ihre Adresse", "Postleitzahl 10115, Kundennummer 48291375, HRB 123456."),
    _text("qr", None, "Your ticket", "Show the QR code at the entrance. Ticket 48291375, row 12, seat 34."),
    _text("product-code", None, "Back in stock", "Teapot, product code 4821933, is back in stock for $48."),
    _text("sku", None, "Packing list", "SKU TP-4821-XL, quantity 1200, weight 4500 g."),
    _text("dress-code", None, "Party on 24 November", "Dress code: black tie. 2000 guests, 1880 Mission Street."),
    _text("color", None, "Brand guide", "Our color is #336699 (code 336699 in the guide)."),
    _text("chinese-order", None, "订单已发货", "您的订单20261124已发货，运单号4829137566，合计4821元。"),
    _text(
        "japanese-order",
        None,
        "ご注文ありがとうございます",
        "注文番号：48291375　合計：4,821円　お届け日：2026年11月24日",
    ),
    _text("korean-coupon", None, "쿠폰 도착", "쿠폰코드 TEA2026을 입력하고 4821원을 절약하세요."),
    _text("zh-coupon", None, "优惠", "优惠码：SAVE8848，结账时输入即可立减。"),
    _text("ja-coupon", None, "クーポン", "クーポンコード：TEA2026", "有効期限：2026年12月31日"),
    _text("ru-order", None, "Заказ 48291375", "Заказ 48291375 на сумму 4821 ₽ отправлен. Почтовый индекс 101000."),
    _text("es-discount", None, "Oferta", "Introduce el código PROMO25 en la caja. Válido hasta el 31/12/2026."),
    _text("tr-discount", None, "İndirim", "Sepette CAY2026 kodunu kullanın, 100 TL kazanın."),
    _html(
        "facts-only",
        None,
        "Your order",
        "<table><tr><td>Order</td><td>48291375</td></tr><tr><td>Total</td><td>4821.00</td></tr>"
        "<tr><td>Postal code</td><td>94107</td></tr></table>",
    ),
    _html(
        "big-number", None, "You did it!", "<h1>10000</h1><p>steps on 24 November. That's 4821 more than yesterday.</p>"
    ),
    _html(
        "countdown-tiles",
        None,
        "Sale ends soon",
        "<p>Only</p><table><tr><td>0</td><td>2</td><td>1</td><td>4</td><td>5</td><td>9</td></tr></table><p>left</p>",
    ),
    _html(
        "rating-tiles",
        None,
        "Rate us",
        "<p>How likely are you to recommend us?</p><table><tr>"
        + "".join(f"<td>{n}</td>" for n in range(1, 8))
        + "</tr></table>",
    ),
]

CODE_CASES = [*_CODES, *_NONE]
