// Every page works without this script; with it, a few things are smoother.

// Addresses stay short: a form sends only the fields that say something.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "get") return;
  for (const field of form.elements) {
    if (field.name && field.value === "") field.disabled = true;
  }
  for (const usual of form.querySelectorAll("[data-usual]")) {
    const boxes = [...usual.querySelectorAll("input")];
    usual.disabled = boxes.every((box) => box.checked === box.defaultChecked);
  }
  // Coming back to this page, the fields are to be used again.
  setTimeout(() => { for (const field of form.elements) field.disabled = false; });
});

// The theme changes in place. The cookie is the one that the server sets too.
for (const form of document.querySelectorAll("[data-themes]")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const chosen = event.submitter ? event.submitter.value : "";
    if (chosen) document.documentElement.dataset.theme = chosen;
    else delete document.documentElement.dataset.theme;
    const age = chosen ? 365 * 24 * 3600 : 0;
    document.cookie = `theme=${chosen}; path=/; max-age=${age}; samesite=lax`;
    for (const button of form.querySelectorAll("[name=theme]")) {
      if (button.value === chosen) button.setAttribute("aria-pressed", "true");
      else button.removeAttribute("aria-pressed");
    }
  });
}

// What opens over the page closes when one goes elsewhere, or with Escape.
const OVER = "details.note, details.account, details.chooser, details.menu";
document.addEventListener("click", (event) => {
  for (const open of document.querySelectorAll(OVER)) {
    if (open.open && !open.contains(event.target)) open.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const open of document.querySelectorAll(OVER)) {
    if (!open.open) continue;
    open.open = false;
    if (open.contains(document.activeElement)) open.querySelector("summary").focus();
  }
});

// What is written is looked at while it is written: <textarea data-check-url="..."> sends its
// form there and shows the problems that come back, a list of {where, line, what, fix}.
const checking = new WeakMap();
function shown(problems) {
  const list = document.createElement("ul");
  list.className = "checked";
  for (const one of problems) {
    const item = list.appendChild(document.createElement("li"));
    item.appendChild(document.createElement("b")).textContent = one.line ? `line ${one.line}` : "";
    const words = [one.where, one.what].filter(Boolean).join(": ");
    item.appendChild(document.createElement("span")).textContent = one.fix ? `${words}; ${one.fix}` : words;
  }
  return list;
}
async function check(field) {
  checking.get(field)?.stop?.abort();
  const stop = new AbortController();
  checking.set(field, { stop });
  const { signal } = stop;
  try {
    const answer = await fetch(field.dataset.checkUrl, { method: "POST", body: new FormData(field.form), headers: { Accept: "application/json" }, signal });
    if (!answer.ok) return;
    const got = await answer.json();
    const problems = Array.isArray(got) ? got : got.problems;
    let place = document.getElementById(`${field.id}-checked`);
    if (!place) {
      place = document.createElement("div");
      place.id = `${field.id}-checked`;
      place.setAttribute("role", "status");
      field.after(place);
    }
    const well = document.createElement("p");
    well.className = "help";
    const changes = [...(got.changes || []), ...(got.conflicts || [])];
    well.textContent = ["Nothing is wrong with this text.", ...changes].join(" ");
    const doubts = problems.length ? [] : got.warnings || [];
    const meant = document.createElement("p");
    meant.className = "help";
    meant.textContent = "It may not be meant so:";
    place.replaceChildren(...(problems.length ? [shown(problems)] : [well, ...(doubts.length ? [meant, shown(doubts)] : [])]));
    field.toggleAttribute("aria-invalid", problems.length > 0);
    if (problems.length) field.setAttribute("aria-invalid", "true");
  } catch (error) {
    if (error.name !== "AbortError") console.info("not checked:", error.message);
  }
}
document.addEventListener("input", (event) => {
  const field = event.target;
  if (!field.matches?.("textarea[data-check-url]")) return;
  clearTimeout(checking.get(field)?.timer);
  checking.set(field, { ...checking.get(field), timer: setTimeout(check, 350, field) });
});

// What is wider than its place can be scrolled by keyboard too.
function reachable() {
  for (const box of document.querySelectorAll(".scroll, .drawing, .diff, pre")) {
    const is_wide = box.scrollWidth > box.clientWidth;
    if (!is_wide || box.hasAttribute("tabindex")) continue;
    const heading = box.closest("section, .panel")?.querySelector("h2, caption") || document.querySelector("h1");
    box.tabIndex = 0;
    box.setAttribute("role", "group");
    box.setAttribute("aria-label", heading ? heading.textContent.trim() : "Wide content");
  }
}
reachable();
window.addEventListener("resize", reachable);

// On a telephone the rows come first: a filter that asks for nothing is folded away.
const filter = document.querySelector("main > form.bar.panel[role=search]");
if (filter && filter.elements.length > 4 && window.matchMedia("(max-width: 40rem)").matches) {
  const fold = document.createElement("details");
  fold.className = "filters";
  const summary = fold.appendChild(document.createElement("summary"));
  summary.className = "button";
  summary.textContent = "Filter";
  const asked = [...new URLSearchParams(location.search)];
  fold.open = asked.some(([name, text]) => text && !["hidden", undefined].includes(filter.elements[name]?.type));
  filter.before(fold);
  fold.append(filter);
}
