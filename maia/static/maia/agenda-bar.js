/* The bar over the agenda: turning, views, choices, the strip of days, keys. */

const bar = document.getElementById("bar");
const strip = document.getElementById("strip");
const range = document.getElementById("range");
const [jump, help] = ["jump", "help"].map((id) => document.getElementById(id));

function drawBar() {
  box.dataset.shows = view();
  range.textContent = rangeWords(view(), ...daysShown());
  document.title = document.title.replace(/^.*?(?= · )/, range.textContent);
  for (const button of bar.querySelectorAll("[data-view]"))
    button.setAttribute("aria-pressed", String(button.dataset.view === view()));
  const { practitioner } = filters.elements;
  if (practitioner) {
    practitioner.value = whose() || "all";
    practitioner.disabled = view() === "team";
  }
  let chosen = 0;
  for (const name of ["type", "status", "way"]) {
    filters.elements[name].value = place[name];
    if (filters.elements[name].value) chosen += 1;
  }
  const count = document.getElementById("filtering");
  count.hidden = !chosen;
  count.textContent = ` (${chosen})`;
  drawStrip();
  drawMonths();
  drawPaper();
}

/** What the printed sheet says above its hours, and which way up it lies. */
function drawPaper() {
  const one = config.resources.find(({ id }) => String(id) === whose());
  document.getElementById("whose").textContent = one ? ` · ${one.title}` : "";
  const isUpright = ["day", "list"].includes(view());
  document.body.classList.toggle("upright", isUpright);
  document.body.classList.toggle("across", !isUpright);
}

function drawStrip() {
  const monday = mondayOf(day());
  const [first, days] = daysShown();
  const hadFocus = strip.contains(document.activeElement);
  strip.replaceChildren(
    ...Array.from({ length: 7 }, (_, n) => {
      const date = plusDays(monday, n);
      const button = part("button", "plain", "");
      button.type = "button";
      button.append(part("small", "", WEEKDAY.format(date)), part("span", "", date.getDate()));
      button.setAttribute("aria-label", LONG.format(date));
      if (wall(date).date === wall(day()).date) button.setAttribute("aria-current", "date");
      if (wall(date).date === TODAY) button.classList.add("today");
      button.addEventListener("click", () => go({ date: wall(date).date, view: ["3days", "list", "team"].includes(view()) ? view() : "day" }));
      const item = part("li", days <= 7 && date >= first && date < plusDays(first, days) ? "shown" : "", "");
      item.append(button);
      return item;
    }),
  );
  if (hadFocus) strip.querySelector("[aria-current]")?.focus({ preventScroll: true });
}

function turn(pages) {
  const date = day();
  if (view() === "month") date.setMonth(date.getMonth() + pages, 1);
  else date.setDate(date.getDate() + pages * DAYS[view()]);
  go({ date: wall(date).date });
}

function fit() {
  const height = heightLeft();
  if (calendar.getOption("height") !== height) calendar.setOption("height", height);
}

for (const button of bar.querySelectorAll("[data-turn]"))
  button.addEventListener("click", () => turn(Number(button.dataset.turn)));
for (const button of bar.querySelectorAll("[data-view]"))
  button.addEventListener("click", () => go({ view: button.dataset.view }));
document.getElementById("today").addEventListener("click", () => go({ date: TODAY }));
document.getElementById("print").addEventListener("click", () => window.print());
document.getElementById("keys").addEventListener("click", () => help.showModal());
range.addEventListener("click", openJump);
filters.addEventListener("change", ({ target }) => go({ [target.name]: target.value }));
filters.addEventListener("submit", (sent) => sent.preventDefault());
for (const dialog of [jump, help])
  dialog.addEventListener("click", ({ target }) => target === dialog && dialog.close());

// On a phone the help and, but for who answers for several, whose agenda it is stand with the filters.
if (narrow) {
  const folded = document.querySelector(".folded");
  const keys = document.getElementById("keys");
  keys.textContent = keys.getAttribute("aria-label");
  folded.append(keys);
  if (config.mine && filters.elements.practitioner) folded.prepend(filters.querySelector("label"), filters.elements.practitioner);
}

// Where the checklist was put away, it stays so in this browser.
const list = document.querySelector(".checklist");
const AWAY = "maia-checklist-away";
if (list) {
  list.hidden = localStorage.getItem(AWAY) === "1";
  document.getElementById("put-away").addEventListener("click", () => {
    localStorage.setItem(AWAY, "1");
    list.hidden = true;
    fit();
  });
  list.addEventListener("toggle", fit);
}

const KEYS = {
  t: () => go({ date: TODAY }),
  j: () => turn(1),
  k: () => turn(-1),
  g: openJump,
  n: noteOnThisDay,
  "/": () => (document.getElementById("find") ? document.getElementById("find").focus() : (location = config.patients)),
  "?": () => help.showModal(),
};
const UNDO = "z"; // what was just done: on the page or in the panel, wherever the focus is but in a field
for (const button of bar.querySelectorAll("[data-view]")) KEYS[button.title] = () => go({ view: button.dataset.view });

/** At the first free time of the day that is looked at, which the page knows. */
function noteOnThisDay() {
  const query = new URLSearchParams({ date: wall(day()).date });
  if (whose()) query.set("practitioner", whose());
  panel.open(`${config.new}?${query}`);
}

document.addEventListener("keydown", (pressed) => {
  if (pressed.ctrlKey || pressed.metaKey || pressed.altKey || pressed.defaultPrevented || pressed.isComposing) return;
  if (pressed.target.closest("input, select, textarea, [contenteditable]")) return;
  if (pressed.target.closest("[role=alertdialog]")) return; // it wants its answer first
  const undo = pressed.key === UNDO && document.querySelector(".toast [data-undo], #panel[open] [data-undo]");
  if (!undo && (pressed.target.closest("dialog") || document.querySelector("dialog:modal"))) return;
  const act = undo ? () => undo.click() : KEYS[pressed.key];
  if (!act) return;
  pressed.preventDefault();
  act();
});

// A finger across the strip, or across the grid's head, turns the page.
let touched = null;
for (const ground of [strip, box]) {
  ground.addEventListener("touchstart", ({ touches }) => {
    touched = touches.length === 1 ? { x: touches[0].clientX, y: touches[0].clientY, at: Date.now() } : null;
  }, { passive: true });
  ground.addEventListener("touchend", ({ changedTouches: [finger] }) => {
    if (!touched || Date.now() - touched.at > 600) return;
    const [right, down] = [finger.clientX - touched.x, Math.abs(finger.clientY - touched.y)];
    if (Math.abs(right) < 70 || down > 40) return;
    if (ground === strip) go({ date: wall(plusDays(day(), right < 0 ? 7 : -7)).date });
    else turn(right < 0 ? 1 : -1);
  }, { passive: true });
}

window.addEventListener("resize", () => {
  fit();
  drawMonths();
});
new ResizeObserver(fit).observe(bar);
drawBar();
fit();
