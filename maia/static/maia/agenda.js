/* The agenda: Event Calendar over the events of the practice, each act with its form twin. */

const status = document.getElementById("agenda-status");
const heard = document.getElementById("heard");
const CLOCK = { hour: "2-digit", minute: "2-digit" };
const VIEWS = {
  day: "timeGridDay", "3days": "threeDays", week: "timeGridWeek",
  month: "dayGridMonth", list: narrow ? "listFromDay" : "listWeek", team: "resourceTimeGridDay",
};
const HALF_HOUR = 37; // pixels: twenty minutes are a target of 24 (WCAG 2.5.8)
const LINE = 16.4; // pixels

function note(start, resource, end) {
  const query = new URLSearchParams({ start: stamp(start) });
  if (end) query.set("end", stamp(end));
  const practitioner = resource?.id ?? whose();
  if (practitioner) query.set("practitioner", practitioner);
  panel.open(`${config.new}?${query}`);
}

async function post(url, typed) {
  const send = () =>
    fetch(url, {
      method: "POST",
      body: new URLSearchParams(typed),
      headers: { Accept: "application/json", "X-CSRFToken": say.csrf },
    });
  const answer = await send();
  if (answer.status !== 403) return answer;
  // Who has signed in again on another tab has another token.
  const page = await (await fetch(location.href)).text();
  const fresh = new DOMParser().parseFromString(page, "text/html").getElementById("agenda");
  if (!fresh || fresh.dataset.csrf === say.csrf) return answer;
  say.csrf = fresh.dataset.csrf;
  return send();
}

const SHOWN = { said: 8_000, undo: 20_000 }; // milliseconds: an undo as long as the message waits
let fading;
let held = null; // what has the focus in the agenda: an event, or the hours; both are drawn anew with what others do
document.addEventListener("focusin", ({ target }) => {
  held = box.contains(target) ? target : null;
});
/** What has just gone had the focus: the same event has it, or the hours that it stood in. */
function keepFocus() {
  if (focusing.isLost()) focusing.back(held, box, scroller());
}
function unsay() {
  const had = status.contains(document.activeElement);
  status.replaceChildren();
  if (had) keepFocus();
}
/** A sentence that goes by itself, sooner by a click; with what can still be done about it. */
function tell(text, undo, quiet, left = SHOWN.undo) {
  placeStatus();
  unsay();
  status.replaceChildren(text);
  status.className = "toast";
  clearTimeout(fading);
  fading = setTimeout(unsay, undo ? left : SHOWN.said);
  if (!undo) return;
  for (const [words, act] of [[say.undo, undo], [say.quiet, quiet]]) {
    if (!act) continue;
    const button = document.createElement("button");
    button.className = "plain";
    button.textContent = words;
    button.toggleAttribute("data-undo", act === undo);
    button.addEventListener("click", act);
    status.append(" ", button);
  }
}

const ground = status.parentElement;
/** On the page, or in the sheet that covers it: nothing of the page is seen or heard behind one. */
function placeStatus() {
  const sheet = document.querySelector("dialog.side:modal");
  if (status.parentElement === (sheet ?? ground)) return;
  if (sheet) sheet.querySelector(".head").after(status);
  else ground.append(status);
}
status.addEventListener("click", unsay);

// A drag is written at once; the patient is told of it later, unless it is undone meanwhile.
async function moved(info) {
  const { event, newResource } = info;
  const { move, version } = event.extendedProps;
  const there = { ...wall(event.start), end: stamp(event.end), version };
  if (newResource) there.practitioner = newResource.id;
  let answer = await post(move, there).catch(() => null);
  while (answer?.status === 409) {
    const why = await answer.json();
    if (!why.overlaps) {
      info.revert();
      calendar.refetchEvents();
      return tell(why.error);
    }
    if (!(await sure(say.overlap, why.met ?? [], [say.anyway, say.inPlace]))) return info.revert();
    // Of what was read only: who has booked meanwhile is asked about as well.
    answer = await post(move, { ...there, allow_overlap: why.mark }).catch(() => null);
  }
  if (!answer?.ok) {
    info.revert();
    return tell(say.failed);
  }
  const made = await answer.json();
  event.extendedProps.version = made.version;
  calendar.refetchEvents();
  tell(made.said, made.undo && (() => undo(made)), made.tells && (() => leaveUntold(made)));
}

async function leaveUntold(made) {
  const answer = await post(made.undo, { version: made.version, quiet: "1" }).catch(() => null);
  const { said, error } = (await answer?.json().catch(() => null)) ?? {};
  tell(said ?? error ?? say.failed, answer?.ok && (() => undo(made)));
}

