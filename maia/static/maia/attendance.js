/* Who came: all who are still to be said, in one press that can be taken back; nothing is saved by it. What it
   has ticked stands in a field, as without a script, and is remembered where the browser brings the ticks back. */
"use strict";

{
  const field = document.querySelector(".fill [name=ticked]");
  const button = document.querySelector(".fill button");
  const said = document.querySelector(".fill [role=status]");
  const choice = (name, value) => document.querySelector(`[name="${CSS.escape(name)}"][type=radio][value="${value}"]`);
  const named = (text) => text.split(" ").filter(Boolean);

  function show(names) {
    field.value = names.join(" ");
    button.name = names.length ? "untick" : "all_attended";
    button.textContent = names.length ? button.dataset.undo : button.dataset.tick;
    said.textContent = names.length ? said.dataset.filled : "";
    history.replaceState({ ...history.state, ticked: field.value }, "");
  }

  button?.addEventListener("click", (clicked) => {
    clicked.preventDefault();
    const names = named(field.value);
    if (names.length) {
      for (const name of names) if (choice(name, "attended")?.checked) choice(name, "").checked = true;
      return show([]);
    }
    const unsaid = [...document.querySelectorAll(".came [type=radio][value='']:checked")].map(({ name }) => name);
    for (const name of unsaid) choice(name, "attended").checked = true;
    show(unsaid);
  });

  // After a reload, or back, the browser has brought the ticks back, or it has not.
  window.addEventListener("pageshow", () => {
    if (!button) return;
    const brought = named(history.state?.ticked ?? "").filter((name) => {
      const came = choice(name, "attended");
      return came?.checked && !came.defaultChecked; // not saved meanwhile
    });
    show(brought.length ? brought : named(field.defaultValue));
  });
}
