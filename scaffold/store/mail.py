"""Mail of the outbox by SMTP, where a server is configured."""

from __future__ import annotations

import logging
import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from sqlalchemy import select, update

from scaffold.errors import UsageError
from scaffold.messages import text
from scaffold.store import values
from scaffold.store.tables import outbox

if TYPE_CHECKING:
    from scaffold.store.database import Database
    from scaffold.store.values import Document

PORTS = {"smtp": 587, "smtps": 465}
TIMEOUT = 10.0
PERMANENT = 500  # SMTP's codes from here on: trying again does not help
logger = logging.getLogger("scaffold.store")


@dataclass(frozen=True)
class Smtp:
    """A mail server.

    Args:
        host: where it is.
        port: its port.
        sender: the address that mail comes from.
        user: who logs in there; nobody where it is empty.
        password: with what.
        encryption: `tls` from the start, `starttls`, or `none`.
        link: the page of the app to which a mail leads; a mail has only the code where it is empty.
    """

    host: str
    port: int
    sender: str
    user: str = ""
    password: str = ""
    encryption: str = "starttls"
    link: str = ""


def server(url: str, sender: str, link: str = "") -> Smtp:
    """Read the address of a mail server: `smtp://USER:PASSWORD@HOST:PORT`, or `smtps://…`.

    Raises:
        UsageError: that is none, or nobody is named as the sender.
    """
    address = urlsplit(url)
    try:
        port = address.port or PORTS[address.scheme]
    except (KeyError, ValueError) as error:
        raise UsageError("store.error.bad-smtp", url=address.scheme or url) from error
    if not address.hostname or "@" not in sender:
        raise UsageError("store.error.bad-smtp", url=address.scheme)
    plain = parse_qs(address.query).get("starttls") == ["never"]
    encryption = "tls" if address.scheme == "smtps" else "none" if plain else "starttls"
    return Smtp(
        address.hostname,
        port,
        sender,
        unquote(address.username or ""),
        unquote(address.password or ""),
        encryption,
        link,
    )


def send(database: Database, smtp: Smtp, number: int) -> None:
    """Send a message of the outbox, and write down when.

    Raises:
        OSError: the server does not answer, or wants it later.
    """
    with database.reading() as connection:
        row = connection.execute(select(outbox).where(outbox.c.id == number)).first()
    if row is None or row.sent_at is not None:
        return
    message = _message(smtp, row.recipient, row.message)
    try:
        _deliver(smtp, message)
    except smtplib.SMTPRecipientsRefused as error:
        code, reason = next(iter(error.recipients.values()))
        if code < PERMANENT:
            raise
        logger.warning("mail %s was refused: %s %s", number, code, reason.decode(errors="replace"))
        return
    sent = update(outbox).where(outbox.c.id == number).values(sent_at=values.now())
    database.writing(lambda connection: connection.execute(sent))


def _message(smtp: Smtp, recipient: str, written: Document) -> EmailMessage:
    subject, body = _TEXTS[written["purpose"]]
    code = str(written["code"])
    query = urlencode({"purpose": written["purpose"], "email": recipient, "code": code})
    joint = "&" if "?" in smtp.link else "?"
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = text(subject), smtp.sender, recipient
    message.set_content(text(body, code=f"{smtp.link}{joint}{query}" if smtp.link else code))
    return message


_TEXTS = {
    "verify mail": ("store.mail.verify-subject", "store.mail.verify"),
    "reset mail": ("store.mail.reset-subject", "store.mail.reset"),
}


def _deliver(smtp: Smtp, message: EmailMessage) -> None:
    context = ssl.create_default_context()
    if smtp.encryption == "tls":
        client: smtplib.SMTP = smtplib.SMTP_SSL(
            smtp.host, smtp.port, timeout=TIMEOUT, context=context
        )
    else:
        client = smtplib.SMTP(smtp.host, smtp.port, timeout=TIMEOUT)
    with client:
        if smtp.encryption == "starttls":
            client.starttls(context=context)
        if smtp.user:
            client.login(smtp.user, smtp.password)
        client.send_message(message)
