import { age, byId, call, count, el, getJson, icon, moment, number, refreshTimes } from "./dom.js";
import { renderMessage } from "./message.js";

const PAGE = 50;
const MOST = 200; // rows to reload after a change; older ones stay as they are
const PAUSE = 400; // milliseconds between such requests

const list = byId("list");
const rows = new Map(); // id → { data, node }, newest first
let next = null; // the ID to continue from; null at the end of the list
let current = null; // the open message
let cursor = null; // the row selected by keyboard
let total = 0;
let nearEnd = false; // whether the end of the list is visible

// ---------------------------------------------------------------------------------------------- the list

function filters() {
  const form = new FormData(byId("filters"));
  return { search: form.get("search").trim(), sandbox: form.get("sandbox"), stream: form.get("stream"), unread: form.get("unread") ? "1" : "" };
}

function makeRow(data) {
  const node = el("li", { class: "row", "data-id": data.id });
  const unread = el("span", { class: "hidden" });
  const when = el("time", { datetime: data.sent_at, title: moment(data.sent_at) }, age(data.sent_at));
  const stream = data.stream === "sandbox" ? `sandbox ${data.sandbox_id}` : data.stream;
  node.append(el("a", { href: `/messages/${data.id}`, class: "row-link" },
    unread,
    el("span", { class: "row-from" }, data.from), when,
    el("span", { class: "row-subject" }, data.subject || "(no subject)"),
    el("span", { class: "row-foot" },
      el("span", { class: "row-to" }, `to ${data.to || "undisclosed recipients"}`),
      data.attached ? el("span", { class: "row-attached", title: "Has attachments" }, icon("attached"), el("span", { class: "hidden" }, "has attachments")) : null,
      el("span", { class: `badge ${data.stream}` }, stream))));
  return { data, node, unread };
}

function styleRow(row) {
  row.node.classList.toggle("unread", !row.data.is_read);
  row.unread.textContent = row.data.is_read ? "" : "Unread. ";
  const open = row.data.id === current?.id;
  row.node.classList.toggle("current", open);
  if (open) row.node.firstChild.setAttribute("aria-current", "true");
  else row.node.firstChild.removeAttribute("aria-current");
}

function showRows(found, { append, fresh, limit }) {
  const newest = rows.size ? rows.keys().next().value : 0;
  const kept = append ? [...rows.values()] : [];
  const older = fresh && found.length === limit ? [...rows.values()].filter((row) => row.data.id < found.at(-1).id) : [];
  // With the unread filter on, keep the message being read in its place.
  const reading = fresh && current && filters().unread && !found.some((data) => data.id === current.id) ? rows.get(current.id) : null;
  const order = [...kept, ...found.map((data) => {
    const row = rows.get(data.id) || makeRow(data);
    if (fresh && data.id > newest && !rows.has(data.id)) row.node.classList.add("new");
    row.data = data;
    return row;
  }), ...older];
  if (reading && !order.includes(reading)) {
    const place = order.findIndex((row) => row.data.id < reading.data.id);
    order.splice(place < 0 ? order.length : place, 0, reading);
  }
  const arrived = fresh && rows.size ? order.filter((row) => row.data.id > newest).length : 0;
  rows.clear();
  let before = null;
  for (const row of order) {
    rows.set(row.data.id, row);
    styleRow(row);
    const place = before ? before.nextSibling : list.firstChild;
    if (row.node !== place) list.insertBefore(row.node, place);
    before = row.node;
  }
  while (before ? before.nextSibling : list.firstChild) (before ? before.nextSibling : list.firstChild).remove();
  if (arrived) byId("announce").textContent = `${count(arrived, "new message")}`;
  return older.length > 0;
}

