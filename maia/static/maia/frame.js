/* In a frame: tells the website around how high the page is, which step it is, and of a booking.
   Only a website that the practice has listed is told anything. */

const page = document.body;
const listed = page.dataset.websites.split(" ");
let website; // its origin, once it has spoken

function isListed(origin) {
  return listed.some((source) => {
    if (source === "self") return origin === location.origin;
    if (!source.includes("*.")) return origin === source;
    const [scheme, name] = source.split("*");
    return origin.startsWith(scheme) && origin.endsWith(name);
  });
}

function tell(more) {
  if (website) parent.postMessage({ maia: "frame", height: page.scrollHeight, ...more }, website);
}

addEventListener("message", ({ source, origin, data }) => {
  if (source !== parent || parent === window || data?.maia !== "website" || !isListed(origin)) return;
  website = origin;
  tell({ step: location.pathname, booked: page.hasAttribute("data-booked") });
  page.removeAttribute("data-booked");
});

new ResizeObserver(() => tell()).observe(page);
document.addEventListener("htmx:after:swap", () => tell());

// She goes on in a tab: when she has booked there, the frame says so.
const tab = document.querySelector("[data-elsewhere]");
if (tab) {
  let asked = 0;
  const timer = setInterval(async () => {
    if (document.hidden || !tab.dataset.opened) return;
    if ((asked += 1) > 900) clearInterval(timer);
    try {
      const { url } = await (await fetch(tab.dataset.elsewhere)).json();
      if (url) location.replace(url);
    } catch {
      // Off line for a moment: asked again.
    }
  }, 2000);
  // However it is opened: by a click, the middle button, a long press, a menu's "in a new tab".
  for (const touched of ["pointerdown", "click", "contextmenu"])
    tab.addEventListener(touched, () => {
      tab.dataset.opened = "1";
      if (touched !== "pointerdown") document.querySelector("[data-waiting]").hidden = false;
    });
}
