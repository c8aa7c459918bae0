// Every page works without this script; with it, three things are smoother.

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
const OVER = "details.note, details.account, details.chooser";
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
