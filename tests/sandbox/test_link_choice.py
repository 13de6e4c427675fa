"""Which of several links is chosen, on the links of real services."""

from __future__ import annotations

import pytest

from mailtrap_cli.sandbox.links import find_link

CASES = {
    "logo+plain": (
        '<a href="https://a.example/"><img src=l.png alt=Acme></a><a href="https://a.example/l/abc">'
        "Track your order</a>",
        "https://a.example/l/abc",
    ),
    "logo utm": (
        '<a href="https://www.a.example/?utm_source=email"><img src=l.png alt=Acme></a>'
        '<a href="https://a.example/l/abc">See details</a>',
        "https://a.example/l/abc",
    ),
    "logo path": (
        '<a href="https://www.a.example/en/home"><img src=l.png alt="Acme Inc"></a>'
        '<a href="https://a.example/l/abc" class="button">View invoice</a>',
        "https://a.example/l/abc",
    ),
    "logo path2": (
        '<a href="https://www.a.example/en/home"><img src=l.png alt="Acme Inc"></a>'
        '<a href="https://a.example/l/abc">View invoice</a>',
        "https://a.example/l/abc",
    ),
    "only link + footer": (
        '<a href="https://a.example/x/1">Open</a><a href="https://a.example/unsubscribe">Unsubscribe</a>',
        "https://a.example/x/1",
    ),
    "terms accept": (
        '<a href="https://a.example/legal/terms/accept?t=1">Accept the new terms and confirm</a>'
        '<a href="https://a.example/legal/terms">Read the terms</a>',
        "https://a.example/legal/terms/accept?t=1",
    ),
    "support verify": (
        '<a href="https://a.example/support">Support</a>'
        '<a href="https://a.example/support/verify_email/abc">Verify your email</a>',
        "https://a.example/support/verify_email/abc",
    ),
    "only path": (
        '<a href="https://a.example/support">here</a><a href="https://a.example/support/verify_email/abc">here</a>',
        "https://a.example/support/verify_email/abc",
    ),
    "contact q": (
        '<a href="https://a.example/about">About</a>'
        '<a href="https://a.example/verify?email=contact%40acme.example&token=1">click here</a>',
        "https://a.example/verify?email=contact%40acme.example&token=1",
    ),
    "redirect terms": (
        '<a href="https://a.example/blog">Blog</a>'
        '<a href="https://a.example/login/magic?redirect=%2Fterms">Sign in</a>',
        "https://a.example/login/magic?redirect=%2Fterms",
    ),
    "fr": (
        '<a href="https://a.example/a">Voir</a><a href="https://a.example/b">Réinitialiser mon mot de passe</a>',
        "https://a.example/b",
    ),
    "unsub says confirm": (
        '<a href="https://a.example/b/1">Confirm subscription</a><a href="https://a.example/b/2">Unsubscribe</a>',
        "https://a.example/b/1",
    ),
    "email-verification path": (
        '<a href="https://a.example/news">x</a><a href="https://a.example/email-verification/abc">x</a>',
        "https://a.example/email-verification/abc",
    ),
    "password/reset": (
        '<a href="https://a.example/news">x</a><a href="https://a.example/password/reset/abc">x</a>',
        "https://a.example/password/reset/abc",
    ),
    "accounts/confirm-email": (
        '<a href="https://a.example/news">x</a><a href="https://a.example/accounts/confirm-email/MTI:1abc/">x</a>',
        "https://a.example/accounts/confirm-email/MTI:1abc/",
    ),
    "reset_password_token": (
        '<a href="https://a.example/users/help">x</a>'
        '<a href="https://a.example/users/p?reset_password_token=abc">x</a>',
        "https://a.example/users/p?reset_password_token=abc",
    ),
    "firebase": (
        '<a href="https://proj.firebaseapp.com/__/auth/action?mode=verifyEmail&oobCode=abc">'
        "https://proj.firebaseapp.com/__/auth/action?mode=verifyEmail&oobCode=abc</a>"
        '<a href="https://proj.firebaseapp.com">Proj</a>',
        "https://proj.firebaseapp.com/__/auth/action?mode=verifyEmail&oobCode=abc",
    ),
    "supabase": (
        '<a href="https://x.supabase.co/auth/v1/verify?token=abc&type=signup&redirect_to=http://localhos'
        't:3000/contact">Confirm your mail</a><a href="https://supabase.com/opt-out">Opt out</a>',
        "https://x.supabase.co/auth/v1/verify?token=abc&type=signup&redirect_to=http://localhost:3000/contact",
    ),
    "auth0": (
        '<a href="https://t.auth0.com/u/email-verification?ticket=abc#">Confirm my account</a>'
        '<a href="https://auth0.com/contact">contact us</a>',
        "https://t.auth0.com/u/email-verification?ticket=abc#",
    ),
    "wp": (
        '<a href="https://s.example/wp-login.php?action=rp&key=abc&login=ada">'
        "https://s.example/wp-login.php?action=rp&key=abc&login=ada</a>",
        "https://s.example/wp-login.php?action=rp&key=abc&login=ada",
    ),
    "download app": (
        '<a href="https://apps.apple.com/app/x">App Store</a><a href="https://a.example/go">Continue</a>',
        "https://a.example/go",
    ),
    "both twitter": (
        '<a href="https://twitter.com/x">Twitter</a><a href="https://github.com/acme/x/pull/1">View it on GitHub</a>',
        "https://github.com/acme/x/pull/1",
    ),
    "github device verify": (
        '<a href="https://github.com/settings/x">settings</a>'
        '<a href="https://github.com/users/ada/emails/123/confirm_verification/abc">'
        "Verify email address</a>",
        "https://github.com/users/ada/emails/123/confirm_verification/abc",
    ),
    "not you": (
        '<p>Was this you?</p><a href="https://a.example/1">Yes, it was me</a>'
        '<a href="https://a.example/2">No, secure my account</a>',
        "https://a.example/1",
    ),
    "manage": (
        '<a href="https://a.example/1">Manage your account</a><a href="https://a.example/2">Get started</a>',
        "https://a.example/2",
    ),
    "terms in sentence": (
        '<p>By clicking you accept our <a href="https://a.example/t">Terms of Service</a>'
        ' and <a href="https://a.example/p">Privacy Policy</a></p><a href="https://a.example/go">'
        "Activate</a>",
        "https://a.example/go",
    ),
    "we accept": (
        '<p>Please confirm you have read the <a href="https://a.example/t">terms and conditions</a>.</p>'
        '<a href="https://a.example/go/1" class=btn>Continue</a>',
        "https://a.example/go/1",
    ),
    "view online first": (
        '<a href="https://a.example/v">View this email in your browser</a><a href="https://a.example/c">Confirm</a>',
        "https://a.example/c",
    ),
    "helpful help": (
        '<a href="https://a.example/c/verify">Verify</a><a href="https://a.example/help/verify">'
        "Need help verifying?</a>",
        "https://a.example/c/verify",
    ),
    "resend": (
        '<a href="https://a.example/c/1">Confirm email</a><a href="https://a.example/c/2">'
        "Resend confirmation email</a>",
        "https://a.example/c/1",
    ),
    "footer password": (
        '<a href="https://a.example/c/1">Set your password</a><a href="https://a.example/c/2">'
        "Change your email preferences</a>",
        "https://a.example/c/1",
    ),
    "cancel": (
        '<a href="https://a.example/cancel/1">Cancel request</a><a href="https://a.example/c/2">Approve request</a>',
        "https://a.example/c/2",
    ),
    "only unsub de": (
        '<a href="https://a.example/abmeldung">Newsletter abbestellen</a>',
        None,
    ),
    "only social": (
        '<a href="https://www.linkedin.com/company/x">LinkedIn</a><a href="https://bsky.app/profile/x">Bluesky</a>',
        None,
    ),
    "form": (
        '<form action="https://a.example/confirm" method=POST><input type=hidden name=t value=1>'
        '<button type=submit>Confirm</button></form><a href="https://a.example/">Acme</a>',
        "https://a.example/confirm",
    ),
    "base rel": (
        '<base href="https://a.example/de/"><a href="bestaetigen?t=1">Bestätigen</a>',
        "https://a.example/de/bestaetigen?t=1",
    ),
    "blank": (
        '<a href=" https://a.example/verify?t=1 ">Verify</a>',
        "https://a.example/verify?t=1",
    ),
    "nbsp": (
        '<a href="&nbsp;https://a.example/verify?t=1">Verify</a>',
        "https://a.example/verify?t=1",
    ),
    "zw": (
        '<a href="&#8203;https://a.example/verify?t=1">Verify</a>',
        "https://a.example/verify?t=1",
    ),
    "bom": (
        '<a href="\ufeffhttps://a.example/verify?t=1">Verify</a>',
        "https://a.example/verify?t=1",
    ),
    "inner zw": (
        '<a href="https://a.example/verify?t=1\u200b2">Verify</a>',
        None,
    ),
    "inner blank": (
        '<a href="https://a.example/verify?name=Ada Lovelace&t=1">Verify</a>',
        "https://a.example/verify?name=Ada%20Lovelace&t=1",
    ),
    "welcome": (
        '<h1>Welcome!</h1><a href="https://a.example/start?u=1">Get started</a>'
        '<a href="https://a.example/docs">Read the docs</a><p><a href="https://a.example/prefs">'
        'Email preferences</a><a href="https://a.example/u?x=1">Unsubscribe</a>'
        '<a href="https://a.example/tos">Terms of Use</a><a href="https://a.example/privacy">Privacy</a>'
        '<a href="https://help.a.example">Help Center</a></p>',
        "https://a.example/start?u=1",
    ),
    "invite slack": (
        '<p>Grace has invited you to join Acme</p><a href="https://a.example/join/abc">Join now</a>'
        '<a href="https://a.example/what-is">What is Acme?</a><p><a href="https://a.example/prefs">'
        'Email preferences</a><a href="https://a.example/u?x=1">Unsubscribe</a>'
        '<a href="https://a.example/tos">Terms of Use</a><a href="https://a.example/privacy">Privacy</a>'
        '<a href="https://help.a.example">Help Center</a></p>',
        "https://a.example/join/abc",
    ),
    "track": (
        '<p>Shipped</p><a href="https://track.dhl.example/1Z" class="btn">Track package</a>'
        '<a href="https://a.example/returns">Returns policy</a><p><a href="https://a.example/prefs">'
        'Email preferences</a><a href="https://a.example/u?x=1">Unsubscribe</a>'
        '<a href="https://a.example/tos">Terms of Use</a><a href="https://a.example/privacy">Privacy</a>'
        '<a href="https://help.a.example">Help Center</a></p>',
        "https://track.dhl.example/1Z",
    ),
    "pay invoice": (
        '<a href="https://a.example/pay/1" style="background-color:#000;padding:10px">Pay invoice</a>'
        '<a href="https://a.example/i.pdf">Download PDF</a><p><a href="https://a.example/prefs">'
        'Email preferences</a><a href="https://a.example/u?x=1">Unsubscribe</a>'
        '<a href="https://a.example/tos">Terms of Use</a><a href="https://a.example/privacy">Privacy</a>'
        '<a href="https://help.a.example">Help Center</a></p>',
        "https://a.example/pay/1",
    ),
    "verify nl": (
        '<a href="https://a.example/v/1">Bevestig mijn e-mailadres</a><a href="https://a.example/2">'
        'Bekijk online</a><p><a href="https://a.example/prefs">Email preferences</a>'
        '<a href="https://a.example/u?x=1">Unsubscribe</a><a href="https://a.example/tos">'
        'Terms of Use</a><a href="https://a.example/privacy">Privacy</a>'
        '<a href="https://help.a.example">Help Center</a></p>',
        "https://a.example/v/1",
    ),
    "de double optin": (
        "<p>Bitte klicken Sie auf den folgenden Link, um Ihre Anmeldung zum Newsletter zu bestätigen:</p"
        '><a href="https://a.example/n/1?c=abc">https://a.example/n/1?c=abc</a><p>'
        'Falls Sie sich nicht angemeldet haben, <a href="https://a.example/n/2">hier abmelden</a></p>',
        "https://a.example/n/1?c=abc",
    ),
    "fr magic": (
        '<p>Cliquez ci-dessous pour vous connecter</p><a href="https://a.example/m/1">Se connecter</a>'
        '<a href="https://a.example/aide">Centre d\'aide</a>',
        "https://a.example/m/1",
    ),
    "es reset": (
        '<p>¿Olvidaste tu contraseña?</p><a href="https://a.example/r/1">Restablecer contraseña</a>'
        '<a href="https://a.example/c">Contáctanos</a>',
        "https://a.example/r/1",
    ),
    "pt": (
        '<p>Confirme</p><a href="https://a.example/r/1">Ativar minha conta</a>'
        '<a href="https://a.example/c">Central de Ajuda</a>',
        "https://a.example/r/1",
    ),
    "it": (
        '<a href="https://a.example/r/1">Reimposta la password</a><a href="https://a.example/c">Assistenza</a>',
        "https://a.example/r/1",
    ),
    "pl": (
        '<a href="https://a.example/r/1">Ustaw nowe hasło</a><a href="https://a.example/c">Pomoc</a>',
        "https://a.example/r/1",
    ),
    "ru": (
        '<a href="https://a.example/r/1">Сменить пароль</a><a href="https://a.example/c">Служба поддержки</a>',
        "https://a.example/r/1",
    ),
    "ja": (
        '<a href="https://a.example/r/1">パスワードをリセット</a><a href="https://a.example/c">ヘルプ</a>',
        "https://a.example/r/1",
    ),
    "ko": (
        '<a href="https://a.example/r/1">비밀번호 변경하기</a><a href="https://a.example/c">도움말</a>',
        "https://a.example/r/1",
    ),
    "zh": (
        '<a href="https://a.example/r/1">点击重设密码</a><a href="https://a.example/c">帮助中心</a>',
        "https://a.example/r/1",
    ),
    "zh hant": (
        '<a href="https://a.example/r/1">立即驗證</a><a href="https://a.example/c">常見問題</a>',
        "https://a.example/r/1",
    ),
    "ar": (
        '<a href="https://a.example/r/1">إعادة تعيين كلمة المرور</a><a href="https://a.example/c">مركز المساعدة</a>',
        "https://a.example/r/1",
    ),
    "tr": (
        '<a href="https://a.example/r/1">Hesabımı etkinleştir</a><a href="https://a.example/c">Yardım</a>',
        "https://a.example/r/1",
    ),
    "sv": (
        '<a href="https://a.example/r/1">Aktivera konto</a><a href="https://a.example/c">Hjälp</a>',
        "https://a.example/r/1",
    ),
    "fi": (
        '<a href="https://a.example/r/1">Aktivoi tili</a><a href="https://a.example/c">Ohje</a>',
        "https://a.example/r/1",
    ),
    "cs": (
        '<a href="https://a.example/r/1">Aktivovat účet</a><a href="https://a.example/c">Nápověda</a>',
        "https://a.example/r/1",
    ),
    "hu": (
        '<a href="https://a.example/r/1">Fiók aktiválása</a><a href="https://a.example/c">Súgó</a>',
        "https://a.example/r/1",
    ),
    "el": (
        '<a href="https://a.example/r/1">Ενεργοποίηση λογαριασμού</a><a href="https://a.example/c">Βοήθεια</a>',
        "https://a.example/r/1",
    ),
    "id": (
        '<a href="https://a.example/r/1">Aktifkan akun</a><a href="https://a.example/c">Bantuan</a>',
        "https://a.example/r/1",
    ),
    "vi": (
        '<a href="https://a.example/r/1">Kích hoạt tài khoản</a><a href="https://a.example/c">Trợ giúp</a>',
        "https://a.example/r/1",
    ),
    "th": (
        '<a href="https://a.example/r/1">เปิดใช้งานบัญชี</a><a href="https://a.example/c">ความช่วยเหลือ</a>',
        "https://a.example/r/1",
    ),
    "one click login": (
        "<p>Click here to log in with this magic link:</p>"
        '<a href="https://notion.example/loginwithemail?state=abc&password=xyz">'
        'Click here to log in with this magic link</a><a href="https://a.example/contact-us">'
        "Contact us</a>",
        "https://notion.example/loginwithemail?state=abc&password=xyz",
    ),
    "email change cancel": (
        '<p>Your email was changed.</p><a href="https://a.example/revert/1">Undo this change</a><p>'
        '<a href="https://a.example/prefs">Email preferences</a><a href="https://a.example/u?x=1">'
        'Unsubscribe</a><a href="https://a.example/tos">Terms of Use</a>'
        '<a href="https://a.example/privacy">Privacy</a><a href="https://help.a.example">Help Center</a>'
        "</p>",
        "https://a.example/revert/1",
    ),
    "footer only": (
        '<p>Hi</p><p><a href="https://a.example/prefs">Email preferences</a>'
        '<a href="https://a.example/u?x=1">Unsubscribe</a><a href="https://a.example/tos">'
        'Terms of Use</a><a href="https://a.example/privacy">Privacy</a>'
        '<a href="https://help.a.example">Help Center</a></p>',
        None,
    ),
    "footer 2": (
        '<a href="https://a.example/prefs">Update your preferences</a><a href="https://goo.gl/maps/x">123 Main St</a>',
        None,
    ),
    "survey": (
        '<a href="https://a.example/survey/1">Take the survey</a><p><a href="https://a.example/prefs">'
        'Email preferences</a><a href="https://a.example/u?x=1">Unsubscribe</a>'
        '<a href="https://a.example/tos">Terms of Use</a><a href="https://a.example/privacy">Privacy</a>'
        '<a href="https://help.a.example">Help Center</a></p>',
        "https://a.example/survey/1",
    ),
    "download": (
        '<a href="https://a.example/dl/1.zip">Download your data</a><p>'
        '<a href="https://a.example/prefs">Email preferences</a><a href="https://a.example/u?x=1">'
        'Unsubscribe</a><a href="https://a.example/tos">Terms of Use</a>'
        '<a href="https://a.example/privacy">Privacy</a><a href="https://help.a.example">Help Center</a>'
        "</p>",
        "https://a.example/dl/1.zip",
    ),
    "outlook safelink": (
        '<a href="https://nam12.safelinks.protection.outlook.com/?url=https%3A%2F%2Fa.example%2Fverify">'
        'Verify</a><a href="https://nam12.safelinks.protection.outlook.com/?url=https%3A%2F%2Fa.example%'
        '2Fhelp">Help</a>',
        "https://nam12.safelinks.protection.outlook.com/?url=https%3A%2F%2Fa.example%2Fverify",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_the_link_that_acts_is_chosen(name: str) -> None:
    html, link = CASES[name]
    assert find_link(None, f"<html><body>{html}</body></html>") == link
