"""Contacts with their lists, fields, events, imports and exports (contacts.openapi.yml)."""

from __future__ import annotations

import csv
import io
from typing import Any

from ..api.responses import Answer
from .calls import ID, NOT_FOUND, Call, Routes
from .documents import timestamp
from .fields import INVALID, TAKEN, Errors, Field, check_fields, is_id, is_uuid, parse_time
from .replies import NOTHING, answer
from .resource_store import Row
from .resources import UUID, Resource, body_of, join_routes, routes_of

BUILT_IN = {"first_name": "text", "last_name": "text"}  # built-in merge tags, which need no field
MAX_IMPORT = 50_000
_WHO = "([^/]+)"
_LIST_NAMES = ("list_ids", "list_ids_included", "list_ids_excluded")
NO_CONTACT = answer(404, {"errors": "Contact(s) not found"})

LIST = Resource(
    "contact_list",
    "/api/contacts/lists",
    (Field("name", required=True, longest=255, unique=True),),
    lambda call, row: {"id": row.id, "name": row.document["name"]},
    key="name",
    created=200,
    search="search",
    search_prefix=True,
)
FIELD = Resource(
    "contact_field",
    "/api/contacts/fields",
    (
        Field("name", required=True, longest=80, unique=True),
        Field("data_type", required=True, fixed=True, choices=("text", "integer", "float", "boolean", "date")),
        Field("merge_tag", required=True, longest=80, unique=True),
    ),
    lambda call, row: {"id": row.id} | {name: row.document[name] for name in ("name", "data_type", "merge_tag")},
    key="merge_tag",
)
_CONTACT = (
    Field("email", "email", required=True),
    Field("fields", "map"),
    *(Field(name, "ids") for name in _LIST_NAMES),
    Field("unsubscribed", "boolean"),
)


def _shape_contact(call: Call, row: Row) -> dict[str, Any]:
    suppressed = call.store.resources.find("suppression", row.key) is not None
    return {
        "id": row.uuid,
        "email": row.document["email"],
        "fields": row.document["fields"],
        "list_ids": row.document["list_ids"],
        "status": "unsubscribed" if row.document["unsubscribed"] or suppressed else "subscribed",
        "created_at": row.created_at,
        "updated_at": row.updated_at,
    }


def is_subscribed(call: Call, row: Row) -> bool:
    """Return whether campaigns are sent to this contact."""
    return bool(_shape_contact(call, row)["status"] == "subscribed")


def _find_contact(call: Call, who: str) -> Row | None:
    from urllib.parse import unquote

    who = unquote(who)
    store = call.store.resources
    return store.get_by_uuid("contact", who) if is_uuid(who) else store.find("contact", who)


def _known_types(call: Call) -> dict[str, str]:
    """Return the type of each field, by merge tag."""
    return BUILT_IN | {row.key: row.document["data_type"] for row in call.store.resources.list_rows("contact_field")}


def _check_contact(
    call: Call, given: dict[str, Any], *, creating: bool, known: dict[str, str] | None = None
) -> tuple[dict[str, Any], Errors]:
    values, errors = check_fields(_CONTACT, given, creating=creating)
    known = _known_types(call) if known is None else known
    fields = values.get("fields") or {}
    unknown = [tag for tag in fields if tag.lower() not in known]
    if unknown:
        errors["fields"] = [f"contains invalid values: {', '.join(unknown)}"]
    for tag, value in fields.items():
        if tag not in unknown and value is not None and not _fits_type(known[tag.lower()], value):
            errors[tag] = [INVALID]
    for name in _LIST_NAMES:
        wanted = values.get(name) or ()
        if any(call.store.resources.get("contact_list", number) is None for number in wanted):
            errors[name] = ["contains invalid data"]
    both = set(values.get("list_ids_included") or ()) & set(values.get("list_ids_excluded") or ())
    if both:
        shown = ", ".join(map(str, sorted(both)))
        errors["base"] = [f"same list_ids {shown} are specified both as included and excluded"]
    return values, errors


