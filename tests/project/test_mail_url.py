import pytest

from shop.project.mail import DEVELOPMENT, DJANGO, MailServer, mail_server

SMTP = f"{DJANGO}.smtp.EmailBackend"
FILES = f"{DJANGO}.filebased.EmailBackend"


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("", MailServer(backend=SMTP)),
        ("console:", MailServer(backend=DEVELOPMENT)),
        ("file:///var/mail/shop", MailServer(backend=FILES, directory="/var/mail/shop")),
        ("smtp://mail.example.com", MailServer(backend=SMTP, host="mail.example.com", port=25)),
        (
            "smtp://me%40example.com:p%3A%2Fw@mail.example.com:587/?tls=true",
            MailServer(
                backend=SMTP,
                host="mail.example.com",
                port=587,
                user="me@example.com",
                password="p:/w",
                starttls=True,
            ),
        ),
        ("smtp://mail.example.com:587", MailServer(backend=SMTP, host="mail.example.com", port=587, starttls=True)),
        ("smtp://mail.example.com:587/?tls=false", MailServer(backend=SMTP, host="mail.example.com", port=587)),
        ("smtp://[2001:db8::1]:2525/", MailServer(backend=SMTP, host="2001:db8::1", port=2525)),
        ("smtps://mail.example.com", MailServer(backend=SMTP, host="mail.example.com", port=465, tls=True)),
    ],
)
def test_a_url_says_where_mail_goes(url: str, server: MailServer) -> None:
    assert mail_server(url) == server


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("mail.example.com", "must begin with smtp://"),
        ("http://mail.example.com", "must begin with smtp://"),
        ("smtp://", "names no host"),
        ("smtp://mail.example.com:mail", "has no valid port"),
        ("smtp://mail.example.com:99999", "has no valid port"),
        ("smtp://mail.example.com/?tls=maybe", "takes one option"),
        ("smtp://mail.example.com/?ssl=true", "takes one option"),
        ("file://relative", "names no directory"),
        ("file:///", "names no directory"),
    ],
)
def test_a_url_that_does_not_fit_is_refused_with_a_sentence(url: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        mail_server(url)


def test_no_sentence_repeats_a_password() -> None:
    with pytest.raises(ValueError, match="EMAIL_URL") as refused:
        mail_server("smtp://me:hunter2@mail.example.com:port")

    assert "hunter2" not in str(refused.value)
