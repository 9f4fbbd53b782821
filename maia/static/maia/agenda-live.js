/* What others do shows by itself: asked every eighteen seconds while the page is seen, answered without
   a body as long as nothing has changed. What is new says so until it is looked at. */

const EVERY = 18_000; // milliseconds
const offline = document.getElementById("offline");

const live = {
  known: new Map(), // of the days drawn: what each event was
  fresh: new Set(), // events that are new to her
  byItself: false, // nobody asked for what is being read
  told: "", // what the page says of it
  changes: "", // how many, to be said with what is drawn
  unread: false, // days are shown that could not be read: they are not free

  /** A look that nobody took keeps no session alive. */
  headers: () => ({ Accept: "application/json", ...(live.byItself ? { "Maia-Unattended": "1" } : {}) }),

  /** What is drawn next; ``again``: of the same days and choices as before. */
  read(rows, again) {
    const now = new Map();
    for (const row of rows) if (row.id) now.set(String(row.id), `${row.start} ${row.end} ${row.version} ${row.resourceIds}`);
    let changes = 0;
    if (again && live.byItself) {
      for (const [id, was] of now) {
        if (live.known.get(id) === was) continue;
        live.fresh.add(id);
        changes += 1;
      }
      for (const id of live.known.keys()) if (!now.has(id)) changes += 1;
      if (changes) live.changes = filled(changes === 1 ? say.newsOne : say.news, { count: changes });
    }
    live.known = now;
    live.byItself = live.unread = false;
    box.classList.remove("unread");
    live.tell("");
  },

  isNew: (id) => live.fresh.has(String(id)),

  seen(id) {
    if (!live.fresh.delete(String(id))) return;
    for (const event of calendar.getEvents()) {
      if (String(event.id) !== String(id)) continue;
      event.classNames = event.classNames.filter((name) => name !== "news");
      event.extendedProps = { ...event.extendedProps, isNew: false };
      calendar.updateEvent(event);
    }
  },

  tell(words) {
    const text = words === say.offline && live.unread ? say.unloaded : words;
    if (live.told === text) return;
    live.told = text;
    offline.textContent = text;
    offline.hidden = !text;
    if (text === say.ended) {
      // Here is what she typed, perhaps: she signs in elsewhere.
      const { door, signIn } = document.getElementById("panel").dataset;
      const link = part("a", "", signIn);
      Object.assign(link, { href: door, target: "_blank" });
      offline.append(" ", link);
    }
    fit();
  },

  /** Other days than those drawn could not be read. */
  cannotRead() {
    live.unread = true;
    heard.textContent = ""; // of other days
    box.classList.add("unread");
  },

  async ask() {
    if (document.hidden || !asked || box.querySelector(".ec-preview, .ec-ghost")) return;
    if (!navigator.onLine) return live.tell(say.offline);
    const answer = await fetch(`${config.news}?${asked}`, {
      headers: { "If-None-Match": tag ?? "", "Maia-Unattended": "1" },
      redirect: "manual",
      cache: "no-store",
    }).catch(() => null);
    if (!answer) return live.tell(say.offline);
    if (answer.type === "opaqueredirect" || answer.status === 403) return live.tell(say.ended);
    if (answer.status === 304 || !answer.ok) return answer.status === 304 ? live.tell("") : undefined;
    live.byItself = true;
    calendar.refetchEvents();
  },
};

window.addEventListener("offline", () => live.tell(say.offline));
window.addEventListener("online", live.ask);
window.addEventListener("pageshow", ({ persisted }) => persisted && live.ask());
document.addEventListener("visibilitychange", () => (document.hidden ? keepPlace() : live.ask()));
setInterval(live.ask, EVERY);
