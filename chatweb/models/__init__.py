"""Tables, and facts about one row."""

from chatweb.models.audit import Entry
from chatweb.models.avatar import Avatar
from chatweb.models.base import Base, UtcMillis, utc_now
from chatweb.models.chat import Chat
from chatweb.models.factor import Authenticator, Challenge, HalfSignIn, Passkey, RecoveryCode
from chatweb.models.guess import Guess
from chatweb.models.hold import Hold
from chatweb.models.mail import Mail
from chatweb.models.member import Member
from chatweb.models.message import Message
from chatweb.models.report import Evidence, Report
from chatweb.models.sign_in import SignIn
from chatweb.models.ticket import Ticket
from chatweb.models.user import CAN_SIGN_IN, User
from chatweb.models.version import Version

__all__ = [
    "CAN_SIGN_IN",
    "Authenticator",
    "Avatar",
    "Base",
    "Challenge",
    "Chat",
    "Entry",
    "Evidence",
    "Guess",
    "HalfSignIn",
    "Hold",
    "Mail",
    "Member",
    "Message",
    "Passkey",
    "RecoveryCode",
    "Report",
    "SignIn",
    "Ticket",
    "User",
    "UtcMillis",
    "Version",
    "utc_now",
]
