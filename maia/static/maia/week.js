/* The schedule editor: Monday's line copied to the other weekdays. */

const copy = document.querySelector("[data-copy]");
if (copy) {
  copy.hidden = false;
  copy.addEventListener("click", () => {
    for (const name of ["start", "break_start", "break_end", "end"]) {
      const monday = document.getElementById(`id_${name}_0`).value;
      for (let day = 1; day < 5; day += 1) document.getElementById(`id_${name}_${day}`).value = monday;
    }
  });
}
