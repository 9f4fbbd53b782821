/* The agenda: Event Calendar over the events of the practice, each act with its form twin. */

const box = document.getElementById("agenda");
const config = JSON.parse(document.getElementById("agenda-config").textContent);
const say = box.dataset;
const filters = document.getElementById("filters");
const status = document.getElementById("agenda-status");
const narrow = window.matchMedia("(max-width: 48rem)").matches;
const CLOCK = { hour: "2-digit", minute: "2-digit" };
const KEPT = "maia-agenda-view";
// Columns need `subgrid`: a browser without it has the list, and the page says so.
const columns = CSS.supports("grid-template-rows", "subgrid");
const usual = narrow ? "timeGridDay" : "timeGridWeek";
let viewNow = columns ? (sessionStorage.getItem(KEPT) ?? usual) : "listWeek";

const wall = (date) => {
  const two = (n) => String(n).padStart(2, "0");
  return {
    date: `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`,
    time: `${two(date.getHours())}:${two(date.getMinutes())}`,
  };
};
const stamp = (date) => `${wall(date).date}T${wall(date).time}`;

function note(start, resource) {
  const query = new URLSearchParams({ start: stamp(start) });
  const practitioner = resource?.id ?? filters.elements.practitioner?.value;
  if (practitioner) query.set("practitioner", practitioner);
  window.location = `${config.new}?${query}`;
}

async function post(url, typed) {
  return fetch(url, {
    method: "POST",
    body: new URLSearchParams(typed),
    headers: { Accept: "application/json", "X-CSRFToken": say.csrf },
  });
}

function tell(text, undo) {
  status.replaceChildren(text);
  status.className = "toast";
  if (!undo) return;
  const button = document.createElement("button");
  button.className = "plain";
  button.textContent = say.undo;
  button.addEventListener("click", undo);
  status.append(" ", button);
}

// A drag is written at once; the patient is told of it later, unless it is undone meanwhile.
async function moved(info) {
  const { event, newResource } = info;
  const { move, version } = event.extendedProps;
  const there = { ...wall(event.start), end: stamp(event.end), version };
  if (newResource) there.practitioner = newResource.id;
  let answer = await post(move, there).catch(() => null);
  if (answer?.status === 409) {
    const why = await answer.json();
    if (!why.overlaps) {
      info.revert();
      calendar.refetchEvents();
      return tell(why.error);
    }
    if (!window.confirm(say.overlap)) return info.revert();
    answer = await post(move, { ...there, allow_overlap: "on" }).catch(() => null);
  }
  if (!answer?.ok) {
    info.revert();
    return tell(say.failed);
  }
  const made = await answer.json();
  event.extendedProps.version = made.version;
  calendar.refetchEvents();
  tell(made.said, made.undo && (() => undo(made)));
}

async function undo(made) {
  const answer = await post(made.undo, { version: made.version }).catch(() => null);
  const { said, error } = (await answer?.json().catch(() => null)) ?? {};
  tell(said ?? error ?? say.failed);
  calendar.refetchEvents();
}

// Its grid says that it is a table and has no rows: plain boxes are told better.
function plainRoles() {
  for (const part of box.querySelectorAll("[role]")) {
    if (/^(table|grid|row|rowgroup|rowheader|columnheader|cell|gridcell)$/.test(part.getAttribute("role")))
      part.removeAttribute("role");
  }
  const places = ["aria-colindex", "aria-rowindex", "aria-colcount", "aria-rowcount"];
  for (const place of places)
    for (const part of box.querySelectorAll(`[${place}]`)) part.removeAttribute(place);
  const main = box.querySelector(".ec-main");
  if (main) {
    main.tabIndex = 0;
    main.setAttribute("role", "region");
    main.setAttribute("aria-label", say.region);
  }
}

