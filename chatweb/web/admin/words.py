"""What the codes of the audit log are called."""

from chatweb.web.texts import N_

ACTIONS = {
    "chat_opened": N_("Opened a chat"),
    "chat_read": N_("Read a chat"),
    "chat_closed": N_("Ended access"),
    "chat_followed": N_("Began to follow a chat"),
    "chat_follow_ended": N_("Stopped following a chat"),
    "chat_exported": N_("Exported a chat"),
    "searched": N_("Searched all chats"),
    "chat_found": N_("Found messages of a chat"),
    "person_exported": N_("Exported somebody’s chats"),
    "person_deactivated": N_("Deactivated an account"),
    "person_reactivated": N_("Reactivated an account"),
    "person_role": N_("Changed a role"),
    "person_deleted": N_("Deleted an account"),
    "person_factor_reset": N_("Reset a second step"),
    "person_created": N_("Made an account"),
    "person_password": N_("Set a password"),
    "person_signed_out": N_("Signed somebody out"),
    "purge_begun": N_("Began to delete what is old"),
    "purged": N_("Deleted what is old"),
    "chat_held": N_("Put a chat on hold"),
    "chat_released": N_("Released a chat"),
    "person_held": N_("Put somebody on hold"),
    "person_released": N_("Released somebody"),
    "report_read": N_("Read a report"),
    "report_dismissed": N_("Dismissed a report"),
    "report_removed": N_("Removed reported messages"),
    "report_deactivated": N_("Deactivated who was reported"),
    "log_exported": N_("Exported the audit log"),
}
KINDS = {
    "report": N_("Report by a user"),
    "legal": N_("Legal request"),
    "safety": N_("Safety concern"),
    "fault": N_("Technical fault"),
}
REPORT_KINDS = {
    "spam": N_("Spam"),
    "abuse": N_("Abuse"),
    "threat": N_("Threat"),
    "other": N_("Something else"),
}
DECISIONS = {
    "dismissed": N_("Dismissed"),
    "removed": N_("Messages removed"),
    "deactivated": N_("Account deactivated"),
}
# What is said on the page that an act leads to.
DONE = {
    "deactivate": N_("The account is deactivated, and signed out everywhere."),
    "reactivate": N_("The account is open again."),
    "sign-out": N_("This person is signed out everywhere."),
    "reset-factor": N_("The second step is reset. A mail tells this person."),
    "role": N_("The role is changed."),
    "hold": N_("This person is on hold."),
    "release": N_("This person is released."),
    "chat-held": N_("The chat is on hold."),
    "chat-released": N_("The chat is released."),
    "chat-closed": N_("Your access to the chat has ended."),
    "dismissed": N_("The report is dismissed."),
    "removed": N_("The messages are removed, and the report is decided."),
    "deactivated": N_("The account is deactivated, and the report is decided."),
}
ROLES = {
    "user": N_("No role"),
    "moderator": N_("Moderator"),
    "auditor": N_("Auditor"),
    "admin": N_("Administrator"),
}
