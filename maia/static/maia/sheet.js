/* Noting an appointment: the end and the SMS box follow the type, a free time fills the field. */

const form = document.getElementById("note");
const { type, time, send_sms: sms } = form.elements;
const until = document.getElementById("until");
const colour = document.querySelector("#colour rect");

function showEnd() {
  colour.setAttribute("fill", type.selectedOptions[0]?.dataset.colour ?? "none");
  const minutes = Number(type.selectedOptions[0]?.dataset.minutes);
  const [hour, minute] = time.value.split(":").map(Number);
  if (!minutes || Number.isNaN(minute)) return until.replaceChildren();
  const end = hour * 60 + minute + minutes;
  const two = (n) => String(n).padStart(2, "0");
  until.textContent = `${until.dataset.until} ${two(Math.floor(end / 60) % 24)}:${two(end % 60)}`;
}

type.addEventListener("change", () => {
  if (type.selectedOptions[0]?.dataset.place === "home") document.getElementById("address").open = true;
  sms.checked = Boolean(type.selectedOptions[0]?.dataset.sms);
  showEnd();
});
time.addEventListener("input", showEnd);
form.addEventListener("click", (event) => {
  const chosen = event.target.closest("[data-time]");
  if (!chosen) return;
  time.value = chosen.dataset.time;
  time.focus();
  showEnd();
});
showEnd();
