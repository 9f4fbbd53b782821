/* The schedule editor: a line copied to the next day, or Monday's to all weekdays. */

const field = (name, day) => document.getElementById(`id_${name}_${day}`);

function copy(from, to) {
  for (const name of ["start", "break_start", "break_end", "end"])
    field(name, to).value = field(name, from).value;
}

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const day = Number(button.dataset.copy);
    if (button.dataset.copy === "week") for (let to = 1; to < 5; to += 1) copy(0, to);
    else copy(day, day + 1);
  });
}
