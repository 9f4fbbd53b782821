/* Comforts of the booking page. Everything works without them. */

// One submission: a second click waits for the first one's answer.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-once]")) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
  event.submitter?.setAttribute("aria-busy", "true");
});

// Back from the next page, the form can be sent again.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("[data-sent]")) {
    delete form.dataset.sent;
    for (const button of form.elements) button.removeAttribute("aria-busy");
  }
});

// The practice's time zone is named to those who read their clock elsewhere.
function nameTimeZone() {
  for (const note of document.querySelectorAll("[data-time-zone]")) {
    const now = new Date();
    const hour = (timeZone) => now.toLocaleString("en-GB", { timeZone });
    note.hidden = hour(note.dataset.timeZone) === hour(undefined);
  }
}
nameTimeZone();

// A page that comes back out of the history runs this once more: in a room of its own, nothing is named twice.
{
  // Other days: said to who listens, and the focus stays on the link that was pressed.
  const said = document.getElementById("said");
  const days = () => document.querySelectorAll("#days > li:not(.none)");
  let pressed = "";
  let shown = 0;
  document.addEventListener("htmx:before:request", () => {
    pressed = document.activeElement?.id ?? "";
    shown = days().length;
  });
  document.addEventListener("htmx:after:swap", (event) => {
    nameTimeZone();
    // Days that came under those that were there: she goes on reading where they begin.
    if (event.detail.ctx.target?.id === "days") {
      focusing.on(days()[shown]?.querySelector("h3") ?? document.getElementById(pressed));
      return;
    }
    const title = document.getElementById("slots-title");
    if (!said || !title) return;
    said.className = "unseen";
    said.textContent = title.textContent;
    focusing.on(document.getElementById(pressed) ?? title);
  });
  document.addEventListener("htmx:error", () => {
    if (!said) return;
    said.className = "refusal";
    said.textContent = said.dataset.offline;
  });
}
