/* The forms that give an appointment its time: the end and the SMS box follow the type, a free time fills
   the fields, Ctrl+Enter saves. */

const form = document.getElementById("note") ?? document.getElementById("moving");
if (form) follow(form); // what is cancelled has none

function follow(form) {
  const { type, time, until: end, send_sms: sms } = form.elements;
  const until = document.getElementById("until");
  const colour = document.querySelector("#colour rect");

  function showEnd() {
    if (!until) return;
    colour.setAttribute("fill", type.selectedOptions[0]?.dataset.colour ?? "none");
    const minutes = Number(type.selectedOptions[0]?.dataset.minutes);
    const [hour, minute] = time.value.split(":").map(Number);
    if (!minutes || Number.isNaN(minute) || end.value) return until.replaceChildren();
    const ends = hour * 60 + minute + minutes;
    const two = (n) => String(n).padStart(2, "0");
    until.textContent = `${until.dataset.until} ${two(Math.floor(ends / 60) % 24)}:${two(ends % 60)}`;
  }

  type.addEventListener("change", () => {
    const { place, sms: byText } = type.selectedOptions[0]?.dataset ?? {};
    const address = document.getElementById("address");
    if (address && place === "home") address.open = true;
    if (sms) sms.checked = Boolean(byText);
    showEnd();
  });
  time.addEventListener("input", showEnd);
  end.addEventListener("input", showEnd);
  form.addEventListener("click", (event) => {
    const chosen = event.target.closest("[data-time]");
    if (!chosen) return;
    event.preventDefault();
    const { date, time: at, practitioner } = chosen.dataset;
    form.elements.date.value = date;
    form.elements.practitioner.value = practitioner;
    time.value = at;
    end.value = "";
    time.focus();
    showEnd();
  });
  form.addEventListener("keydown", (event) => {
    const { key, target } = event;
    if (key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      return form.requestSubmit(form.querySelector(".actions button"));
    }
    // From the search: an arrow leads into what was found, Enter picks and goes on, and saves nothing.
    const searches = target.name === "patient_search";
    const first = form.querySelector("#found input[name=patient]");
    if (searches && key === "ArrowDown" && first) {
      event.preventDefault();
      first.checked = true;
      first.focus();
    }
    if (key === "Enter" && (searches || target.name === "patient")) {
      event.preventDefault();
      if (!first) return;
      if (searches && !form.querySelector("#found input[name=patient]:checked")) first.checked = true;
      type.focus();
    }
  });
  showEnd();
}
