"""What the codes of the audit log are called."""

from chatweb.web.texts import N_

ACTIONS = {
    "chat_opened": N_("Opened a chat"),
    "chat_read": N_("Read a chat"),
    "chat_closed": N_("Ended access"),
    "log_exported": N_("Exported the audit log"),
}
KINDS = {
    "report": N_("Report by a user"),
    "legal": N_("Legal request"),
    "safety": N_("Safety concern"),
    "fault": N_("Technical fault"),
}
