"""The official Python SDK against the local server: every method of every noun, called once."""

from __future__ import annotations

from typing import Any

from tests.local.serving import Serving
from tests.local.test_sdk import authority, sdk, server  # noqa: F401 - the fixtures of its module

SWEEP = '''
import inspect
import smtplib
from datetime import datetime, timedelta, timezone
from mailtrap.models import (
    accounts, api_tokens, company_info, contacts, email_campaigns, inbound, inboxes, organizations, paginated_templates,
    permissions, projects, sending_domains, stats, suppressions, templates, tracking_opt_outs, webhooks,
)

live = client("send", organization_id="1")
tested = client("sandbox", sandbox=True, inbox_id=1)
called, problems = set(), []
expected = {
    "email_campaigns_api.email_campaigns.terminate": "Campaign is not sending",  # it has sent to all already
    "testing_api.messages.forward": "The local sandbox does not forward messages: nothing leaves this machine",
    "general_api.account_accesses.delete": "Access forbidden",  # the only one, of the account's owner
}


def read(path):
    """The object behind `contacts_api.contact_lists`, of the client that has it."""
    found = tested if path.startswith("testing_api") else live
    for name in path.split("."):
        found = getattr(found, name)
    return found


def call(path, *arguments, **named):
    called.add(path)
    try:
        return read(path)(*arguments, **named)
    except Exception as error:
        if expected.get(path) == str(error):
            return None
        problems.append(f"{path}: {type(error).__name__}: {error}")
        raise SystemExit(json.dumps(problems)) from None  # what follows needs its answer


def every_method():
    for api in (name for name in dir(type(live)) if name.endswith("_api")):
        try:
            home = read(api)
        except Exception:
            home = getattr(tested, api)
        nouns = [name for name, value in inspect.getmembers(type(home)) if isinstance(value, property)]
        for noun in nouns or [""]:
            part = getattr(home, noun) if noun else home
            for name, _ in inspect.getmembers(part, inspect.ismethod):
                if not name.startswith("_"):
                    yield ".".join(filter(None, (api, noun, name)))


attachment = mailtrap.Attachment(content=b"JVBERg==", filename="receipt.pdf", mimetype="application/pdf")
call("sending_api.send", mail())
call("sending_api.batch_send", batch("a@example.com"))
tested.send(mail(subject="Receipt", html="<p>Hi", attachments=[attachment]))

N = "sending_domains_api.sending_domains"
call(f"{N}.create", sending_domains.CreateSendingDomainParams("shop.example"))
domain = call(f"{N}.get_list")[0].id
call(f"{N}.get_by_id", domain)
call(f"{N}.update", domain, sending_domains.UpdateSendingDomainParams(open_tracking_enabled=True))
call(f"{N}.send_setup_instructions", domain, sending_domains.SendSetupInstructionsParams("dns@acme.example"))
N = "company_info_api.company_info"
call(f"{N}.create", domain, company_info.CreateCompanyInfoParams("Acme", "1", "B", "US", "1", "https://acme.example"))
call(f"{N}.get", domain)
call(f"{N}.update", domain, company_info.UpdateCompanyInfoParams(city="C"))

N = "contacts_api"
number = call(f"{N}.contact_lists.create", contacts.ContactListParams("Customers")).id
call(f"{N}.contact_lists.get_list")
call(f"{N}.contact_lists.get_by_id", number)
call(f"{N}.contact_lists.update", number, contacts.ContactListParams("Clients"))
field = call(f"{N}.contact_fields.create", contacts.CreateContactFieldParams("Plan", "text", "plan")).id
call(f"{N}.contact_fields.get_list")
call(f"{N}.contact_fields.get_by_id", field)
call(f"{N}.contact_fields.update", field, contacts.UpdateContactFieldParams(name="Tier"))
given = contacts.CreateContactParams("ada@example.com", fields={"plan": "pro"}, list_ids=[number])
call(f"{N}.contacts.create", given)
call(f"{N}.contacts.get_by_id", "ada@example.com")
call(f"{N}.contacts.update", "ada@example.com", contacts.UpdateContactParams("ada@example.com", unsubscribed=True))
call(f"{N}.contact_events.create", "ada@example.com", contacts.ContactEventParams("login", {"n": 1}))
job = call(f"{N}.contact_imports.import_contacts", [contacts.ImportContactParams("bob@example.com")])
call(f"{N}.contact_imports.get_by_id", job.id)
only = contacts.ContactExportFilter("list_id", "equal", [number])
job = call(f"{N}.contact_exports.create", contacts.CreateContactExportParams([only]))
call(f"{N}.contact_exports.get_by_id", job.id)

N = "email_campaigns_api.email_campaigns"
parts = email_campaigns.CreateEmailCampaignTemplateAttributes(subject="Hi", body_html="<p>__unsubscribe_url__</p>")
parts = email_campaigns.CreateEmailCampaignParams("Spring", domain, "news", parts)
campaign, other = (call(f"{N}.create", parts).id for _ in range(2))
call(f"{N}.get_list")
call(f"{N}.get_by_id", campaign)
call(f"{N}.update", campaign, email_campaigns.UpdateEmailCampaignParams(name="Summer"))
call(f"{N}.update", campaign, email_campaigns.UpdateEmailCampaignParams(contact_list_ids=[number]))
tomorrow = datetime.now(timezone.utc) + timedelta(days=1)
when = email_campaigns.ScheduleEmailCampaignParams(tomorrow.strftime("%Y-%m-%dT%H:%M:%SZ"))
call(f"{N}.schedule", campaign, when)
call(f"{N}.cancel", campaign)
call(f"{N}.schedule", campaign, when)
call(f"{N}.reset", campaign)
call(f"{N}.get_stats", campaign)
call(f"{N}.start", campaign)
call(f"{N}.terminate", campaign)
call(f"{N}.delete", other)

N = "email_logs_api.email_logs"
call(f"{N}.get_by_id", call(f"{N}.get_list").messages[0].message_id)
asked = stats.StatsFilterParams(start_date="2026-01-01", end_date="2026-01-31")
for name in ("get", "by_category", "by_date", "by_domain", "by_email_service_provider"):
    call(f"stats_api.{name}", 1, asked)

N = "email_templates_api.templates"
number = call(f"{N}.create", templates.CreateEmailTemplateParams("Hi", "Hi", "news")).id
call(f"{N}.get_list")
call(f"{N}.get_by_id", number)
call(f"{N}.update", number, templates.UpdateEmailTemplateParams("Ho", "Ho", "news"))
call(f"{N}.delete", number)
N = "templates_api.templates"
number = call(f"{N}.create", paginated_templates.CreateTemplateParams("Hi", "Hi", "news")).id
call(f"{N}.get_list")
call(f"{N}.get_by_id", number)
call(f"{N}.update", number, paginated_templates.UpdateTemplateParams("Ho"))
call(f"{N}.delete", number)

N = "general_api"
call(f"{N}.accounts.get_list")
access = call(f"{N}.account_accesses.get_list", 1)[0].id
call(f"{N}.permissions.get_resources", 1)
change = permissions.PermissionResourceParams("1", "account", access_level="admin")
call(f"{N}.permissions.bulk_permissions_update", 1, access, [change])
call(f"{N}.account_accesses.delete", 1, access)
call(f"{N}.billing.get_current_billing_usage", 1)
number = call(f"{N}.api_tokens.create", 1, api_tokens.CreateApiTokenParams("CI")).id
call(f"{N}.api_tokens.get_list", 1)
call(f"{N}.api_tokens.get_by_id", 1, number)
call(f"{N}.api_tokens.reset", 1, number)
call(f"{N}.api_tokens.delete", 1, number)
call("organizations_api.sub_accounts.get_list")
call("organizations_api.sub_accounts.create", organizations.CreateSubAccountParams("Sub"))

N = "inbound_api"
folder = call(f"{N}.folders.create", inbound.CreateInboundFolderParams("Support")).id
call(f"{N}.folders.get_list")
call(f"{N}.folders.get_by_id", folder)
call(f"{N}.folders.update", folder, inbound.UpdateInboundFolderParams("Help"))
box = call(f"{N}.inboxes.create", folder, inbound.CreateInboundInboxParams("Box"))
call(f"{N}.inboxes.get_list", folder)
call(f"{N}.inboxes.get_by_id", folder, box.id)
call(f"{N}.inboxes.update", folder, box.id, inbound.UpdateInboundInboxParams("Bin"))
with smtplib.SMTP("127.0.0.1", SMTP_PORT) as smtp:
    smtp.sendmail("ada@example.com", box.address, "From: ada@example.com\\r\\nSubject: Help\\r\\n\\r\\nHi")
where = [inbound.InboundForwardRuleDestination("ops@acme.example")]
rule = call(f"{N}.forward_rules.create", box.id, inbound.CreateInboundForwardRuleParams("All", destinations=where)).id
call(f"{N}.forward_rules.get_list", box.id)
call(f"{N}.forward_rules.get_by_id", box.id, rule)
call(f"{N}.forward_rules.update", box.id, rule, inbound.UpdateInboundForwardRuleParams("Some"))
call(f"{N}.forward_rules.delete", box.id, rule)
message = call(f"{N}.messages.get_list", box.id).data[0].id
call(f"{N}.messages.get_by_id", box.id, message)
reply = inbound.ReplyInboundMessageParams(text="Thanks")
call(f"{N}.messages.reply", box.id, message, reply)
call(f"{N}.messages.reply_all", box.id, message, reply)
to = [mailtrap.Address(email="ops@acme.example")]
call(f"{N}.messages.forward", box.id, message, inbound.ForwardInboundMessageParams(to=to, text="FYI"))
thread = call(f"{N}.threads.get_list", box.id).data[0].id
call(f"{N}.threads.get_by_id", box.id, thread)
call(f"{N}.messages.delete", box.id, message)
call(f"{N}.threads.delete", box.id, thread)
call(f"{N}.inboxes.delete", folder, box.id)
call(f"{N}.folders.delete", folder)

N = "suppressions_api.suppressions"
call(f"{N}.create", suppressions.CreateSuppressionParams("gone@example.com", domain, "bulk"))
call(f"{N}.delete", call(f"{N}.get_list")[0].id)
N = "tracking_opt_outs_api.tracking_opt_outs"
call(f"{N}.create", tracking_opt_outs.CreateTrackingOptOutParams("gone@example.com", domain))
call(f"{N}.delete", call(f"{N}.get_list").data[0].id)
N = "webhooks_api.webhooks"
new = webhooks.CreateWebhookParams(
    "http://127.0.0.1:9/", "email_sending", sending_stream="bulk", event_types=["delivery"], active=False
)
number = call(f"{N}.create", new).id
call(f"{N}.get_list")
call(f"{N}.get_by_id", number)
call(f"{N}.update", number, webhooks.UpdateWebhookParams(payload_format="jsonlines"))
call(f"{N}.delete", number)

N = "testing_api"
message = call(f"{N}.messages.get_list", 1, search="Receipt")[0].id
for name in ("show_message", "get_text_message", "get_html_message", "get_html_source", "get_raw_message",
             "get_message_as_eml", "get_mail_headers", "get_spam_report", "get_html_analysis"):
    call(f"{N}.messages.{name}", 1, message)
call(f"{N}.messages.update", 1, message, mailtrap.UpdateEmailMessageParams(is_read=True))
call(f"{N}.messages.forward", 1, message, "ops@acme.example")
call(f"{N}.attachments.get", 1, message, call(f"{N}.attachments.get_list", 1, message)[0].id)
call(f"{N}.messages.delete", 1, message)
project = call(f"{N}.projects.create", projects.ProjectParams("Shop")).id
call(f"{N}.projects.get_list")
call(f"{N}.projects.get_by_id", project)
call(f"{N}.projects.update", project, projects.ProjectParams("Store"))
box = call(f"{N}.inboxes.create", project, inboxes.CreateInboxParams("Box")).id
call(f"{N}.inboxes.get_list")
for name in ("get_by_id", "clean", "mark_as_read", "enable_email_address", "reset_credentials", "reset_email_username"):
    call(f"{N}.inboxes.{name}", box)
call(f"{N}.inboxes.update", box, inboxes.UpdateInboxParams(name="Bin"))
call(f"{N}.inboxes.delete", box)
call(f"{N}.projects.delete", project)

call("contacts_api.contacts.delete", "ada@example.com")
call("contacts_api.contact_lists.delete", 1)
call("contacts_api.contact_fields.delete", field)
call("sending_domains_api.sending_domains.delete", domain)
print(json.dumps({"problems": problems, "missing": sorted(set(every_method()) - called), "called": len(called)}))
'''


def test_every_sdk_method_gets_an_answer_it_can_read(sdk: Any, server: Serving) -> None:  # noqa: F811
    found = sdk(SWEEP.replace("SMTP_PORT", str(server.smtp_port)))
    assert found["problems"] == []
    assert found["missing"] == []
    assert found["called"] > 110
