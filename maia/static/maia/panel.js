/* The panel beside the agenda (on a phone a sheet from below): a page of the office, asked for by its own
   address without its frame, with the same form. What it cannot show takes the whole window. */

const panel = (() => {
  const box = document.getElementById("panel");
  const page = document.getElementById("panel-page");
  const whole = document.getElementById("panel-whole");
  const said = document.getElementById("panel-said");
  const wide = window.matchMedia("(min-width: 68.75rem)");
  const words = box.dataset;
  const patterns = config.panel.map((address) => new RegExp(`^${address.replace("/0/", "/\\d+/")}$`));

  let address = ""; // of the page that is shown
  let refused = false; // what was sent is not saved
  let before = ""; // what stood in its forms when it was shown
  let opener = null; // what has the focus again afterwards
  let pushed = false; // the browser's back closes the sheet
  let asking = null; // the request that is under way
  let shownAt = 0; // when its page came

  const isPage = ({ origin, pathname }) => origin === location.origin && patterns.some((one) => one.test(pathname));
  const WISHES = ["from", "part", "weekday", "everybody"]; // of the free times: looked at, not noted
  const standing = () =>
    [...page.querySelectorAll("form")]
      .map((form) => [...new FormData(form)].filter(([name]) => !WISHES.includes(name)).join("&"))
      .join("\n");
  /** What was typed and taken out again is nothing that one would miss. */
  const isKept = () => !refused && standing() === before;
  const mayLeave = () => sure(words.leave, [], [words.giveUp, words.goOn]);

  async function open(to) {
    const there = new URL(to, location.href);
    if (there.href === new URL(config.new, location.href).href) {
      if (box.open && page.querySelector("#note")) return focusing.arrive(page);
      return KEYS.n(); // on the day that is shown
    }
    if (box.open && fill(there)) return;
    if (box.open && !isKept() && !(await mayLeave())) return;
    const undoes = stillUndone();
    if (!box.open) show();
    load(there.href);
    undoes?.();
  }

  function show() {
    opener = document.activeElement;
    if (wide.matches) box.show();
    else {
      box.showModal();
      placeStatus(); // what was just said can still be undone
      history.pushState(history.state, "", location.href);
      pushed = true;
    }
    document.body.classList.add("with-panel");
  }

  /** Another time for what is being noted: it goes into the form, nothing else is touched. */
  function fill({ pathname, searchParams }) {
    const form = page.querySelector("#note");
    if (!form || pathname !== config.new || searchParams.has("patient")) return false;
    const start = searchParams.get("start");
    if (start) {
      const { date, time, until, practitioner } = form.elements;
      [date.value, time.value] = start.split("T");
      until.value = searchParams.get("end")?.slice(11) ?? "";
      if (searchParams.has("practitioner")) practitioner.value = searchParams.get("practitioner");
      time.dispatchEvent(new Event("input", { bubbles: true }));
      for (const other of page.querySelectorAll(".made a")) other.search = searchParams; // the same time there
      said.textContent = `${LONG.format(dayOf(date.value))}, ${[time.value, until.value].filter(Boolean).join(" – ")}`;
    }
    const { patient, patient_search: search, type, time: at } = form.elements;
    (!patient?.value ? search : !type.value ? type : at).focus({ preventScroll: true });
    return true;
  }

  async function load(to) {
    address = to;
    whole.href = to;
    markOpened(new URL(to).pathname);
    refused = false;
    page.replaceChildren();
    before = standing();
    const answer = await ask(to);
    if (answer) await take(answer);
  }

  /** One request at a time; null where another one has taken its place, or none came through. */
  async function ask(to, sent = {}) {
    asking?.abort();
    const mine = (asking = new AbortController());
    box.setAttribute("aria-busy", "true");
    try {
      return await fetch(to, {
        ...sent,
        headers: { "Maia-Panel": "1" },
        redirect: "manual",
        signal: mine.signal,
      });
    } catch {
      if (!mine.signal.aborted) refuse(words.offline);
      return null;
    } finally {
      if (asking === mine) box.removeAttribute("aria-busy");
    }
  }

  /** An answer is a page to show, or says where an act has led. */
  async function take(answer) {
    if (answer.type === "opaqueredirect") return askToSignIn();
    if (answer.headers.get("Content-Type")?.startsWith("application/json")) return follow(await answer.json());
    const shown = new DOMParser().parseFromString(await answer.text(), "text/html");
    const main = shown.querySelector("main");
    if (!main) return refuse(words.offline);
    page.replaceChildren(...main.childNodes);
    shownAt = Date.now();
    box.classList.toggle("with-bar", Boolean(page.querySelector(".saves")));
    box.setAttribute("aria-label", shown.title.replace(/ · [^·]*$/, "").trim());
    box.scrollTop = 0;
    page.dispatchEvent(new Event("maia:page", { bubbles: true }));
    before = standing();
    focusing.arrive(page);
    if (page.querySelector("[hx-get], [hx-post]")) withHtmx();
  }

  /** Some pages ask for parts of themselves as one types: what does that comes with the first of them. */
  function withHtmx() {
    if (window.htmx) return window.htmx.process(page);
    if (document.querySelector("script[data-late]")) return; // it is coming, and looks at all that is there
    const script = document.createElement("script");
    script.src = words.htmx;
    script.dataset.late = "";
    document.head.append(script);
  }

  function follow({ to, then, said: done }) {
    refused = false;
    before = standing();
    page.querySelector("[data-undo]")?.remove(); // what was done since is not what it takes back
    if (then === "leave") {
      focusing.leads();
      return (location = to);
    }
    calendar.refetchEvents();
    if (then === "close") close();
    else load(new URL(to, location.href).href);
    if (done) tell(done);
  }

  /** Said above the form, which stays as it is. */
  function refuse(text) {
    page.querySelector(".unsent")?.remove();
    const line = part("p", "refusal unsent", text);
    line.setAttribute("role", "alert");
    page.prepend(line);
    line.scrollIntoView({ block: "nearest" });
    if (focusing.isLost()) focusing.on(line); // what was pressed is gone with the page before
    return line;
  }

  /** On another tab: what was typed stays here. */
  function askToSignIn() {
    const link = part("a", "", words.signIn);
    link.href = words.door;
    link.target = "_blank";
    refuse(words.ended).append(" ", link);
  }

  /** Who has signed in again on another tab has another token: the forms of the panel take it, and what was
      refused is sent again. Otherwise what their page answers now. */
  async function sendAnew(send) {
    const answer = await ask(address);
    if (!answer?.ok) return answer;
    const shown = new DOMParser().parseFromString(await answer.text(), "text/html");
    const { value } = shown.querySelector("[name=csrfmiddlewaretoken]");
    for (const field of page.querySelectorAll("[name=csrfmiddlewaretoken]")) field.value = value;
    return send();
  }

  /** What its page can still take back, the agenda can once it is gone: said for the seconds that are left. */
  function stillUndone() {
    const form = box.open && page.querySelector("[data-undo]")?.form;
    const left = SHOWN.undo - (Date.now() - shownAt);
    if (!form || left <= 0) return null;
    const made = { undo: form.action, version: form.elements.version.value };
    const done = status.firstChild?.textContent || form.querySelector("small").textContent.trim();
    return () => tell(done, () => undo(made), null, left);
  }

  function close() {
    if (!box.open) return;
    const undoes = stillUndone();
    asking?.abort();
    box.close();
    placeStatus();
    document.body.classList.remove("with-panel");
    page.replaceChildren();
    markOpened("");
    refused = false;
    before = standing();
    said.textContent = "";
    calendar.unselect();
    if (pushed) history.back();
    pushed = false;
    undoes?.();
    focusing.back(opener, document.getElementById("agenda"), scroller());
  }

  const closeIfMay = async () => (isKept() || (await mayLeave())) && close();

  page.addEventListener("submit", async (sent) => {
    const form = sent.target;
    if (form.getAttribute("method")?.toLowerCase() !== "post") return;
    sent.preventDefault();
    if (box.hasAttribute("aria-busy")) return; // a second click waits for the first one's answer
    const { submitter } = sent;
    const to = new URL(form.getAttribute("action") || address, address).href;
    const send = () => {
      const body = new URLSearchParams(new FormData(form));
      if (submitter?.name) body.append(submitter.name, submitter.value);
      return ask(to, { method: "POST", body });
    };
    let answer = await send();
    if (answer?.status === 403) answer = await sendAnew(send);
    if (!answer) return;
    await take(answer);
    refused = box.open && answer.status >= 400;
  });

  // A link inside leads where it would from its own page; of the agenda, to the page beside it.
  document.addEventListener("click", async (clicked) => {
    if (clicked.defaultPrevented || clicked.button || clicked.ctrlKey || clicked.metaKey || clicked.shiftKey || clicked.altKey) return;
    const link = clicked.target.closest("a[href]");
    if (!link || link.target || link === whole) return;
    const inside = page.contains(link);
    const to = new URL(link.getAttribute("href"), inside ? address : location.href);
    if (inside && link.getAttribute("href").startsWith("#")) {
      clicked.preventDefault();
      return document.getElementById(to.hash.slice(1))?.focus();
    }
    if (isPage(to)) {
      clicked.preventDefault();
      if (!inside && !box.open) link.focus();
      return open(to);
    }
    if (!inside) return;
    if (to.pathname === config.agenda) {
      clicked.preventDefault();
      closeIfMay();
    } else if (/^https?:/.test(to.protocol) && !isKept()) {
      clicked.preventDefault();
      if (await mayLeave()) location = to;
    } else if (to.origin === location.origin) link.href = to.href;
  });

  document.getElementById("panel-close").addEventListener("click", closeIfMay);
  box.addEventListener("cancel", (asked) => {
    asked.preventDefault();
    closeIfMay();
  });
  document.addEventListener("keydown", (pressed) => {
    if (pressed.key !== "Escape" || pressed.defaultPrevented || !box.open || pressed.isComposing) return;
    if (pressed.target.closest("dialog, select") && !box.contains(pressed.target)) return;
    pressed.preventDefault();
    closeIfMay();
  });
  window.addEventListener("popstate", () => {
    if (!pushed) return;
    pushed = false;
    if (isKept()) return close();
    history.pushState(history.state, "", location.href); // it stays until she has answered
    pushed = true;
    closeIfMay();
  });

  return { open };
})();
