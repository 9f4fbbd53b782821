/* A month of days to jump to: in the dialog of the date's title, and beside the agenda on a wide page.
   One day of it is a stop of the tab key; arrows go from day to day (ARIA Authoring Practices, grid). */

const months = ["jump-month", "rail-month"].map((id) => document.getElementById(id)).filter(Boolean);

function openJump() {
  jump.showModal();
  drawMonths();
  jump.querySelector('[tabindex="0"]').focus();
}

/** Those that are seen: a phone has none but the dialog's, while it is open. */
function drawMonths() {
  for (const ground of months) if (ground.offsetParent) drawMonth(ground, day());
}

/** The month of ``at``, whose day has the focus next. */
function drawMonth(ground, at, takesFocus = false) {
  const begins = new Date(at.getFullYear(), at.getMonth(), 1);
  const head = part("div", "head", "");
  head.append(turner(ground, at, -1, "‹"), part("strong", "", MONTH.format(begins)), turner(ground, at, 1, "›"));
  const table = document.createElement("table");
  table.setAttribute("role", "grid");
  table.setAttribute("aria-label", MONTH.format(begins));
  const names = table.createTHead().insertRow();
  const monday = mondayOf(begins);
  for (let n = 0; n < 7; n += 1) {
    const name = part("th", "", WEEKDAY.format(plusDays(monday, n)).slice(0, 2));
    name.scope = "col";
    names.append(name);
  }
  const body = table.createTBody();
  for (let date = monday; date.getMonth() === at.getMonth() || date <= begins; ) {
    const row = body.insertRow();
    for (let n = 0; n < 7; n += 1, date = plusDays(date, 1)) row.insertCell().append(dayButton(ground, date, at));
  }
  ground.replaceChildren(head, table);
  if (takesFocus) ground.querySelector('[tabindex="0"]').focus();
}

function turner(ground, at, step, sign) {
  const to = new Date(at.getFullYear(), at.getMonth() + step, 1);
  const button = part("button", "plain", sign);
  button.type = "button";
  button.setAttribute("aria-label", MONTH.format(to));
  button.addEventListener("click", () => {
    drawMonth(ground, to);
    ground.querySelectorAll(".head button")[step < 0 ? 0 : 1].focus();
  });
  return button;
}

const STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };
function dayButton(ground, date, at) {
  const text = wall(date).date;
  const button = part("button", "plain", date.getDate());
  button.type = "button";
  button.tabIndex = text === wall(at).date ? 0 : -1;
  button.setAttribute("aria-label", LONG.format(date));
  if (date.getMonth() !== at.getMonth()) button.classList.add("other");
  if (text === TODAY) button.classList.add("today");
  if (text === wall(day()).date) button.setAttribute("aria-current", "date");
  button.addEventListener("click", () => {
    if (jump.open) jump.close();
    go({ date: text });
  });
  button.addEventListener("keydown", (pressed) => {
    const pages = { PageUp: -1, PageDown: 1 }[pressed.key];
    if (!(pressed.key in STEPS) && !pages) return;
    pressed.preventDefault();
    const to = pages ? new Date(date.getFullYear(), date.getMonth() + pages, date.getDate()) : plusDays(date, STEPS[pressed.key]);
    drawMonth(ground, to, true);
  });
  return button;
}