function showCounts(sandboxes) {
  const chosen = byId("sandbox").value;
  const select = byId("sandbox");
  const wanted = ["", ...sandboxes.map((each) => String(each.id))];
  if ([...select.options].map((option) => option.value).join() !== wanted.join()) {
    select.replaceChildren(el("option", { value: "" }, "All sandboxes"),
      ...sandboxes.map((each) => el("option", { value: each.id }, /^sandbox \d+$/.test(each.name) ? each.name : `${each.id} · ${each.name}`)));
    select.value = wanted.includes(chosen) ? chosen : "";
  }
  const shown = sandboxes.filter((each) => !chosen || String(each.id) === chosen);
  total = shown.reduce((sum, each) => sum + each.messages, 0);
  const unread = shown.reduce((sum, each) => sum + each.unread, 0);
  byId("count").textContent = `${count(total, "message")}${unread ? `, ${number(unread)} unread` : ""}`;
  byId("mark-all").disabled = !unread;
  byId("clear").disabled = !total;
  document.title = `${unread ? `(${number(unread)}) ` : ""}Inbox · mailtrap`;
}

let question = 0; // the latest request: late answers to older ones are dropped
let renewing = false; // whether a request for another list, after a change of filters, is still unanswered

async function loadList({ append = false, fresh = false } = {}) {
  const mine = ++question;
  renewing ||= !append && !fresh;
  if (renewing) append = fresh = false; // its answer will be dropped, so this request takes its place
  const wanted = filters();
  const limit = fresh ? Math.min(MOST, Math.max(PAGE, rows.size)) : PAGE;
  const problem = byId("search-problem");
  try {
    const found = await getJson("/web/messages", {
      ...wanted,
      before: append ? next : "",
      limit,
    });
    if (mine !== question) return;
    renewing = false;
    problem.textContent = found.problem || "";
    problem.hidden = !found.problem;
    if (!append && !fresh) rows.clear();
    const goesOn = showRows(found.messages, { append, fresh, limit });
    if (!goesOn) next = found.next;
    showCounts(found.sandboxes);
  } catch (error) {
    if (mine !== question) return;
    renewing = false;
    problem.textContent = error.message;
    problem.hidden = false;
  }
  byId("more").hidden = next === null;
  if (!append && nearEnd && next !== null) loadList({ append: true });
  const filtered = Object.values(wanted).some(Boolean);
  byId("empty").hidden = rows.size > 0 || next !== null;
  byId("empty").textContent = filtered && total ? "No matching messages." : "No messages yet.";
}

// After a change: one request at a time with a pause in between, however fast messages arrive.
let asking = false;
let again = false;

async function refresh() {
  if (asking) {
    again = true;
    return;
  }
  asking = true;
  do {
    again = false;
    await loadList({ fresh: true });
    if (current) await checkCurrent();
    await new Promise((done) => setTimeout(done, PAUSE));
  } while (again);
  asking = false;
}

async function checkCurrent() {
  const row = rows.get(current.id);
  if (row && row.data.is_read !== current.is_read) {
    current.is_read = row.data.is_read;
    showMark();
  }
}

// ---------------------------------------------------------------------------------------------- one message

const numberIn = (path) => Number(/^\/messages\/(\d+)$/.exec(path)?.[1]) || null;

function go(path) {
  history.pushState(null, "", `${path}${location.search}`);
  route();
}

async function route() {
  const id = numberIn(location.pathname);
  if (id === null) {
    close();
    return;
  }
  try {
    const message = await getJson(`/web/messages/${id}`);
    if (numberIn(location.pathname) === id) open(message);
  } catch (error) {
    if (numberIn(location.pathname) !== id) return;
    current = null;
    byId("message").replaceChildren(
      el("div", { class: "message-bar" }, el("button", { type: "button", class: "back", onclick: () => go("/") }, "Back")),
      el("p", { class: "muted empty" }, error.status === 404 ? "This message has been deleted." : error.message));
    showPane(true);
  }
}

function showPane(reading) {
  document.body.classList.toggle("reading", reading);
  byId("welcome").hidden = reading;
  byId("message").hidden = !reading;
}

