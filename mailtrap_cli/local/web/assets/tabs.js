import { el } from "./dom.js";

// Tabs following the ARIA Authoring Practices: arrow keys select, the selected panel is shown and filled on first use.
export function makeTabs(label, tabs, chosen) {
  const buttons = tabs.map((tab) =>
    el("button", { type: "button", role: "tab", id: `tab-${tab.id}`, "aria-controls": `panel-${tab.id}` }, tab.name, tab.extra || null),
  );
  const panels = tabs.map((tab) =>
    el("div", { role: "tabpanel", id: `panel-${tab.id}`, "aria-labelledby": `tab-${tab.id}`, class: `panel panel-${tab.id}`, tabindex: "0", hidden: true }),
  );
  const filled = new Set();

  function choose(index, focus = false) {
    buttons.forEach((button, at) => {
      button.setAttribute("aria-selected", String(at === index));
      button.tabIndex = at === index ? 0 : -1;
      panels[at].hidden = at !== index;
    });
    if (!filled.has(index)) {
      filled.add(index);
      tabs[index].fill(panels[index]);
    }
    if (focus) buttons[index].focus();
  }

  buttons.forEach((button, index) => {
    button.addEventListener("click", () => choose(index));
    button.addEventListener("keydown", (event) => {
      const last = buttons.length - 1;
      const next = { ArrowRight: index === last ? 0 : index + 1, ArrowLeft: index ? index - 1 : last, Home: 0, End: last }[event.key];
      if (next === undefined) return;
      event.preventDefault();
      choose(next, true);
    });
  });
  choose(Math.max(0, tabs.findIndex((tab) => tab.id === chosen)));
  return [el("div", { role: "tablist", "aria-label": label, class: "tabs" }, buttons), ...panels];
}
