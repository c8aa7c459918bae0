// Single keys, as /keyboard/ lists them. <a data-keys="g d">: G then D follows it; a button is
// pressed, a field gets the focus. Rows: [data-rows] holds [data-row], each with one [data-open].
// <body data-keys-off> switches single keys off.

const FIELD = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]";
const USUAL = { "/": "main [type=search], main form[role=search] input", e: "main .head .main" };
let before = ""; // G, while the second key is awaited
let waiting = 0;
let row = null; // the one that was used last

function target(keys) {
  const wanted = `[data-keys="${CSS.escape(keys)}"]`;
  const open = document.querySelector(".side-panel:focus-within");
  return open?.querySelector(wanted) || document.querySelector(wanted) ||
    (USUAL[keys] && document.querySelector(USUAL[keys]));
}

function press(keys) {
  const found = target(keys);
  if (!found) return false;
  if (!found.matches(FIELD)) found.click();
  else {
    found.focus();
    found.select?.();
  }
  return true;
}

function walk(step) {
  const rows = [...document.querySelectorAll("[data-rows] [data-row]")].filter((one) => one.offsetParent);
  if (!rows.length) return false;
  const at = row?.isConnected ? rows.indexOf(row) : -1;
  row = rows[Math.min(Math.max(at + step, 0), rows.length - 1)];
  const link = row.querySelector("[data-open]");
  if (document.querySelector(".side-panel:focus-within")) link?.click();
  else (link || row.querySelector("a, button, input"))?.focus();
  return true;
}

function pick() {
  const box = row?.isConnected && row.querySelector("input[type=checkbox]");
  box?.click();
  return Boolean(box);
}

const ROWS = { j: () => walk(1), k: () => walk(-1), x: pick };

document.addEventListener("focusin", (event) => {
  row = event.target.closest?.("[data-row]") || row;
});

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.key === "Escape" && event.target.matches(FIELD)) event.target.blur();
  if (document.body.hasAttribute("data-keys-off") || event.key.length !== 1) return;
  if (event.target.closest(FIELD) || document.querySelector("dialog[open]")) return;
  const key = event.key.toLowerCase();
  const keys = before ? `${before} ${key}` : key;
  before = "";
  clearTimeout(waiting);
  if (press(keys) || (keys === key && ROWS[key]?.())) event.preventDefault();
  else if (key === "g") {
    before = "g";
    waiting = setTimeout(() => { before = ""; }, 1500);
  }
});

// One box chooses all rows of its table.
document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-pick-all]")) return;
  const rows = event.target.closest("table, form").querySelectorAll("[data-row] .pick input");
  for (const box of rows) box.checked = event.target.checked;
});
