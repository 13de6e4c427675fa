"""Command lines of the vendor's CLI (github.com/mailtrap/mailtrap-cli) and of others get our spelling as a hint."""

from __future__ import annotations

import pytest

from mailtrap_cli.cli.other_tools import suggest_command, translate_words
from tests.conftest import Run


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("-p local inbox list", "-p local sandboxes list"),
        ("-qp local messages spam-score --id 7", "-qp local messages spam 7"),
        ("auth login staging", "config init staging"),
        ("emails list", "logs list"),
        ("account-access remove --id 5", "account-access delete 5"),
        ("attachments get --sandbox-id 1 --message-id 7 --id 3", "attachments get 7 3 --sandbox-id 1"),
        ("contact-fields create --name A --data-type text", "contact-fields create --name A --type text"),
        (
            "contacts create --email a@b.example --first-name Ada --list-ids 1,2",
            "contacts create --email a@b.example --field first_name=Ada --list 1 --list 2",
        ),
        (
            "contacts update --id 7 --list-ids-included 1 --list-ids-excluded 2 --unsubscribed",
            "contacts update 7 --add-to-list 1 --remove-from-list 2 --unsubscribed",
        ),
        ('contacts create-event --id 7 --name x --params {"a":1}', "contacts create-event 7 --name x --param a=1"),
        ("contacts import --file a.csv", "contacts import a.csv"),
        ("domains create --name acme.example", "domains create --domain-name acme.example"),
        (
            "email-logs list --sent-after 2026-01-01 --to a --to-operator ci_contain --from b --from-operator ci_equal",
            "logs list --since 2026-01-01 --to-contains a --from b",
        ),
        ("messages eml --id 5 --output-file x.eml", "messages eml 5 --save x.eml"),
        ("messages forward --id 5 --email a@b.example", "messages forward 5 a@b.example"),
        ("messages update --id 5 --is-read", "messages mark-read 5"),
        ("messages update --id 5 --is-read=false", "messages mark-unread 5"),
        ("organizations create-sub-account --org-id 3 --name X", "organizations sub-accounts create 3 --name X"),
        ("permissions bulk-update --access-id 5 --file p.json", "permissions update 5 --permissions @p.json"),
        ("send transactional --template-uuid u", "send --live --stream transactional --template u"),
        ("sandboxes create --project-id 3 --name x", "sandboxes create 3 --name x"),
        ("stats get --domain-ids 1,2 --streams bulk", "stats get --domain 1 --domain 2 --stream bulk"),
        ("suppressions list --start-time 2026-01-01", "suppressions list --since 2026-01-01"),
        ("templates update --id 4 --body-html c", "templates update 4 --html c"),
        ("tokens create --name a --permissions []", "tokens create --name a --resources []"),
        ("domains list --account-id 4 --output text", "domains list --output table"),
        ("messages list --json", "messages list --output json"),
    ],
)
def test_options_of_other_tools_become_ours(theirs: str, ours: str) -> None:
    assert translate_words(theirs.split()) == ours.split()


def test_words_after_two_dashes_stay_as_they_are() -> None:
    assert translate_words(["send", "--", "--id", "7"]) is None


def test_a_token_on_the_command_line_is_not_repeated() -> None:
    hint = suggest_command(["--api-token", "s3cret", "domains", "list"])
    assert hint is not None
    assert "s3cret" not in hint
    assert "MAILTRAP_API_TOKEN" in hint


def test_dashes_do_not_make_options_look_alike(mailtrap: Run) -> None:
    result = mailtrap("send", "--json5")
    assert result.code == 2
    assert "Did you mean" not in result.err


def test_help_takes_the_common_options_before_it(mailtrap: Run) -> None:
    assert mailtrap("-p", "local", "help", "exit-codes").out == mailtrap("help", "exit-codes").out
    assert mailtrap("-q", "help", "domains", "list").out == mailtrap("domains", "list", "--help").out
