/* Which appointments an absence cancels: all or none in one press, and their number in the button that saves.
   On a page of its own and in the panel. */
"use strict";

{
  function count(form) {
    const button = form?.querySelector("button.goes");
    if (!button) return;
    const ticked = form.querySelectorAll("[name=goes]:checked").length;
    const { none, one, several } = button.dataset;
    const words = ticked === 0 ? none : ticked === 1 ? one : several.replace("#", ticked);
    if (button.textContent.trim() !== words) button.textContent = words;
  }
  const countAll = () => document.querySelectorAll("button.goes").forEach((button) => count(button.form));

  document.addEventListener("change", ({ target }) => target.name === "goes" && count(target.form));
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