def _fits_type(data_type: str, value: Any) -> bool:
    match data_type:
        case "boolean":
            return isinstance(value, bool)
        case "integer":
            return isinstance(value, int) and not isinstance(value, bool)
        case "float":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "date":
            return parse_time(value) is not None
        case _:
            return isinstance(value, str) and len(value) <= 255


def _save_contact(call: Call, row: Row | None, values: dict[str, Any]) -> Row:
    """Create or update a contact; fields that the request leaves out keep their values."""
    store = call.store.resources
    old: dict[str, Any] = row.document if row else {"fields": {}, "list_ids": [], "unsubscribed": False}
    lists = values.get("list_ids")
    if lists is None:
        lists = old["list_ids"] + (values.get("list_ids_included") or [])
    excluded = values.get("list_ids_excluded") or ()
    document = {
        "email": values.get("email") or old["email"],
        "fields": {**old["fields"], **(values.get("fields") or {})},
        "list_ids": sorted(set(lists) - set(excluded)),
        "unsubscribed": old["unsubscribed"] if values.get("unsubscribed") is None else values["unsubscribed"],
    }
    if row is None:
        return store.create("contact", document, key=document["email"])
    return store.update(row, document, key=document["email"])


def _create_contact(call: Call) -> Answer:
    values, errors = _check_contact(call, body_of(call, "contact"), creating=True)
    if "email" not in errors and call.store.resources.find("contact", values["email"]):
        errors["email"] = [TAKEN]
    if errors:
        return answer(422, {"errors": errors})
    return answer(201, {"data": _shape_contact(call, _save_contact(call, None, values))})


def _show_contact(call: Call) -> Answer:
    row = _find_contact(call, call.parts[0])
    return NOT_FOUND if row is None else answer(200, {"data": _shape_contact(call, row)})


def _update_contact(call: Call) -> Answer:
    row = _find_contact(call, call.parts[0])
    values, errors = _check_contact(call, body_of(call, "contact"), creating=row is None)
    if "email" in values:
        other = call.store.resources.find("contact", values["email"])
        if other is not None and (row is None or other.id != row.id):
            errors["email"] = [TAKEN]
    if errors:
        return answer(422, {"errors": errors})
    saved = _save_contact(call, row, values)
    return answer(200, {"action": "created" if row is None else "updated", "data": _shape_contact(call, saved)})


def _delete_contact(call: Call) -> Answer:
    row = _find_contact(call, call.parts[0])
    if row is None:
        return NO_CONTACT
    call.store.resources.delete(row)
    return NOTHING


def _create_event(call: Call) -> Answer:
    row = _find_contact(call, call.parts[0])
    if row is None:
        return NOT_FOUND
    given = body_of(call)
    name, params = given.get("name"), given.get("params", {})
    errors: Errors = {}
    if not isinstance(name, str) or not name:
        errors["name"] = ["must be a string"]
    elif len(name) > 255:
        errors["name"] = ["is too long"]
    if not isinstance(params, dict):
        errors["params"] = ["must be a hash"]
    else:
        long = [f"key '{key[:50]}' is too long" for key in params if len(key) > 255]
        wrong = [
            f"value for '{key[:50]}' is invalid" for key, value in params.items() if isinstance(value, dict | list)
        ]
        if long or wrong:
            errors["params"] = long + wrong
    if errors:
        return answer(422, {"errors": errors})
    event = {"contact_id": row.uuid, "contact_email": row.document["email"], "name": name, "params": params}
    call.store.resources.create("contact_event", event, parent=row.id)
    return answer(201, event)


