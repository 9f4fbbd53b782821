/* Maia in a website: puts the practice's booking page where this script stands.
   data-practitioner, data-type: numbers; data-language: fr or en; data-accent: #rrggbb. */
(() => {
  "use strict";
  const script =
    document.currentScript || document.querySelector('script[src$="/embed.js"]:not([data-maia])');
  script.dataset.maia = "";
  const { origin } = new URL(script.src);
  const practice = script.src.replace(/\/embed\.js.*$/, "");
  const holder = script.parentElement;
  const link = holder.querySelector(":scope > a");
  const options = { language: document.documentElement.lang.slice(0, 2), ...script.dataset };
  const first = !document.querySelector("iframe[data-maia]");
  const frame = document.createElement("iframe");
  let heard = false; // the frame has answered: this website is one that the practice has listed
  let step;

  function address() {
    const query = new URLSearchParams();
    for (const name of ["practitioner", "type", "language", "accent"])
      if (options[name]) query.set(name, options[name]);
    return `${practice}/embed/?${query}`;
  }

  // A link to #rendez-vous-12 on the page opens that type of appointment.
  function wanted() {
    const type = first && /^#rendez-vous-(\d+)$/.exec(location.hash)?.[1];
    if (type) options.type = type;
    return type;
  }

  // By style and not by `hidden`, which a website's own stylesheet may undo.
  function choose(framed) {
    frame.style.display = framed ? "block" : "none";
    if (link) link.style.display = framed ? "none" : "";
  }

  function show() {
    frame.scrollIntoView({ block: "start" });
  }

  function tell(name) {
    const detail = { practice: practice.split("/").pop() };
    frame.dispatchEvent(new CustomEvent(`maia:${name}`, { bubbles: true, detail }));
  }

  addEventListener("message", ({ source, origin: from, data }) => {
    if (source !== frame.contentWindow || from !== origin || data?.maia !== "frame") return;
    heard = true;
    choose(true);
    if (data.height > 0) frame.style.height = `${Math.ceil(data.height)}px`;
    if (data.step && data.step !== step) {
      const top = frame.getBoundingClientRect().top;
      if (step && (top < 0 || top > innerHeight / 2)) show();
      step = data.step;
      tell("step");
    }
    if (data.booked) tell("booked");
  });

  frame.addEventListener("load", () => {
    frame.contentWindow.postMessage({ maia: "website" }, origin);
    setTimeout(() => {
      if (heard) return;
      choose(false);
      console.warn(`Maia: ${location.origin} is not in the practice's list of websites.`);
    }, 5000);
  });

  addEventListener("hashchange", () => {
    if (!wanted()) return;
    frame.src = address();
    show();
  });

  frame.dataset.maia = "";
  frame.title = link?.textContent.trim() || "Rendez-vous";
  frame.allow = `publickey-credentials-get ${origin}`;
  const { style } = frame;
  style.width = "100%";
  style.height = "40rem";
  style.border = "0";
  style.borderRadius = "12px";
  const asked = wanted();
  frame.src = address();
  holder.insertBefore(frame, script);
  if (asked) show();
})();
