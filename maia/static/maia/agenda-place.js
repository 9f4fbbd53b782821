/* Where she is in the agenda: its address says it, this tab remembers it (`back.js` leads there). */

const box = document.getElementById("agenda");
const config = JSON.parse(document.getElementById("agenda-config").textContent);
const say = box.dataset;
const filters = document.getElementById("filters");
const narrow = window.matchMedia("(max-width: 48rem)").matches;
// Columns need `subgrid`: a browser without it has the list, and the page says so.
const columns = CSS.supports("grid-template-rows", "subgrid");
const KEPT = "maia-agenda";
const TODAY = config.now.slice(0, 10);
const DAYS = { day: 1, "3days": 3, week: 7, list: 7, team: 1 };

function usualView() {
  if (!columns) return "list";
  if (narrow) return "day";
  return config.mine || config.resources.length < 2 ? "week" : "team";
}

/** What this tab was at, if it was so today: who comes back on another day wants that day. */
function readKept() {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEPT));
    return kept?.on === TODAY ? kept : null;
  } catch {
    return null;
  }
}

const kept = readKept();
// An address without a place, after an act that ends here, is where this tab was.
const place = { ...config.place, ...(location.search ? {} : kept?.place) };
const view = () => (columns ? place.view || usualView() : "list");
const day = () => dayOf(place.date || TODAY);

/** Whose agenda; empty: everybody's. On a phone one at a time, where nothing else is chosen. */
function whose() {
  if (view() === "team" || place.practitioner === "all") return "";
  const known = config.resources.some(({ id }) => String(id) === place.practitioner);
  return String((known && place.practitioner) || config.mine || (narrow && config.resources[0]?.id) || "");
}

/** The first day drawn, and how many. */
function daysShown() {
  if (view() === "month") {
    const first = new Date(day().getFullYear(), day().getMonth(), 1);
    return [first, new Date(first.getFullYear(), first.getMonth() + 1, 0).getDate()];
  }
  const days = DAYS[view()];
  const begins = days === 7 && !(narrow && view() === "list"); // a list on a phone begins on its day
  return [begins ? mondayOf(day()) : day(), days];
}

/** What the screen has left for the grid, which scrolls, and nothing else does. */
function heightLeft() {
  const tabs = document.querySelector(".menu");
  const under = tabs && getComputedStyle(tabs).position === "fixed" ? tabs.offsetHeight : 0;
  const over = box.getBoundingClientRect().top + window.scrollY;
  return `${Math.max(320, window.innerHeight - over - under - 8)}px`;
}

function addressOf(there) {
  const said = Object.entries(there).filter(([, value]) => value);
  return said.length ? `${config.agenda}?${new URLSearchParams(said)}` : config.agenda;
}

const scroller = () => box.querySelector(".ec-main");
function keepPlace() {
  const there = { on: TODAY, place, search: location.search, top: scroller()?.scrollTop ?? 0 };
  try {
    sessionStorage.setItem(KEPT, JSON.stringify(there));
  } catch {
    // a browser that keeps nothing comes back to the week's first hours
  }
}

/** To another day, view or choice. Each is a step that the browser's back undoes. */
function go(change) {
  Object.assign(place, { date: wall(day()).date, view: view() }, change);
  history.pushState({ ...place }, "", addressOf(place));
  showPlace();
}

history.replaceState({ ...place }, "", addressOf(place));
window.addEventListener("popstate", ({ state }) => {
  if (!state || addressOf(state) === addressOf(place)) return; // the panel was closed by it
  Object.assign(place, state);
  showPlace();
});
window.addEventListener("pagehide", keepPlace);
