import { moment } from "./dom.js";

for (const node of document.querySelectorAll("time[datetime]")) {
  node.title = `${node.dateTime} (UTC)`;
  node.textContent = moment(node.dateTime);
}