def _import_contacts(call: Call) -> Answer:
    entries = body_of(call).get("contacts")
    if not isinstance(entries, list) or not entries:
        return answer(422, {"errors": [{"email": "", "errors": {"base": ["contacts can't be blank"]}}]})
    if len(entries) > MAX_IMPORT:
        sentence = f"cannot import more than {MAX_IMPORT} contacts at once"
        return answer(422, {"errors": [{"email": "", "errors": {"base": [sentence]}}]})
    problems = []
    checked = []
    known = _known_types(call)
    for entry in entries:
        values, errors = _check_contact(call, entry if isinstance(entry, dict) else {}, creating=True, known=known)
        if errors:
            email = entry.get("email") if isinstance(entry, dict) else None
            problems.append({"email": email if isinstance(email, str) else "", "errors": errors})
        checked.append(values)
    if problems:
        return answer(422, {"errors": problems})
    created = 0
    with call.store.database.writing():
        for values in checked:
            row = call.store.resources.find("contact", values["email"])
            created += row is None
            _save_contact(call, row, values)
        counts = {
            "created_contacts_count": created,
            "updated_contacts_count": len(checked) - created,
            "contacts_over_limit_count": 0,
        }
        job = call.store.resources.create("contact_import", counts)
    return answer(201, {"id": job.id, "status": "created"})


def _show_import(call: Call) -> Answer:
    job = call.store.resources.get("contact_import", call.numbers[0])
    return NOT_FOUND if job is None else answer(200, {"id": job.id, "status": "finished", **job.document})


def _export_contacts(call: Call) -> Answer:
    filters = body_of(call).get("filters") or []
    if not isinstance(filters, list) or not all(map(_is_filter, filters)):
        return answer(422, {"errors": {"filters": "invalid"}})
    job = call.store.resources.create("contact_export", {"filters": filters})
    return answer(201, _export_shape(call, job, "created"))


def _is_filter(entry: object) -> bool:
    if not isinstance(entry, dict) or entry.get("operator") != "equal":
        return False
    value = entry.get("value")
    if entry.get("name") == "list_id":
        return isinstance(value, list) and all(map(is_id, value))
    return entry.get("name") == "subscription_status" and value in ("subscribed", "unsubscribed")


def _export_shape(call: Call, job: Row, status: str) -> dict[str, Any]:
    url = f"{call.base}/api/contacts/exports/{job.id}/{job.uuid}/contacts.csv" if status == "finished" else None
    times = {"created_at": timestamp(job.created_at), "updated_at": timestamp(job.updated_at)}
    return {"id": job.id, "status": status, **times, "url": url}


def _show_export(call: Call) -> Answer:
    job = call.store.resources.get("contact_export", call.numbers[0])
    return NOT_FOUND if job is None else answer(200, _export_shape(call, job, "finished"))


def _download_export(call: Call) -> Answer:
    number, key = call.parts
    job = call.store.resources.get("contact_export", int(number))
    if job is None or job.uuid != key.lower():
        return NOT_FOUND
    tags = [*BUILT_IN, *(row.key for row in call.store.resources.list_rows("contact_field"))]
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["email", "status", *tags])
    for row in call.store.resources.list_rows("contact"):
        shown = _shape_contact(call, row)
        if all(_passes_filters(shown, entry) for entry in job.document["filters"]):
            writer.writerow([shown["email"], shown["status"], *(shown["fields"].get(tag, "") for tag in tags)])
    return Answer(200, {"content-type": "text/csv; charset=utf-8"}, out.getvalue().encode("utf-8", "replace"))


def _passes_filters(contact: dict[str, Any], entry: dict[str, Any]) -> bool:
    if entry["name"] == "list_id":
        return bool(set(entry["value"]) & set(contact["list_ids"]))
    return bool(contact["status"] == entry["value"])


ROUTES: Routes = join_routes(
    routes_of(LIST),
    routes_of(FIELD),
    {
        "/api/contacts": {"POST": _create_contact},
        "/api/contacts/imports": {"POST": _import_contacts},
        f"/api/contacts/imports/{ID}": {"GET": _show_import},
        "/api/contacts/exports": {"POST": _export_contacts},
        f"/api/contacts/exports/{ID}": {"GET": _show_export},
        rf"/api/contacts/exports/{ID}/{UUID}/contacts\.csv": {"GET": _download_export},
        f"/api/contacts/{_WHO}/events": {"POST": _create_event},
        # An address or a UUID; words such as "imports" are paths of their own.
        f"/api/contacts/(?!(?:lists|fields|imports|exports|segments)$){_WHO}": {
            "GET": _show_contact,
            "PATCH": _update_contact,
            "DELETE": _delete_contact,
        },
    },
)
