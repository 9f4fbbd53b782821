/* The forms that give an appointment its time: the end and the SMS box follow the type, the next free times
   are shown beside them, one of them fills the fields. On a page of their own and in the panel. */

{
  /** A form of ``#note`` or ``#moving``. */
  function follow(form) {
    const { type, time, until: end, send_sms: sms } = form.elements;
    const until = form.querySelector("#until");
    const colour = form.querySelector("#colour rect");

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
      const address = form.querySelector("#address");
      if (address && place === "home") address.open = true;
      if (sms) sms.checked = Boolean(byText);
      showEnd();
    });
    time.addEventListener("input", showEnd);
    end.addEventListener("input", showEnd);
    form.addEventListener("click", (event) => {
      const chosen = event.target.closest("[data-time]");
      const looks = event.target.closest(".coming [name=look], .coming [name=after]");
      if (!chosen && !looks) return;
      event.preventDefault();
      if (looks) return look(form, looks);
      const { date, time: at, practitioner } = chosen.dataset;
      form.elements.date.value = date;
      form.elements.practitioner.value = practitioner;
      time.value = at;
      end.value = "";
      time.focus();
      time.dispatchEvent(new Event("input", { bubbles: true }));
    });
    showEnd();
  }

  // What the next free times are asked of: nothing else of the form stands in an address.
  const ASKED = ["type", "practitioner", "date", "from", "part", "everybody", "moving"];
  async function look(form, button) {
    const shown = form.querySelector("#availability");
    const typed = new FormData(form);
    const query = new URLSearchParams();
    for (const name of ASKED) if (typed.get(name)) query.set(name, typed.get(name));
    if (button.name === "after") query.set("after", button.value);
    shown.setAttribute("aria-busy", "true");
    const answer = await fetch(`${shown.dataset.from}?${query}`).catch(() => null);
    shown.removeAttribute("aria-busy");
    const said = form.querySelector("#availability-said");
    if (!answer?.ok) return (said.textContent = shown.dataset.failed);
    const times = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("availability");
    shown.replaceChildren(...times.childNodes);
    said.textContent = shown.querySelector("[data-said]")?.dataset.said ?? shown.textContent.trim();
    if (button.name === "after") shown.querySelector("button")?.focus(); // the one that was pressed is gone
  }

  // What saving would send, to whom: said as the form changes, in a place that stays.
  const TELLS = ["patient", "email", "mobile", "type", "practitioner", "date", "time", "send_email", "send_sms", "unconfirmed"];
  function foretell(form) {
    const told = form.querySelector(".told");
    if (!told) return;
    let waiting;
    let asking;
    let asked = "";
    const ask = async () => {
      const typed = new FormData(form);
      const body = new URLSearchParams(TELLS.filter((name) => typed.get(name)).map((name) => [name, typed.get(name)]));
      if (asked === String(body)) return;
      asked = String(body);
      asking?.abort();
      asking = new AbortController();
      const headers = { "X-CSRFToken": typed.get("csrfmiddlewaretoken") };
      const how = { method: "POST", body, headers, signal: asking.signal, redirect: "manual" };
      const answer = await fetch(told.dataset.from, how).catch(() => null);
      if (answer?.ok) told.textContent = (await answer.json()).said;
      else if (answer) told.textContent = ""; // rather nothing than what was true before
    };
    const later = ({ target }) => {
      if (!TELLS.includes(target.name)) return;
      clearTimeout(waiting);
      waiting = setTimeout(ask, 250);
    };
    form.addEventListener("input", later);
    form.addEventListener("change", later);
  }

  const followAll = (root) => {
    for (const form of root.querySelectorAll("#note, #moving")) {
      follow(form);
      foretell(form);
    }
  };
  followAll(document);
  document.addEventListener("maia:page", ({ target }) => followAll(target));
}
