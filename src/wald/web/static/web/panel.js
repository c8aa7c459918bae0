// A record beside its list: [data-open] in a row opens here where the screen is wide enough, and
// is a link everywhere else. The address says what is open (#panel=/cases/7/); Escape closes.

const WIDE = window.matchMedia("(min-width: 64rem)");
const MARK = "#panel=";
let panel = null;
let came = null; // who had the focus when it opened
let opened = ""; // the address of the record
let turn = 0; // of who chose last: an answer that comes late is not put over another

function named() {
  const address = location.hash.startsWith(MARK) ? decodeURI(location.hash.slice(MARK.length)) : "";
  return /^\/(?!\/)/.test(address) && new URL(address, location.href).origin === location.origin ? address : "";
}

// The list has names of its own: those of the record get another beginning.
function renamed(content, base) {
  for (const one of content.querySelectorAll("[id]")) one.id = `panel-${one.id}`;
  for (const name of ["for", "aria-labelledby", "aria-describedby", "aria-controls", "list", "form"]) {
    for (const one of content.querySelectorAll(`[${name}]`)) {
      one.setAttribute(name, one.getAttribute(name).split(/\s+/).map((id) => `panel-${id}`).join(" "));
    }
  }
  for (const link of content.querySelectorAll("a[href]")) {
    const href = link.getAttribute("href");
    if (href.startsWith("#")) link.setAttribute("href", `#panel-${href.slice(1)}`);
    else link.href = new URL(href, base).href;
  }
  for (const form of content.querySelectorAll("form")) form.setAttribute("action", new URL(form.getAttribute("action") || "", base).href);
  return content;
}

function build() {
  const aside = document.createElement("aside");
  aside.className = "side-panel";
  aside.innerHTML = `<div class="panel-bar"><a class="button">Open in full</a><button type="button" aria-label="Close" data-close>
    <svg class="icon" aria-hidden="true"><use href="${document.body.dataset.icons}#close"/></svg></button></div><div class="panel-content" tabindex="-1"></div>`;
  aside.setAttribute("aria-label", "Record beside the list");
  aside.querySelector("[data-close]").addEventListener("click", () => close());
  aside.addEventListener("submit", send);
  document.body.append(aside);
  return aside;
}

async function answered(address, options = {}) {
  const url = new URL(address, location.href);
  if (!options.method) url.searchParams.set("panel", "1");
  const response = await fetch(url, options);
  const last = new URL(response.url);
  last.searchParams.delete("panel");
  const is_page = (response.headers.get("Content-Type") || "").startsWith("text/html");
  if (!is_page || last.pathname.startsWith("/sign-in/")) throw new Error("not a page");
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const content = page.querySelector("main") || page.body;
  return [document.importNode(renamed(content, last), true), last];
}

function put(content, url) {
  panel ||= build();
  opened = url.pathname + url.search;
  panel.querySelector(".panel-bar a").href = opened;
  const place = panel.querySelector(".panel-content");
  place.replaceChildren(...content.childNodes);
  place.scrollTop = 0;
  panel.hidden = false;
  document.body.classList.add("with-panel");
  const title = place.querySelector("h1");
  if (title) {
    panel.setAttribute("aria-label", title.textContent.trim());
    title.tabIndex = -1;
  }
  (title || place).focus();
  for (const link of document.querySelectorAll("[data-open]")) {
    const is = new URL(link.href).pathname === url.pathname;
    link.closest("[data-row]")?.classList.toggle("at", is);
  }
}

async function show(address, { push = true } = {}) {
  const mine = ++turn;
  if (!panel || panel.hidden) came = document.activeElement;
  try {
    const found = await answered(address);
    if (mine !== turn) return;
    put(...found);
    if (push) history[location.hash.startsWith(MARK) ? "replaceState" : "pushState"](null, "", MARK + encodeURI(address));
  } catch {
    if (mine === turn) location.assign(address);
  }
}

function close({ back = true } = {}) {
  if (!panel || panel.hidden) {
    turn += 1; // nor does it open after Escape
    return;
  }
  const is_written = [...panel.querySelectorAll("textarea, input[type=text]")].some((one) => one.value !== one.defaultValue);
  if (back && is_written && !window.confirm("Close, and lose what you have written?")) return;
  turn += 1;
  panel.hidden = true;
  document.body.classList.remove("with-panel");
  const link = [...document.querySelectorAll("[data-open]")].find((one) => one.pathname + one.search === opened);
  (link || came)?.focus?.();
  if (back && location.hash.startsWith(MARK)) history.replaceState(null, "", location.pathname + location.search);
}

// A form in the record is sent from here, so that the list stays; then its rows are read again.
async function send(event) {
  const form = event.target;
  if (event.defaultPrevented) return;
  event.preventDefault();
  const fields = new FormData(form, event.submitter);
  const action = event.submitter?.getAttribute("formaction") ? event.submitter.formAction : form.getAttribute("action");
  if ((form.getAttribute("method") || "get").toLowerCase() === "get") {
    const url = new URL(action);
    url.search = new URLSearchParams([...fields].filter(([, text]) => text !== "")).toString();
    show(url.pathname + url.search);
    return;
  }
  const mine = ++turn;
  try {
    const found = await answered(action, { method: "POST", body: fields });
    if (mine === turn) put(...found);
    refresh();
  } catch {
    location.assign(opened);
  }
}

async function refresh() {
  const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
  const now = page.querySelectorAll("[data-rows]");
  document.querySelectorAll("[data-rows]").forEach((rows, i) => { if (now[i]) rows.replaceWith(document.importNode(now[i], true)); });
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-row] [data-open]");
  if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || !WIDE.matches) return;
  event.preventDefault();
  show(link.pathname + link.search);
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented || document.querySelector("dialog[open]")) return;
  if (!event.target.matches("input, textarea, select")) close();
});
window.addEventListener("popstate", () => (named() ? show(named(), { push: false }) : close({ back: false })));
if (named() && WIDE.matches && document.querySelector("[data-rows]")) show(named(), { push: false });
