// Ctrl-K: go to a page, find a record, do something. Without this script its button is a link
// to /find/, which does the same in two steps.

const opener = document.querySelector("[data-palette]");
const MOST = 7; // entries of one kind
const PLURALS = { Case: "Cases", Deal: "Deals", Decision: "Decisions", Document: "Documents", Insight: "Insights", Load: "Loads", Metric: "Metrics", Person: "People" };
const user = document.querySelector(".account summary span")?.textContent || "";
const KEPT = `recent ${user}`;
let parts = null; // the dialog and what is in it
let fixed = []; // what can be gone to and done; asked once
let shown = []; // the entries as they stand in the list
let at = 0;
let asked = null;
let timer = 0;
let eager = null; // Enter, pressed before there was anything to take

function make(tag, attributes = {}, text = "") {
  const one = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) one.setAttribute(name, value);
  if (text) one.textContent = text;
  return one;
}

// Recent records, of this tab only; they go when one signs out.
function recent() {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT)) || [];
  } catch {
    return [];
  }
}
const heading = document.querySelector("main h1");
if (heading && document.querySelector("main .crumb") && !/\/(new|edit|undo|delete)\//.test(location.pathname)) {
  const here = { kind: "Recent", title: heading.textContent.trim(), address: location.pathname };
  const others = recent().filter((one) => one.address !== here.address);
  sessionStorage.setItem(KEPT, JSON.stringify([here, ...others].slice(0, 8)));
}
document.querySelector("[data-leave]")?.addEventListener("submit", () => sessionStorage.clear());

// How well the words fit: at the start, at a word, inside, or letter by letter; 0 is not at all.
function fit(text, wanted) {
  const words = text.toLowerCase();
  const found = words.indexOf(wanted);
  if (found === 0) return 4;
  if (found > 0) return words[found - 1] === " " ? 3 : 2;
  let place = -1;
  for (const letter of wanted.replaceAll(" ", "")) {
    place = words.indexOf(letter, place + 1);
    if (place < 0) return 0;
  }
  return 1;
}

function entries(wanted) {
  if (!wanted) return [...recent().filter((one) => one.address !== location.pathname).slice(0, 4), ...fixed];
  return fixed
    .map((one) => [fit(one.title, wanted), one])
    .filter(([score]) => score)
    .sort((a, b) => b[0] - a[0])
    .slice(0, MOST)
    .map(([, one]) => one);
}

function put(list, records = []) {
  shown = [...list, ...records];
  at = 0;
  const kinds = new Map();
  shown.forEach((one, number) => {
    if (!kinds.has(one.kind)) {
      const group = make("div", { role: "group", "aria-label": one.kind });
      group.append(make("p", { class: "group", "aria-hidden": "true" }, PLURALS[one.kind] || one.kind));
      kinds.set(one.kind, group);
    }
    const option = make("div", { role: "option", id: `entry-${number}`, "aria-selected": number === at, "data-number": number });
    option.append(make("span", {}, one.title));
    if (one.detail) option.append(make("span", { class: "quiet" }, one.detail));
    if (one.keys) option.append(make("kbd", {}, one.keys.toUpperCase()));
    kinds.get(one.kind).append(option);
  });
  parts.list.replaceChildren(...kinds.values());
  parts.list.hidden = !shown.length;
  parts.field.setAttribute("aria-expanded", String(shown.length > 0));
  mark(0);
  if (eager && shown.length) take(shown[0], eager);
}

function mark(to) {
  at = shown.length ? (to + shown.length) % shown.length : 0;
  for (const option of parts.list.querySelectorAll("[role=option]")) {
    const is = Number(option.dataset.number) === at;
    option.setAttribute("aria-selected", String(is));
    if (is && to) option.scrollIntoView({ block: "nearest" });
  }
  if (shown.length) parts.field.setAttribute("aria-activedescendant", `entry-${at}`);
  else parts.field.removeAttribute("aria-activedescendant");
}

function take(one, event) {
  eager = one ? null : event;
  if (!one) return;
  parts.dialog.close();
  const button = one.press && document.querySelector(one.press);
  const address = one.address.replace("{here}", () => encodeURIComponent(location.pathname + location.search));
  if (button) button.click();
  else if (event?.ctrlKey || event?.metaKey) window.open(address);
  else if (address) location.assign(address);
}

async function ask(words) {
  asked?.abort();
  asked = new AbortController();
  const answer = await fetch(`${opener.href}?q=${encodeURIComponent(words)}`, { headers: { Accept: "application/json" }, signal: asked.signal });
  if (!answer.ok || answer.redirected) throw new Error("Sign in again to find records.");
  return answer.json();
}

async function look() {
  const words = parts.field.value.trim();
  const list = entries(words.toLowerCase());
  if (!words) {
    parts.status.textContent = "";
    return;
  }
  if (!fixed.length) return; // still on their way, and not to be broken off; then it looks again
  try {
    const { found } = await ask(words);
    if (parts.field.value.trim() !== words || !parts.dialog.open) return;
    const was = at;
    put(list, found);
    mark(Math.min(was, shown.length - 1));
    parts.status.textContent = shown.length ? `${shown.length} found` : "Nothing is called that.";
  } catch (error) {
    if (error.name !== "AbortError") parts.status.textContent = "Records cannot be found just now; sign in again or try later.";
  }
}

function build() {
  const dialog = make("dialog", { class: "palette", "aria-label": "Find or do" });
  const field = make("input", { type: "text", role: "combobox", "aria-label": "Find or do", "aria-expanded": "false", "aria-controls": "entries", "aria-autocomplete": "list", placeholder: "Go to a page, find a record, do something", autocomplete: "off", spellcheck: "false", maxlength: "200" });
  const list = make("div", { role: "listbox", id: "entries", "aria-label": "What was found" });
  const status = make("p", { role: "status", class: "help" });
  dialog.append(field, list, status);
  document.body.append(dialog);
  field.addEventListener("input", () => {
    eager = null;
    put(entries(field.value.trim().toLowerCase()));
    clearTimeout(timer);
    timer = setTimeout(look, 90);
  });
  field.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) mark(at + step);
    else if (event.key === "Enter" && !event.isComposing) take(shown[at], event);
    else return;
    event.preventDefault();
  });
  dialog.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) take(shown[option.dataset.number], event);
    else if (event.target === dialog) dialog.close();
  });
  return { dialog, field, list, status };
}

async function open() {
  parts ||= build();
  if (parts.dialog.open) return parts.dialog.close();
  eager = null;
  parts.field.value = "";
  put(entries(""));
  parts.dialog.showModal();
  if (fixed.length) return;
  try {
    fixed = (await ask("")).fixed;
    if (!parts.dialog.open) return;
    put(entries(parts.field.value.trim().toLowerCase()));
    if (parts.field.value) look();
  } catch {
    parts.status.textContent = "Sign in again to find records.";
  }
}

opener?.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  open();
});
document.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey || event.key.toLowerCase() !== "k") return;
  event.preventDefault();
  open();
});
if (/Mac|iPhone|iPad/.test(navigator.userAgent)) {
  const words = opener?.querySelector("kbd");
  if (words) words.textContent = "⌘ K";
}
