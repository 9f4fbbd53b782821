/* The time that a click on the white of a column means. Drags go by `SNAP`. */

const SNAP = 5; // minutes, as the fields of hours go: visits of twenty minutes follow one another
const MINUTE = 60_000; // milliseconds

/** A quarter of an hour; or where the white begins, if that is within the same half hour: no time that is
    taken, and none that is left over before. */
function clickedTime(at, resource) {
  const column = String(resource?.id ?? (whose() || config.mine || config.resources[0]?.id));
  const isWhite = ({ display, classNames }) => display === "background" && !classNames.includes("closed");
  const line = since(at, 30);
  const ends = calendar
    .getEvents()
    .filter((event) => !isWhite(event) && !event.allDay && String(event.resourceIds[0]) === column)
    .map(({ end }) => end)
    .filter((end) => end >= line && end - at < SNAP * MINUTE);
  return ends.length ? new Date(Math.max(...ends)) : since(at, 15);
}

/** The last wall clock's quarter, half hour. */
function since(at, minutes) {
  const began = new Date(at);
  began.setMinutes(at.getMinutes() - (at.getMinutes() % minutes), 0, 0);
  return began;
}
