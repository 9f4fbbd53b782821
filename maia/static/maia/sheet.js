/* The forms that give an appointment its time: the end and the SMS box follow the type, the next free times
   are shown beside them, one of them fills the fields. On a page of their own and in the panel. */
"use strict";

{
  const language = document.documentElement.lang === "en" ? "en-GB" : document.documentElement.lang;
  const DAY = new Intl.DateTimeFormat(language, { weekday: "long", day: "numeric", month: "long" });
  /** In French the first of a month is written 1er. */
  const dayWords = (text) => {
    const words = DAY.format(new Date(`${text}T00:00`));
    return language.startsWith("fr") ? words.replace(/ 1 (?=\p{L})/u, " 1er ") : words;
  };
  const two = (n) => String(n).padStart(2, "0");
  const wallToday = () => {
    const now = new Date();
    return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
  };

  /** A form of ``#note`` or ``#moving``. */
  function follow(form) {
    const { date, type, practitioner, time, until: end, send_sms: sms, from } = form.elements;
    const until = form.parentElement.parentElement.querySelector("#until");
    const coming = form.querySelector(".coming");
    const free = form.querySelector("#availability");

    /** *jeudi 3 décembre, 10:30 jusqu’à 11:15*, beside the button that saves it. */
    function showTime() {
      for (const slot of free.querySelectorAll("[data-time]")) {
        const { date: day, time: at, practitioner: whose } = slot.dataset;
        const isTaken = day === date.value && at === time.value && whose === practitioner.value;
        slot.setAttribute("aria-pressed", String(isTaken));
      }
      if (!until) return;
      const chosen = type.selectedOptions[0]?.dataset ?? {};
      const [hour, minute] = time.value.split(":").map(Number);
      const line = until.closest("p");
      if (until.dataset.instead) return showMove(line);
      line.hidden = false;
      line.querySelector("rect").setAttribute("fill", chosen.colour ?? "none");
      if (!date.value || minute === undefined) return void (until.textContent = line.dataset.none);
      const ends = hour * 60 + minute + Number(chosen.minutes);
      const last = end.value || (chosen.minutes && `${two(Math.floor(ends / 60) % 24)}:${two(ends % 60)}`);
      const words = `${dayWords(date.value)}, ${time.value}`;
      const said = last ? `${words} ${until.dataset.until} ${last}` : words;
      if (until.textContent !== said) until.textContent = said;
    }

    /** *mardi 1er décembre à 10:00, au lieu de jeudi 3 décembre à 09:00*; nothing as long as it stays. */
    function showMove(line) {
      const { instead, date: wasOn, time: wasAt } = until.dataset;
      const stays = !date.value || !time.value || (date.value === wasOn && time.value === wasAt);
      const said = instead.replace("{day}", dayWords(date.value || wasOn)).replace("{time}", time.value);
      line.hidden = stays;
      if (until.textContent !== said) until.textContent = stays ? "" : said;
    }

    const looksAgain = async () => {
      if (!coming.open) return;
      const shown = await look(form);
      if (shown && "guessed" in form.dataset) takeFirst();
      showTime();
    };

    /** A time that nobody has chosen yet is the first free one for this type; of the day to come that is
        looked at, which it does not leave. */
    function takeFirst() {
      const looked = form.dataset.guessed;
      const stays = looked === from.value && looked > wallToday();
      const first = free.querySelector(stays ? `[data-date="${from.value}"]` : "[data-time]");
      date.value = first?.dataset.date ?? from.value;
      time.value = first?.dataset.time ?? "";
      if (first) practitioner.value = first.dataset.practitioner;
    }

    const chose = () => delete form.dataset.guessed;

    type.addEventListener("change", () => {
      const { place, sms: byText } = type.selectedOptions[0]?.dataset ?? {};
      const address = form.querySelector("#address");
      if (address && place === "home") address.open = true;
      if (sms) sms.checked = Boolean(byText);
      showTime();
      looksAgain();
    });
    practitioner.addEventListener("change", looksAgain);
    for (const field of [date, time, end]) field.addEventListener("input", () => (chose(), showTime()));
    date.addEventListener("change", () => {
      from.value = date.value;
      looksAgain();
    });
    coming.addEventListener("change", (changed) => {
      changed.stopPropagation(); // a look changes nothing of what is noted
      looksAgain();
    });
    coming.addEventListener("toggle", () => free.children.length || looksAgain());
    const act = form.closest("details.act");
    act?.addEventListener("toggle", () => act.open && (coming.open = true));
    form.querySelector("[data-look]").hidden = true; // it looks by itself
    form.addEventListener("click", async (clicked) => {
      const slot = clicked.target.closest("[data-time]");
      const jump = clicked.target.closest("[name=jump]");
      const after = clicked.target.closest("[name=after]");
      if (!slot && !jump && !after) return;
      clicked.preventDefault();
      if (slot) return take(slot);
      if (jump) from.value = jump.value;
      if (!(await look(form, after?.value))) return;
      showTime();
      if (after) free.querySelector("button")?.focus(); // the one that was pressed is gone
    });

    function take(slot) {
      chose();
      date.value = slot.dataset.date;
      practitioner.value = slot.dataset.practitioner;
      time.value = slot.dataset.time;
      end.value = "";
      slot.focus();
      time.dispatchEvent(new Event("input", { bubbles: true }));
    }

    showTime();
    if (act?.open) coming.open = true;
  }

  // What the next free times are asked of: nothing else of the form stands in an address.
  const ASKED = ["type", "practitioner", "date", "from", "part", "weekday", "everybody", "moving"];
  let looking;
  /** Whether they have come; a later look takes the place of an earlier one. */
  async function look(form, after) {
    const shown = form.querySelector("#availability");
    const typed = new FormData(form);
    const query = new URLSearchParams();
    for (const name of ASKED) for (const value of typed.getAll(name)) if (value) query.append(name, value);
    if (after) query.set("after", after);
    for (const jump of form.querySelectorAll("[name=jump]"))
      jump.setAttribute("aria-pressed", String(jump.value === typed.get("from")));
    looking?.abort();
    const { signal } = (looking = new AbortController());
    shown.setAttribute("aria-busy", "true");
    const said = form.querySelector("#availability-said");
    try {
      const answer = await fetch(`${shown.dataset.from}?${query}`, { signal, redirect: "manual" });
      if (!answer.ok) throw answer;
      const times = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("availability");
      shown.replaceChildren(...times.childNodes);
      said.className = "unseen";
      said.textContent = shown.querySelector("[data-said]")?.dataset.said ?? shown.textContent.trim();
    } catch {
      if (signal.aborted) return false;
      shown.replaceChildren();
      said.className = "error"; // seen as well
      said.textContent = shown.dataset.failed;
    }
    shown.removeAttribute("aria-busy");
    return true;
  }

  // What saving would send, to whom: said as the form changes, in a place that stays.
  const TELLS = ["moving", "patient", "email", "mobile", "type", "practitioner", "date", "time", "until", "send_email", "send_sms", "unconfirmed"];
  function foretell(form) {
    const told = form.querySelector(".told"); // while moving it stands beside the form, whatever the time
    const outside = form.querySelector(".outside");
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
      const answer = await fetch(outside.dataset.from, how).catch(() => null);
      const said = answer?.ok && (await answer.json().catch(() => null));
      if (how.signal.aborted || !answer) return;
      if (told) told.textContent = said ? said.said : ""; // rather nothing than what was true before
      outside.textContent = said ? said.outside : "";
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
  // What is opened is what she looks at: its free times, not its head alone, stand on a phone's screen.
  document.addEventListener("toggle", ({ target }) => {
    if (target.matches("details.act[open]") && target.contains(document.activeElement)) target.scrollIntoView({ block: "start" });
  }, { capture: true });
  document.addEventListener("maia:page", ({ target }) => followAll(target));
}