// The axis begins and ends on whole hours, with room for all that begins or ends; whole days need none.
const DAY = { min: 7, max: 21 };
const axis = { ...DAY };
const hourOf = (date) => date.getHours() + date.getMinutes() / 60;
function hoursDrawn(start, end) {
  const [from, to] = [hourOf(start), hourOf(end)];
  if (wall(start).date === wall(new Date(end - 1)).date) return [from, to || 24];
  return [...(from ? [from, 24] : []), ...(to ? [0, to] : [])];
}
function wholeHours() {
  const hours = { ...DAY };
  for (const { start, end, display } of calendar.getEvents()) {
    if (display === "background") continue;
    const drawn = hoursDrawn(start, end);
    hours.min = Math.min(hours.min, ...drawn.map(Math.floor));
    hours.max = Math.max(hours.max, ...drawn.map(Math.ceil));
  }
  for (const [edge, option] of [["min", "slotMinTime"], ["max", "slotMaxTime"]]) {
    if (hours[edge] === axis[edge]) continue;
    axis[edge] = hours[edge];
    calendar.setOption(option, `${String(hours[edge]).padStart(2, "0")}:00:00`);
  }
}

// The team view has a column for each practitioner: that filter is not for it.
function wanted() {
  const asked = Object.fromEntries(new FormData(filters));
  const team = viewNow.startsWith("resource");
  if (team) delete asked.practitioner;
  if (filters.elements.practitioner) filters.elements.practitioner.disabled = team;
  return asked;
}

const calendar = EventCalendar.create(box, {
  view: viewNow,
  locale: document.documentElement.lang,
  firstDay: 1,
  date: config.now,
  timeZone: config.offset,
  height: narrow ? "75vh" : "calc(100vh - 13rem)",
  slotMinTime: "07:00:00",
  slotMaxTime: "21:00:00",
  slotLabelFormat: CLOCK,
  eventTimeFormat: CLOCK,
  slotHeight: 37, // pixels for half an hour: twenty minutes are a target of 24 (WCAG 2.5.8)
  scrollTime: "08:00:00",
  allDaySlot: false,
  nowIndicator: true,
  dayMaxEvents: true,
  lazyFetching: false, // the team's columns want everybody's events, the week one's
  moreLinkContent: ({ num }) => `+ ${num}`,
  headerToolbar: {
    start: "prev,next today",
    center: "title",
    end: columns
      ? `timeGridDay,${narrow ? "" : "timeGridWeek,"}dayGridMonth,listWeek${config.resources.length > 1 ? ",resourceTimeGridDay" : ""}`
      : "",
  },
  buttonText: (texts) => ({
    ...texts,
    today: say.today, timeGridDay: say.day, timeGridWeek: say.week, dayGridMonth: say.month,
    listWeek: say.list, resourceTimeGridDay: say.team, prev: say.previous, next: say.next, close: say.close,
  }),
  noEventsContent: say.empty,
  resources: config.resources,
  editable: true,
  selectable: !narrow,
  eventSources: [{
    url: config.events,
    extraParams: wanted,
  }],
  eventContent: ({ event, timeText, view }) => {
    if (event.display === "background") return { domNodes: [] };
    const { type, marks } = event.extendedProps;
    const short = event.end - event.start < 40 * 60_000 && view.type !== "listWeek";
    const lines =
      view.type === "dayGridMonth" || short
        ? { at: wall(event.start).time, who: event.title || type }
        : { who: event.title || type, at: timeText, kind: [type, ...(marks ?? [])].join(" · ") };
    return {
      domNodes: Object.entries(lines).map(([name, text]) => {
        const line = document.createElement(lines.kind === undefined ? "span" : "div");
        line.className = name;
        line.textContent = text;
        return line;
      }),
    };
  },
  eventClick: ({ event }) => {
    if (event.extendedProps.url) window.location = event.extendedProps.url;
  },
  dateClick: ({ date, resource }) => note(date, resource),
  select: ({ start, resource }) => note(start, resource),
  eventDrop: moved,
  eventResize: moved,
  eventAllUpdated: () => {
    plainRoles();
    wholeHours();
  },
  datesSet: ({ view }) => {
    const teams = viewNow.startsWith("resource");
    viewNow = view.type;
    sessionStorage.setItem(KEPT, viewNow);
    if (teams !== viewNow.startsWith("resource")) calendar.refetchEvents();
    setTimeout(plainRoles);
  },
  loading: (busy) => box.setAttribute("aria-busy", String(busy)),
});

window.addEventListener("offline", () => tell(say.offline));
document.getElementById("print").addEventListener("click", () => window.print());
filters.addEventListener("change", () => calendar.refetchEvents());