function open(message) {
  current = cursor = null;
  current = message;
  cursor = message.id;
  byId("message").replaceChildren(...renderMessage(message, { back: () => go("/"), mark: toggleRead, remove: removeCurrent }));
  byId("message").scrollTop = 0;
  showPane(true);
  rows.forEach(styleRow);
  rows.get(message.id)?.node.scrollIntoView({ block: "nearest" });
  if (matchMedia("(max-width: 859px)").matches) byId("subject").focus({ preventScroll: true });
  if (!message.is_read) setRead(message, true);
}

function close() {
  current = null;
  byId("message").replaceChildren();
  showPane(false);
  rows.forEach(styleRow);
  if (cursor !== null) rows.get(cursor)?.node.firstChild.focus();
}

function showMark() {
  const mark = byId("mark");
  if (mark) mark.textContent = current.is_read ? "Mark as unread" : "Mark as read";
}

async function setRead(message, read) {
  await tell("PATCH", `/web/messages/${message.id}`, { read: read ? "1" : "0" });
  message.is_read = read;
  const row = rows.get(message.id);
  if (row) {
    row.data.is_read = read;
    styleRow(row);
  }
  if (current?.id === message.id) {
    current.is_read = read;
    showMark();
  }
}

function toggleRead() {
  const message = current || rows.get(cursor)?.data;
  if (message) setRead(message, !message.is_read);
}

async function removeCurrent() {
  const id = current?.id ?? cursor;
  if (id === null) return;
  const order = [...rows.keys()];
  const at = order.indexOf(id);
  await tell("DELETE", `/web/messages/${id}`);
  rows.get(id)?.node.remove();
  rows.delete(id);
  cursor = order[at + 1] ?? order[at - 1] ?? null;
  byId("announce").textContent = "Message deleted";
  if (current) go("/");
  else rows.get(cursor)?.node.firstChild.focus();
}

async function tell(method, path, params) {
  try {
    await call(method, path, params);
  } catch (error) {
    byId("announce").textContent = error.message;
    throw error;
  }
}

// ---------------------------------------------------------------------------------------------- dialogs, buttons, keys

function ask(title, text, word) {
  const dialog = byId("confirm");
  byId("confirm-title").textContent = title;
  byId("confirm-text").textContent = text;
  byId("confirm-yes").textContent = word;
  dialog.returnValue = "";
  dialog.showModal();
  document.body.classList.add("asking"); // hides other buttons with the same name as the dialog's
  return new Promise((done) => dialog.addEventListener("close", () => done(dialog.returnValue === "yes"), { once: true }));
}

function answer(value) {
  document.body.classList.remove("asking");
  byId("confirm").close(value);
}

byId("confirm-yes").addEventListener("click", () => answer("yes"));
byId("confirm-no").addEventListener("click", () => answer(""));
byId("confirm").addEventListener("cancel", () => document.body.classList.remove("asking"));
byId("help-button").addEventListener("click", () => byId("help").showModal());
byId("help-close").addEventListener("click", () => byId("help").close());

byId("clear").addEventListener("click", async () => {
  const { sandbox } = filters();
  const where = sandbox ? `sandbox ${sandbox}` : "all sandboxes and streams, and the logs";
  const text = `This deletes ${count(total, "message")} from ${where}. Messages hidden by filters are deleted too.`;
  if (!(await ask("Delete all messages?", text, "Clear"))) return;
  await tell("DELETE", "/web/messages", { sandbox });
  cursor = null;
  if (current) go("/");
  await loadList();
});

byId("mark-all").addEventListener("click", async () => {
  await tell("PATCH", "/web/messages", { sandbox: filters().sandbox });
  await refresh();
});

