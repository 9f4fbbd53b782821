/* The agenda's words: dates, hours and names as they are read and heard. Dates are wall clocks. */

const language = document.documentElement.lang === "en" ? "en-GB" : document.documentElement.lang;
const two = (n) => String(n).padStart(2, "0");
const wall = (date) => ({
  date: `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`,
  time: `${two(date.getHours())}:${two(date.getMinutes())}`,
});
const stamp = (date) => `${wall(date).date}T${wall(date).time}`;
/** The local midnight of ``2026-12-07``. */
const dayOf = (text) => new Date(`${text}T00:00`);
const plusDays = (date, days) => new Date(date.getFullYear(), date.getMonth(), date.getDate() + days);
const mondayOf = (date) => plusDays(date, -((date.getDay() + 6) % 7));

/** Dates in words, in French with 1er for the first of a month. Made when they are first wanted: that
   takes a slow phone longer than drawing an event. */
function dated(options) {
  let made;
  const format = () => (made ??= new Intl.DateTimeFormat(language, options));
  const first = (text) => (options.day && language.startsWith("fr") ? text.replace(/(^|\D)1(?=\s\p{L})/u, "$11er") : text);
  return {
    format: (date) => first(format().format(date)),
    formatRange: (from, to) => first(format().formatRange(from, to)),
  };
}

const LONG = dated({ weekday: "long", day: "numeric", month: "long", year: "numeric" });
const SPAN = dated({ day: "numeric", month: "long", year: "numeric" });
const SHORT = dated({ weekday: "short", day: "numeric", month: "short", year: "numeric" });
const SHORT_SPAN = dated({ day: "numeric", month: "short", year: "numeric" });
const MONTH = dated({ month: "long", year: "numeric" });
const WEEKDAY = dated({ weekday: "short" });

/** *jeudi 3 décembre 2026*, *7 – 13 décembre 2026*, *décembre 2026*. */
function rangeWords(view, first, days) {
  if (view === "month") return MONTH.format(first);
  return days === 1 ? (narrow ? SHORT : LONG).format(first) : (narrow ? SHORT_SPAN : SPAN).formatRange(first, plusDays(first, days - 1));
}

/** The words of the page with what stands in their braces. */
const filled = (words, values) => words.replace(/\{(\w+)\}/g, (_, name) => values[name]);

/** What is heard of an event: the day, the hours, who, the type, the marks, with whom. */
function heardOf({ start, end, title, extendedProps }, withWhom) {
  const { type, marks, isNew } = extendedProps;
  return [
    LONG.format(start),
    `${wall(start).time} – ${wall(end).time}`,
    title,
    title === type ? "" : type,
    ...(marks ?? []),
    ...(isNew ? [say.new] : []),
    withWhom ? filled(say.with, { name: withWhom }) : "",
  ].filter(Boolean).join(", ");
}
