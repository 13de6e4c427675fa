// Elements are created by name and filled with text, never from HTML strings: the contents of an email stay text.

export const byId = (id) => document.getElementById(id);

export function el(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

const PATHS = {
  attached: "M11.5 4.500v6.200a3.500 3.500 0 0 1-7 0V4a2.200 2.200 0 0 1 4.400 0v6.300a.9.9 0 0 1-1.800 0V4.500H5.900v5.800a2.100 2.100 0 0 0 4.200 0V4a3.400 3.400 0 0 0-6.800 0v6.700a4.700 4.700 0 0 0 9.400 0V4.500z",
};

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("width", "14");
  svg.setAttribute("height", "14");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", PATHS[name]);
  path.setAttribute("fill", "currentColor");
  svg.append(path);
  return svg;
}

const plural = new Intl.PluralRules("en");
export const number = (value) => value.toLocaleString("en");
export const count = (value, noun) => `${number(value)} ${noun}${plural.select(value) === "one" ? "" : "s"}`;

export function age(iso, now = Date.now()) {
  const date = new Date(iso);
  const seconds = Math.max(0, Math.round((now - date) / 1000));
  if (seconds < 10) return "now";
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86400) return `${Math.floor(seconds / 3600)} h ago`;
  return date.toLocaleDateString(undefined, {
    day: "numeric",
    month: "short",
    year: date.getFullYear() === new Date(now).getFullYear() ? undefined : "numeric",
  });
}

export const moment = (iso) => new Date(iso).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "medium" });

export const time = (iso) => el("time", { datetime: iso, title: moment(iso) }, age(iso));

export function refreshTimes(root = document) {
  for (const node of root.querySelectorAll("time[datetime]")) node.textContent = age(node.dateTime);
}

export async function call(method, path, params = {}) {
  const query = new URLSearchParams(Object.entries(params).filter(([, value]) => value));
  const answer = await fetch(`${path}${query.size ? `?${query}` : ""}`, {
    method,
    headers: method === "GET" ? {} : { "X-Mailtrap-Inbox": "1" },
  });
  if (!answer.ok) {
    const problem = await answer.json().catch(() => ({}));
    throw Object.assign(new Error(problem.error || `The server answered ${answer.status}`), { status: answer.status });
  }
  return answer;
}

export const getJson = async (path, params) => (await call("GET", path, params)).json();