byId("more").addEventListener("click", () => loadList({ append: true }));
new IntersectionObserver((entries) => {
  nearEnd = entries.at(-1).isIntersecting;
  if (nearEnd && next !== null) loadList({ append: true });
}, { root: byId("list-scroll"), rootMargin: "300px" }).observe(byId("more"));

let typing = null;
byId("search").addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(applyFilters, 150);
});
for (const id of ["sandbox", "stream", "unread"]) byId(id).addEventListener("change", applyFilters);
byId("filters").addEventListener("submit", (event) => {
  event.preventDefault();
  clearTimeout(typing);
  applyFilters();
});

function applyFilters() {
  const query = new URLSearchParams(Object.entries(filters()).filter(([, value]) => value));
  history.replaceState(null, "", `${location.pathname}${query.size ? `?${query}` : ""}`);
  byId("list-scroll").scrollTop = 0;
  return loadList();
}

function readFilters() {
  const query = new URLSearchParams(location.search);
  byId("search").value = query.get("search") || "";
  byId("stream").value = query.get("stream") || "";
  byId("unread").checked = query.get("unread") === "1";
  const sandbox = query.get("sandbox") || "";
  if (/^\d+$/.test(sandbox) && ![...byId("sandbox").options].some((option) => option.value === sandbox)) {
    byId("sandbox").append(el("option", { value: sandbox }, `sandbox ${sandbox}`));
  }
  byId("sandbox").value = sandbox;
}

list.addEventListener("click", (event) => {
  const anchor = event.target.closest("a.row-link");
  if (!anchor || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  go(anchor.pathname);
});
list.addEventListener("focusin", (event) => {
  const row = event.target.closest("li.row");
  if (row && !current) cursor = Number(row.dataset.id);
});

function step(by) {
  const order = [...rows.keys()];
  if (!order.length) return;
  const at = order.indexOf(current?.id ?? cursor);
  const id = order[at < 0 ? 0 : Math.min(Math.max(at + by, 0), order.length - 1)];
  if (current) {
    if (id !== current.id) go(`/messages/${id}`);
    return;
  }
  cursor = id;
  rows.get(id).node.firstChild.focus();
}

const KEYS = {
  j: () => step(1),
  k: () => step(-1),
  u: toggleRead,
  "#": removeCurrent,
  Delete: removeCurrent,
  "/": () => {
    if (getComputedStyle(byId("search")).visibility === "hidden" || !byId("search").offsetParent) go("/");
    byId("search").focus();
    byId("search").select();
  },
  "?": () => byId("help").showModal(),
  Escape: () => current && go("/"),
  Enter: () => !current && cursor !== null && rows.has(cursor) && go(`/messages/${cursor}`),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  const field = event.target.closest("input, select, textarea");
  if (field && event.key === "Escape") {
    field.blur();
    return;
  }
  // Leave Enter to the browser if a link, button or field has the focus.
  if (field || !(event.key in KEYS) || (event.key === "Enter" && event.target !== document.body)) return;
  event.preventDefault();
  KEYS[event.key]();
});

addEventListener("popstate", () => {
  readFilters();
  loadList();
  route();
});

// ---------------------------------------------------------------------------------------------- live

let events = null;
let hiding = null;

function listen() {
  if (events) return;
  events = new EventSource("/web/events");
  events.addEventListener("change", refresh);
  events.addEventListener("open", () => showLive(true));
  events.addEventListener("error", () => showLive(false));
}

function showLive(on) {
  byId("live").textContent = on ? "Live" : "Reconnecting…";
  byId("live").classList.toggle("on", on);
}

// Browsers open at most six connections to a server: a hidden tab releases its own after a minute.
document.addEventListener("visibilitychange", () => {
  clearTimeout(hiding);
  if (document.hidden) {
    hiding = setTimeout(() => {
      events?.close();
      events = null;
    }, 60_000);
  } else {
    listen();
  }
});

setInterval(refreshTimes, 15_000);
readFilters();
await loadList();
listen();
await route();
