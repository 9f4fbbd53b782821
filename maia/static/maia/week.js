/* The schedule editor: a line copied to the next day, or Monday's to all weekdays. */

function copy(from, to) {
  const names = [...document.querySelectorAll(`.week input[type=text][id$="_${from}"]`)];
  for (const { id, value } of names)
    document.getElementById(id.replace(/\d$/, to)).value = value;
  document.getElementById("week")?.dispatchEvent(new Event("input"));
}

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const day = Number(button.dataset.copy);
    if (button.dataset.copy === "week") for (let to = 1; to < 5; to += 1) copy(0, to);
    else copy(day, day + 1);
  });
}
