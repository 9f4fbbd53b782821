/* Which appointments an absence cancels: all or none in one press, and their number in the button that saves.
   On a page of its own and in the panel. */
"use strict";

{
  /** What leaves of what is ticked, above the button. */
  function showSent(form) {
    const line = form.querySelector(".sends");
    const { some, none, email, emails, sms, and } = line.dataset;
    const isTold = form.elements.tell_patient.checked;
    const of = (what) => (isTold ? form.querySelectorAll(`[name=goes][data-${what}]:checked`).length : 0);
    const sent = [[of("email"), of("email") === 1 ? email : emails], [of("sms"), sms]].filter(([count]) => count);
    const sums = sent.map(([count, words]) => words.replace("#", count)).join(and);
    const words = sums ? some.replace("#", sums) : none;
    if (line.textContent !== words) line.textContent = words;
    line.hidden = false;
  }

  function count(form) {
    const button = form?.querySelector("button.goes");
    if (!button) return;
    showSent(form);
    const ticked = form.querySelectorAll("[name=goes]:checked").length;
    const { none, one, several } = button.dataset;
    const words = ticked === 0 ? none : ticked === 1 ? one : several.replace("#", ticked);
    if (button.textContent.trim() !== words) button.textContent = words;
  }
  const countAll = () => document.querySelectorAll("button.goes").forEach((button) => count(button.form));

  document.addEventListener("change", ({ target }) => ["goes", "tell_patient"].includes(target.name) && count(target.form));
  document.addEventListener("click", (clicked) => {
    const all = clicked.target.closest(".covered [name=all]");
    if (!all) return;
    clicked.preventDefault();
    for (const box of all.form.querySelectorAll("[name=goes]")) box.checked = all.value === "1";
    all.form.dispatchEvent(new Event("change", { bubbles: true })); // something here is not saved
    count(all.form);
  });
  document.addEventListener("maia:page", countAll);
  window.addEventListener("pageshow", countAll); // a browser brings back what was ticked
  countAll();
}
