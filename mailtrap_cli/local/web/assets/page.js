import { moment } from "./dom.js";

const PAUSE = 1000; // milliseconds between reloads of a changing page

function showTimes(root) {
  for (const node of root.querySelectorAll("time[datetime]")) {
    node.title = `${node.dateTime} (UTC)`;
    node.textContent = moment(node.dateTime);
  }
}

// The server renders the page with everything escaped; its content is replaced when it has changed, unless somebody
// is using it.
const main = document.getElementById("main");
let shown = main.innerHTML;
let asking = false;
let again = false;

const isBusy = () =>
  main.contains(document.activeElement) || main.querySelector("details[open]") || !getSelection().isCollapsed;

async function refresh() {
  if (asking) {
    again = true;
    return;
  }
  asking = true;
  do {
    again = false;
    const answer = await fetch(location.href);
    const found = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("main");
    if (answer.ok && found && found.innerHTML !== shown && !isBusy()) {
      shown = found.innerHTML;
      showTimes(found);
      main.replaceChildren(...found.childNodes);
    }
    await new Promise((done) => setTimeout(done, PAUSE));
  } while (again);
  asking = false;
}

showTimes(main);
let events = null;
function listen() {
  if (document.hidden) {
    events?.close();
    events = null;
  } else if (!events) {
    events = new EventSource("/web/events");
    events.addEventListener("change", () => refresh().catch(() => { asking = false; }));
  }
}
document.addEventListener("visibilitychange", listen);
listen();