async function undo(made) {
  const answer = await post(made.undo, { version: made.version, ...made.back }).catch(() => null);
  const { said, error } = (await answer?.json().catch(() => null)) ?? {};
  tell(said ?? error ?? say.failed);
  calendar.refetchEvents();
}

// Its grid says that it is a table and has no rows, its list that it is one and is none: plain boxes are told better.
function plainRoles() {
  for (const part of box.querySelectorAll("[role]")) {
    if (/^(table|grid|row|rowgroup|rowheader|columnheader|cell|gridcell|list|listitem)$/.test(part.getAttribute("role")))
      part.removeAttribute("role");
  }
  const places = ["aria-colindex", "aria-rowindex", "aria-colcount", "aria-rowcount"];
  for (const named of places)
    for (const part of box.querySelectorAll(`[${named}]`)) part.removeAttribute(named);
  const main = scroller();
  if (main) {
    main.tabIndex = 0;
    main.setAttribute("role", "region");
    main.setAttribute("aria-label", say.region);
  }
}

// The axis begins and ends on whole hours, with room for all that begins or ends; whole days need none.
const USUAL = { min: 7, max: 21 };
const axis = { ...USUAL };
const hourOf = (date) => date.getHours() + date.getMinutes() / 60;
function hoursDrawn(start, end) {
  const [from, to] = [hourOf(start), hourOf(end)];
  if (wall(start).date === wall(new Date(end - 1)).date) return [from, to || 24];
  return [...(from ? [from, 24] : []), ...(to ? [0, to] : [])];
}
function wholeHours() {
  const hours = { ...USUAL };
  for (const { start, end, display, allDay } of calendar.getEvents()) {
    if (display === "background" || allDay) continue;
    const drawn = hoursDrawn(start, end);
    hours.min = Math.min(hours.min, ...drawn.map(Math.floor));
    hours.max = Math.max(hours.max, ...drawn.map(Math.ceil));
  }
  for (const [edge, option] of [["min", "slotMinTime"], ["max", "slotMaxTime"]]) {
    if (hours[edge] === axis[edge]) continue;
    axis[edge] = hours[edge];
    calendar.setOption(option, `${two(hours[edge])}:00:00`);
  }
}

// What is drawn comes with the page once, then from its address. A tag says what was read.
const types = {};
let tag = config.first?.tag;
let first = config.first;
let asked = "";

function queryOf({ start, end }) {
  const query = new URLSearchParams({ start: stamp(start), end: stamp(end) });
  if (view() === "month") query.set("view", "month");
  if (whose()) query.set("practitioner", whose());
  for (const name of ["type", "status", "way"]) if (place[name]) query.set(name, place[name]);
  return query;
}

/** The rows of the page, if these are the ones that are asked for. They are taken once. */
function takeFirst(query) {
  const rows = first;
  first = null;
  if (!rows || query.has("view") || rows.start.slice(0, 16) > query.get("start")) return null;
  if (rows.end.slice(0, 16) < query.get("end") || (rows.practitioner && rows.practitioner !== whose())) return null;
  for (const name of ["type", "status", "way"]) if (config.place[name] !== place[name]) return null;
  for (const row of rows.rows) if (row.is) types[row.type] = row.is; // said once, by whichever row comes first
  const [from, to] = [query.get("start"), query.get("end")];
  return rows.rows.filter(
    ({ resourceIds: [id], start, end }) => (!whose() || String(id) === whose()) && start.slice(0, 16) < to && end.slice(0, 16) > from,
  );
}

let reading;
/** What the calendar draws of these days. It keeps what it has where this throws. */
async function readRows(info) {
  const query = queryOf(info);
  const again = asked === String(query);
  asked = String(query);
  reading?.abort(); // a page turned meanwhile is not drawn over the next one
  reading = new AbortController();
  const rows = takeFirst(query) ?? (await fetchRows(query, reading.signal, again));
  live.read(rows, again);
  return rows.map(drawn);
}

async function fetchRows(query, signal, again) {
  const headers = live.headers();
  try {
    const answer = await fetch(`${config.events}?${query}`, { headers, signal, redirect: "manual" });
    if (!answer.ok) throw answer;
    const rows = await answer.json();
    tag = answer.headers.get("ETag");
    return rows;
  } catch (why) {
    live.byItself = false;
    if (!signal.aborted && !again) live.cannotRead();
    if (!signal.aborted) live.tell(why.type === "opaqueredirect" ? say.ended : navigator.onLine ? say.unread : say.offline);
    throw why;
  }
}

