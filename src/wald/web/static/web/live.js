// What is under way is looked at again now and then: each [data-live] element takes the place of
// the one with its id on the page as it is now. Not while the page is hidden or used.
const EVERY = 3000;

async function again() {
  const busy = document.hidden || document.activeElement?.closest("[data-live]");
  if (!busy) {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
    if (answer?.ok) {
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const old of document.querySelectorAll("[data-live]")) {
        const now = page.getElementById(old.id);
        if (now && now.innerHTML !== old.innerHTML) old.replaceWith(document.importNode(now, true));
      }
    }
  }
  if (document.querySelector("[data-live]")) setTimeout(again, EVERY);
}
setTimeout(again, EVERY);
