"""The table of commands: one line each, in the order of the help page.

The name of a command tells where it is: `mailtrap send` is `commands/send.py`, and the verbs of `mailtrap messages` are
in `commands/messages.py` or in the files of `commands/messages/` (each with an `app: typer.Typer`).
"""

from __future__ import annotations

from ..records import record

SENDING, SETUP, SANDBOX, INSIGHT, CONTENT, ACCOUNT, ANYTHING = (
    "Sending",
    "Setup",
    "Sandbox",
    "Insight",
    "Content and audience",
    "Account",
    "Anything else",
)


@record
class Entry:
    """A command of the root, with its help line and the panel it appears in. A `noun` has verbs."""

    help: str
    panel: str
    noun: bool = True


COMMANDS: dict[str, Entry] = {
    "send": Entry("Send one email.", SENDING, noun=False),
    "batch": Entry("Send an email for each row of a file.", SENDING, noun=False),
    "config": Entry("Manage profiles: tokens, streams, sandboxes.", SETUP),
    "doctor": Entry("Check the setup: token, hosts, sandbox, sender.", SETUP, noun=False),
    "domains": Entry("Manage sending domains and check their DNS records.", SETUP),
    "completion": Entry("Print or install shell completions.", SETUP, noun=False),
    "messages": Entry("Read, wait for and check the messages of a sandbox.", SANDBOX),
    "attachments": Entry("List and save the attachments of a message.", SANDBOX),
    "sandboxes": Entry("Manage sandboxes: credentials, addresses, cleanup.", SANDBOX),
    "projects": Entry("Manage the projects that group sandboxes.", SANDBOX),
    "local": Entry("Run the local sandbox: no account, no network.", SANDBOX),
    "stats": Entry("Show deliveries, bounces, opens and clicks.", INSIGHT),
    "logs": Entry("Search the log of sent emails.", INSIGHT),
    "suppressions": Entry("Manage addresses that get no more emails.", INSIGHT),
    "tracking-opt-outs": Entry("Manage addresses that are not tracked.", INSIGHT),
    "webhooks": Entry("Manage the URLs that get events.", INSIGHT),
    "templates": Entry("Manage email templates.", CONTENT),
    "campaigns": Entry("Write, schedule and send campaigns.", CONTENT),
    "contacts": Entry("Manage contacts and their events.", CONTENT),
    "contact-lists": Entry("Manage lists of contacts.", CONTENT),
    "contact-fields": Entry("Manage the fields of contacts.", CONTENT),
    "inbound": Entry("Read and answer received emails.", CONTENT),
    "accounts": Entry("List the accounts that the token can access.", ACCOUNT),
    "account-access": Entry("See who has access to the account.", ACCOUNT),
    "permissions": Entry("Set what users and tokens may do.", ACCOUNT),
    "tokens": Entry("Manage API tokens.", ACCOUNT),
    "billing": Entry("Show the usage of the billing cycle.", ACCOUNT),
    "organizations": Entry("Manage the sub-accounts of an organization.", ACCOUNT),
    "api": Entry("Send any request to the API.", ANYTHING, noun=False),
    "commands": Entry("List every command, for people and programs.", ANYTHING, noun=False),
}
