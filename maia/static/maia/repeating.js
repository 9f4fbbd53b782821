/* What does not repeat has no end: that field waits, and is not sent. On a page of its own and in the panel. */
"use strict";

{
  function wait(repeat) {
    const until = repeat.form?.elements.repeat_until;
    if (until) until.disabled = repeat.value === "never";
  }
  const waitAll = () => document.querySelectorAll("select[name=repeat]").forEach(wait);

  document.addEventListener("change", ({ target }) => target.matches("select[name=repeat]") && wait(target), { capture: true });
  document.addEventListener("maia:page", waitAll);
  window.addEventListener("pageshow", waitAll); // a browser brings back what was chosen
  waitAll();
}
