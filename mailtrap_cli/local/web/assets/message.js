import { call, count, el, getJson, moment, number, time } from "./dom.js";
import { makeTabs } from "./tabs.js";

let width = "desktop";
let dark = false;

const path = (message, part = "") => `/web/messages/${message.id}${part}`;
const isWeb = (url) => /^https?:\/\//i.test(url);
const link = (url, text = url) => el("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, text);

export function renderMessage(message, actions) {
  const rows = Object.entries(message.addresses).map(([name, value]) => [el("dt", {}, name), el("dd", {}, value)]);
  const mark = el("button", { type: "button", id: "mark", onclick: actions.mark }, message.is_read ? "Mark as unread" : "Mark as read");
  return [
    el("div", { class: "message-bar" },
      el("button", { type: "button", class: "back", onclick: actions.back }, "Back"),
      el("h2", { id: "subject", tabindex: "-1" }, message.subject || "(no subject)"),
      mark,
      el("button", { type: "button", id: "delete", class: "danger", onclick: actions.remove }, "Delete")),
    el("div", { class: "message-head" },
      el("dl", { class: "facts" }, rows,
        el("dt", {}, "Sent"),
        el("dd", {}, moment(message.sent_at), el("span", { class: "muted" }, " · ", time(message.sent_at), ` · ${message.human_size}`), " ",
          el("span", { class: `badge ${message.stream}` }, message.stream === "sandbox" ? `sandbox ${message.sandbox_id}` : message.stream)),
        message.category ? [el("dt", {}, "Category"), el("dd", {}, message.category)] : null,
        message.template ? [el("dt", {}, "Template"), el("dd", {}, message.template)] : null),
      renderFound(message)),
    ...makeTabs("Message parts", listTabs(message), message.html ? "html" : "text"),
  ];
}

function renderFound({ code, link: url }) {
  if (!code && !url) return null;
  return el("ul", { class: "found", "aria-label": "Found in the message" },
    code ? el("li", { class: "found-code" }, el("span", { class: "label" }, "Code"), el("code", {}, code), copyButton("code", code)) : null,
    url ? el("li", { class: "found-link" }, el("span", { class: "label" }, "Link"), isWeb(url) ? link(url) : el("code", {}, url), copyButton("link", url)) : null);
}

function copyButton(what, text) {
  if (!navigator.clipboard) return null;
  const button = el("button", { type: "button", class: "plain small", "aria-label": `Copy ${what}` }, "Copy");
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
  });
  return button;
}

function listTabs(message) {
  const attached = message.attachments.length;
  return [
    { id: "html", name: "HTML", fill: (panel) => fillHtml(panel, message) },
    { id: "text", name: "Text", fill: (panel) => fillText(panel, message) },
    { id: "source", name: "Source", fill: (panel) => load(panel, () => fillSource(panel, message)) },
    { id: "headers", name: "Headers", fill: (panel) => load(panel, () => fillHeaders(panel, message)) },
    {
      id: "attachments",
      name: "Attachments",
      extra: attached ? el("span", { class: "pill" }, number(attached)) : null,
      fill: (panel) => fillAttachments(panel, message),
    },
    { id: "checks", name: "Checks", fill: (panel) => load(panel, () => fillChecks(panel, message)) },
  ];
}

async function load(panel, fill) {
  panel.replaceChildren(el("p", { class: "muted" }, "Loading…"));
  try {
    await fill();
  } catch (error) {
    panel.replaceChildren(el("p", { class: "problem" }, error.message));
  }
}

const block = (label, text) => el("pre", { tabindex: "0", "aria-label": label }, text);
const note = (text) => el("p", { class: "muted" }, text);

function fillHtml(panel, message) {
  if (!message.html) {
    panel.append(note("This message has no HTML."));
    return;
  }
  let remote = false;
  // Without allow-scripts and allow-same-origin, the message cannot run anything or reach this page.
  const frame = el("iframe", { title: "HTML of the message", sandbox: "allow-popups allow-popups-to-escape-sandbox", referrerpolicy: "no-referrer" });
  const stage = el("div", { class: "stage" }, frame);
  const wide = toggle("Desktop", () => setWidth("desktop"));
  const narrow = toggle("Mobile", () => setWidth("mobile"));
  const night = toggle("Dark mode", () => {
    dark = !dark;
    show();
  });
  const loading = el("button", { type: "button", class: "small", onclick: () => { remote = true; show(); frame.focus(); } }, "Load remote content");
  const blocked = el("p", { class: "blocked" }, el("span", {}, `Remote content is blocked (${count(message.html.remote, "reference")}).`), loading);
  const hint = el("p", { class: "muted small dark-note" }, "This message has no dark styles, so its colors are inverted, as some email clients do.");

  function toggle(name, act) {
    return el("button", { type: "button", class: "small", "aria-pressed": "false", onclick: act }, name);
  }
  function setWidth(chosen) {
    width = chosen;
    show(false);
  }
  function show(reload = true) {
    wide.setAttribute("aria-pressed", String(width === "desktop"));
    narrow.setAttribute("aria-pressed", String(width === "mobile"));
    night.setAttribute("aria-pressed", String(dark));
    stage.classList.toggle("mobile", width === "mobile");
    blocked.hidden = remote || !message.html.remote;
    hint.hidden = !dark || message.html.dark;
    if (reload) frame.src = path(message, `/html?remote=${remote ? 1 : 0}&dark=${dark ? 1 : 0}`);
  }
  show();
  panel.append(el("div", { class: "panel-bar" }, el("div", { class: "group", role: "group", "aria-label": "Width" }, wide, narrow), night), blocked, hint, stage);
}

