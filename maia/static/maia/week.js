/* The editor of weeks: a line copied to the next day, or Monday's to all weekdays, of the same week. Weeks come and go with
   what counts them, so the page listens, not the buttons. */
"use strict";

function copy(week, from, to) {
  for (const { id, value } of week.querySelectorAll(`:is(input[type=text], select)[id$="_${from}"]`))
    document.getElementById(id.replace(/\d$/, to)).value = value;
}

function show() {
  for (const button of document.querySelectorAll("[data-copy]")) button.hidden = false;
}

document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-copy]");
  if (!button) return;
  const week = button.closest(".week-lines");
  const day = Number(button.dataset.copy);
  if (button.dataset.copy === "week") for (let to = 1; to < 5; to += 1) copy(week, 0, to);
  else copy(week, day, day + 1);
  document.getElementById("week")?.dispatchEvent(new Event("input"));
});
document.addEventListener("htmx:after:swap", show);
show();
