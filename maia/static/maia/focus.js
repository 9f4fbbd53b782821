/* Where the focus goes when a page, or what the panel shows, answers an act: to what was refused, to what comes
   next, to what was done, or to where one begins; never to nothing. Who reads by ear hears it, who goes by keys
   goes on from there. A page that is only visited is left as the browser shows it. */
"use strict";

// A page that comes back out of the history may run this once more: it is made once.
globalThis.focusing ??= (() => {
  const ACTED = "maia-acted"; // in this tab, from the form that was sent to the page that answers it
  const REFUSED = ["[aria-invalid=true]:not([type=hidden])", "[role=alert], .message.error"];
  const NEXT = "[autofocus]"; // the code that has just been sent: before the sentence that says so
  const DONE = ".message.success, [role=status] > .message";
  const BEGINS = [".refusal", "h1"];
  const TAKES_IT = "a[href], button, input, select, textarea, summary, [tabindex]";

  const isLost = () => !document.activeElement || document.activeElement === document.body;

  /** Whether it took it: what is hidden does not, what is folded away is unfolded. */
  function on(element, how) {
    if (!element) return false;
    let fold = element.closest("details:not([open])");
    for (; fold; fold = fold.parentElement.closest("details:not([open])")) fold.open = true;
    if (!element.matches(TAKES_IT)) element.tabIndex = -1;
    element.focus(how);
    return document.activeElement === element;
  }

  const land = (root, selectors) =>
    selectors.some((selector) => [...root.querySelectorAll(selector)].some((element) => on(element)));

  /** In what has just been shown for an act. */
  const arrive = (root) => land(root, [...REFUSED, NEXT, DONE, ...BEGINS]);

  /** To what had it, or to the same thing drawn anew, known by its address; else to ``instead``. */
  function back(had, drawn, instead) {
    if (had?.isConnected && had !== document.body && on(had, { preventScroll: true })) return;
    const address = had?.getAttribute("href");
    const same = address && drawn.querySelector(`a[href="${CSS.escape(address)}"]`);
    on(same || instead, { preventScroll: true });
  }

  let acted = false; // the page that comes next answers it
  window.addEventListener("submit", ({ target, defaultPrevented }) => {
    if (!defaultPrevented && target.getAttribute("method")?.toLowerCase() === "post") acted = true;
  });
  // After a download, a link leads to a page that answers nothing.
  document.addEventListener("click", ({ target }) => {
    if (target.closest("a[href]")) acted = false;
  });
  window.addEventListener("pagehide", () => {
    if (acted) keep("1");
    acted = false;
  });

  function keep(value) {
    try {
      const before = sessionStorage.getItem(ACTED);
      if (value) sessionStorage.setItem(ACTED, value);
      else sessionStorage.removeItem(ACTED);
      return before;
    } catch {
      return null; // in a frame that keeps nothing: what was refused or done is known by its look
    }
  }

  /** The page itself. Where she has begun already, only a refusal takes the focus away. */
  function arrivePage() {
    const main = document.getElementById("main");
    const answers = keep("");
    if (!main || (window !== parent && !answers && !document.hasFocus())) return;
    if (land(main, REFUSED) || !isLost() || land(main, [NEXT, DONE]) || !answers) return;
    if (location.hash && on(document.getElementById(location.hash.slice(1)))) return;
    land(main, BEGINS);
  }
  if (document.readyState !== "complete") document.addEventListener("DOMContentLoaded", arrivePage);

  return { arrive, back, isLost, on, leads: () => (acted = true) };
})();