function fillText(panel, message) {
  if (message.text === null) panel.append(note("This message has no text."));
  else panel.append(block("Text of the message", message.text));
}

async function fillSource(panel, message) {
  const text = await (await call("GET", path(message, "/source"))).text();
  const longest = 1_000_000;
  panel.replaceChildren(
    el("p", { class: "panel-bar" }, el("a", { class: "button small", href: path(message, "/message.eml"), download: true }, "Download .eml")),
    block("Source of the message", text.slice(0, longest)),
    text.length > longest ? note("Only the beginning is shown. Download the message to see all of it.") : "");
}

async function fillHeaders(panel, message) {
  const headers = await getJson(path(message, "/headers"));
  panel.replaceChildren(el("div", { class: "wide" }, el("table", { class: "headers" },
    el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "Header"), el("th", { scope: "col" }, "Value"))),
    el("tbody", {}, headers.map(([name, value]) => el("tr", {}, el("th", { scope: "row" }, name), el("td", {}, value)))))));
}

function fillAttachments(panel, message) {
  if (!message.attachments.length) {
    panel.append(note("This message has no attachments."));
    return;
  }
  panel.append(el("ul", { class: "attachments" }, message.attachments.map((part) => el("li", {},
    el("span", { class: "file" }, part.filename),
    el("span", { class: "muted" }, `${part.content_type} · ${part.human_size}${part.inline ? " · inline" : ""}`),
    el("a", { class: "button small", href: path(message, `/attachments/${part.id}`), download: true, "aria-label": `Download ${part.filename}` }, "Download")))));
}

async function fillChecks(panel, message) {
  const checks = await getJson(path(message, "/checks"));
  const faults = checks.links.filter((each) => each.fault).length;
  panel.replaceChildren(
    section("HTML in email clients", !checks.has_html ? "none" : checks.html.length ? "warn" : "good",
      !checks.has_html ? "No HTML" : checks.html.length ? count(checks.html.length, "finding") : "All supported", renderSupport(checks.html)),
    section("Links", checks.links.length ? (faults ? "warn" : "good") : "none",
      checks.links.length ? (faults ? `${number(faults)} of ${count(checks.links.length, "link")} with a problem` : `${count(checks.links.length, "link")}, well-formed`) : "No links",
      renderLinks(checks)),
    section("Spam", !checks.spam.checked ? "none" : checks.spam.spam ? "bad" : "good",
      checks.spam.checked ? `Score ${checks.spam.score} of ${checks.spam.threshold}` : "Not checked", renderSpam(checks.spam)));
}

const section = (title, verdict, words, body) => el("section", { class: "check-section" },
  el("h3", {}, title, " ", el("span", { class: `badge verdict-${verdict}` }, words)), body);

function renderSupport(findings) {
  if (!findings.length) return null;
  const clients = (found) => Object.entries(found).filter(([, names]) => names.length).map(([kind, names]) =>
    el("p", {}, el("span", { class: "label" }, kind), names.join(", ")));
  return el("div", { class: "wide", tabindex: "0", role: "region", "aria-label": "Findings in the HTML" }, el("table", {},
    el("thead", {}, el("tr", {}, el("th", { scope: "col", class: "right" }, "Line"), el("th", { scope: "col" }, "What"), el("th", { scope: "col" }, "Not supported by"))),
    el("tbody", {}, findings.map((each) => el("tr", {},
      el("td", { class: "right" }, String(each.line)), el("td", {}, el("code", {}, each.rule)), el("td", { class: "clients" }, clients(each.clients)))))));
}

function renderLinks({ links, links_left_out: more }) {
  if (!links.length) return null;
  return el("ul", { class: "links" }, links.map((each) => el("li", {},
    isWeb(each.url) ? link(each.url) : el("code", {}, each.url),
    each.words ? el("span", { class: "muted" }, each.words) : null,
    each.fault ? el("span", { class: "badge verdict-warn" }, each.fault) : null)),
  more ? el("li", { class: "muted" }, `and ${count(more, "more link")}`) : null);
}

function renderSpam(spam) {
  if (!spam.checked) return note(spam.message || "Not checked.");
  return el("ul", { class: "links" }, spam.rules.map((rule) => el("li", {}, el("code", {}, `${rule.points} ${rule.name}`), el("span", { class: "muted" }, rule.description))));
}