const pageOf = (name, id) => config.pages[name].replace("0", id);
function drawn(row) {
  if (row.is) types[row.type] = row.is;
  if (row.display || row.allDay) {
    return { ...row, editable: false, extendedProps: { url: row.url, count: row.count, day: row.start } };
  }
  const type = types[row.type] ?? { name: "" };
  const words = Object.keys(config.marks).filter((mark) => row.classNames.includes(mark));
  const isNew = live.isNew(row.id);
  return {
    ...row,
    classNames: isNew ? [...row.classNames, "news"] : row.classNames,
    backgroundColor: row.colour ?? type.colour,
    textColor: row.ink ?? type.ink,
    editable: true,
    extendedProps: {
      type: type.name,
      marks: [type.place, row.room, ...words.map((mark) => config.marks[mark])].filter(Boolean),
      isNew,
      url: row.appointment ? pageOf("sheet", row.appointment) : pageOf("personal_event", row.id),
      move: row.appointment ? pageOf("move", row.appointment) : pageOf("move_event", row.id),
      isAppointment: Boolean(row.appointment),
      version: row.version,
    },
  };
}

/** An element with a class and a text. */
function part(name, className, text) {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}

/** As many whole lines as fit; what is heard is one sentence. */
function contentOf({ event, view: { type: calendarView } }) {
  const { extendedProps, title, start, end, display, allDay } = event;
  if (display === "background") return closedContent(event);
  if (allDay) {
    const { count, day: date } = extendedProps;
    const named = part("span", "who", count ?? title);
    if (count) named.append(part("span", "words", title.replace(String(count), "")));
    const there = { ...place, date: date.slice(0, 10), view: "day" };
    const heardDay = part("span", "unseen", `${LONG.format(new Date(`${there.date}T00:00`))}, `);
    const link = opens(addressOf(there), [heardDay, named]);
    link.dataset.day = there.date;
    link.title = title;
    return { domNodes: [link] };
  }
  const { type, marks, isNew, isAppointment } = extendedProps;
  const inList = calendarView.startsWith("list");
  const lines = inList ? 3 : Math.floor((((end - start) / 1_800_000) * HALF_HOUR - 4) / LINE);
  const isSlim = narrow && view() === "3days"; // its end is seen by its height
  const [who, hours] = [title || type, isSlim ? wall(start).time : `${wall(start).time} – ${wall(end).time}`];
  const seen = (marks ?? []).filter((words) => words !== config.marks.repeated); // it has a sign
  const kind = [title && isAppointment ? type : "", ...seen].filter(Boolean).join(" · ");
  const shown =
    lines < 2
      ? [part("span", "at", wall(start).time), part("span", "who", who)]
      : [part("div", "who", who), part("div", "at", lines < 3 && kind ? `${hours} · ${kind}` : hours)];
  if (lines > 2 && kind) shown.push(part("div", "kind", kind));
  // Who it is comes first: a short event has room for the mark alone.
  if (isNew) shown.unshift(part("span", lines < 2 ? "is-new brief" : "is-new", lines < 2 ? "" : say.new));
  for (const one of shown) one.setAttribute("aria-hidden", "true");
  const resource = config.resources.find(({ id }) => String(id) === String(event.resourceIds[0]));
  const heardName = part("span", "unseen", heardOf(event, whose() ? "" : resource?.title));
  const link = opens(extendedProps.url, [heardName, ...shown]);
  // What was heard as new has been seen once the focus has gone on.
  link.addEventListener("blur", () => live.seen(event.id));
  return { domNodes: [link] };
}

/** A link over all of an event, which can still be taken and dragged. */
function opens(url, nodes) {
  const link = part("a", "opens", "");
  link.href = url ?? "#";
  link.draggable = false;
  link.append(...nodes);
  return link;
}

// The end of a drag is no click. A day of the month opens that day; an event, what the panel shows of it.
let pressedAt = null;
box.addEventListener("pointerdown", ({ clientX, clientY }) => (pressedAt = { clientX, clientY }), { capture: true });
box.addEventListener("click", (clicked) => {
  const link = clicked.target.closest("a.opens");
  if (!link) return;
  const { clientX: x, clientY: y, detail, ctrlKey, metaKey, shiftKey } = clicked;
  if (detail && pressedAt && Math.hypot(x - pressedAt.clientX, y - pressedAt.clientY) > 5) return clicked.preventDefault();
  if (!link.dataset.day || ctrlKey || metaKey || shiftKey) return;
  clicked.preventDefault();
  go({ date: link.dataset.day, view: "day" });
});

/** What closes a day, by its name, leads to where it is kept. A slim column has room for the name alone. */
function closedContent({ title, extendedProps: { url } }) {
  if (!title) return { domNodes: [] };
  const name = part(url ? "a" : "span", "why", "");
  const called = title.slice(title.indexOf(" · ") + 3);
  if (title.includes(" · ")) name.append(part("span", "what", title.slice(0, -called.length)), called);
  else name.append(title);
  name.title = title;
  if (url) {
    name.href = url;
    name.addEventListener("pointerdown", (pressed) => pressed.stopPropagation());
  }
  return { domNodes: [name] };
}

