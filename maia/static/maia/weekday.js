/* The weekday of a repetition goes along with the date, while it is the only one and was not chosen by hand. */

document.addEventListener("change", ({ target }) => {
  const form = target.closest("form.personal");
  const days = form && [...form.querySelectorAll("input[name=weekdays]")];
  const shown = form && [...form.querySelectorAll("input[name=initial-weekdays]")];
  const ticked = days?.filter((one) => one.checked);
  if (target.name !== "date" || ticked?.length !== 1 || shown.length !== 1) return;
  if (![shown[0].value, form.dataset.weekday].includes(ticked[0].value) || !target.valueAsDate) return;
  const weekday = String((target.valueAsDate.getUTCDay() + 6) % 7);
  form.dataset.weekday = weekday;
  ticked[0].checked = false;
  days.find((one) => one.value === weekday).checked = true;
  if (!form.elements.event) shown[0].value = weekday;
});
