/* Who came: all who are still to be said, in one press that can be taken back; nothing is saved by it. */
"use strict";

{
  const button = document.querySelector("[name=all_attended]");
  const said = document.querySelector(".fill [role=status]");
  const words = button?.textContent;
  let filled = [];

  button?.addEventListener("click", (clicked) => {
    clicked.preventDefault();
    if (filled.length) {
      for (const [before, now] of filled) if (now.checked) before.checked = true;
      filled = [];
    } else {
      filled = [...document.querySelectorAll(".came fieldset")]
        .map((row) => [row.querySelector("[value='']:checked"), row.querySelector("[value=attended]")])
        .filter(([before]) => before);
      for (const [, now] of filled) now.checked = true;
    }
    button.textContent = filled.length ? button.dataset.undo : words;
    said.textContent = filled.length ? said.dataset.filled : "";
  });
}