/** What closes a day lies behind the grid, which takes the clicks on its name. */
function closedAt({ clientX, clientY }) {
  return [...box.querySelectorAll("a.why")].find((name) => {
    const { left, right, top, bottom } = name.getBoundingClientRect();
    return left <= clientX && clientX <= right && top <= clientY && clientY <= bottom;
  });
}

let hearing;
/** Said once what is drawn has settled: the days, and how many appointments. */
function hear() {
  clearTimeout(hearing);
  hearing = setTimeout(() => {
    if (live.unread) return; // nobody knows what stands there
    let count = 0;
    for (const { extendedProps } of calendar.getEvents()) {
      if (extendedProps.count) count += extendedProps.count;
      else if (extendedProps.isAppointment) count += 1;
    }
    const words = count === 1 ? say.heardOne : say.heard;
    const drawnNow = filled(words, { range: rangeWords(view(), ...daysShown()), count });
    heard.textContent = live.changes ? `${live.changes}. ${drawnNow}` : drawnNow;
    live.changes = "";
  }, 400);
}

/** Which event stands in the panel: by its page. */
let opened = "";
function markOpened(path = opened) {
  opened = path;
  for (const link of box.querySelectorAll("a.opens")) {
    const isOpen = Boolean(opened) && link.pathname === opened;
    link.closest(".ec-event")?.classList.toggle("is-open", isOpen);
    if (isOpen) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}

let settled = false;
function settle() {
  markOpened();
  if (held) keepFocus();
  wholeHours();
  hear();
  if (settled) return;
  settled = true;
  if (kept?.search === location.search && kept.top) setTimeout(() => (scroller().scrollTop = kept.top));
}

new MutationObserver(plainRoles).observe(box, { childList: true, subtree: true }); // whenever it draws
box.replaceChildren(); // the day's lines, which stood there meanwhile
const calendar = EventCalendar.create(box, {
  view: VIEWS[view()],
  date: wall(day()).date,
  views: {
    threeDays: { type: "timeGridDay", duration: { days: 3 } },
    listFromDay: { type: "listDay", duration: { days: 7 } },
    // Few stand in a month's day, each with a name: on a phone all of them are drawn.
    dayGridMonth: { dayHeaderFormat: { weekday: narrow ? "narrow" : "short" }, dayMaxEvents: !narrow },
  },
  locale: language,
  firstDay: 1,
  timeZone: config.offset,
  height: heightLeft(),
  slotMinTime: "07:00:00",
  slotMaxTime: "21:00:00",
  slotLabelFormat: (time) => wall(time).time,
  eventTimeFormat: CLOCK,
  dayHeaderFormat: { weekday: "short", day: "numeric" },
  slotHeight: HALF_HOUR,
  snapDuration: { minutes: SNAP },
  scrollTime: "08:00:00",
  allDaySlot: false,
  nowIndicator: true,
  dayMaxEvents: true,
  lazyFetching: false, // the team's columns want everybody's events, the week one's
  moreLinkContent: ({ num }) => `+ ${num} ${say.more}`,
  headerToolbar: { start: "", center: "", end: "" },
  buttonText: (texts) => ({ ...texts, close: say.close }),
  noEventsContent: say.empty,
  resources: config.resources,
  editable: true,
  selectable: !narrow,
  unselectCancel: "#panel", // while it is being noted, its time stays marked
  eventSources: [{ events: readRows }],
  eventContent: contentOf,
  eventDidMount: ({ el, event }) => {
    el.setAttribute("role", "none");
    if (event.display === "background" && !event.title) el.setAttribute("aria-hidden", "true");
  },
  eventMouseEnter: ({ event }) => live.seen(event.id),
  dateClick: ({ date, resource, jsEvent }) => {
    if (view() === "month") return go({ date: wall(date).date, view: "day" });
    const closed = closedAt(jsEvent);
    if (closed) closed.click();
    else note(clickedTime(date, resource), resource);
  },
  select: ({ start, end, resource }) => (view() === "month" ? calendar.unselect() : note(start, resource, end)),
  eventDrop: moved,
  eventResize: moved,
  eventAllUpdated: settle,
  loading: (busy) => box.setAttribute("aria-busy", String(busy)),
});

let choices = whose() + place.type + place.status + place.way;
/** The calendar and its bar, as the place says. */
function showPlace() {
  const now = whose() + place.type + place.status + place.way;
  const before = calendar.getView();
  calendar.setOption("view", VIEWS[view()]);
  calendar.setOption("date", wall(day()).date);
  drawBar();
  const isSame = before.type === VIEWS[view()] && wall(before.currentStart).date === wall(calendar.getView().currentStart).date;
  if (isSame && now !== choices) calendar.refetchEvents();
  choices = now;
}
