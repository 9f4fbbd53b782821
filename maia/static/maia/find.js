/* The search of every page of the office: who is found is listed as one types (a combobox after the ARIA
   Authoring Practices), Enter opens the first or the one that the arrows are at, Escape closes. `/` leads there.
   Somebody new is the last of the list: posted, for no address to keep the name that was typed.
   Without a script, or where nobody was listed, Enter leads to the page of who was found. */
"use strict";

{
  const DELAY = 150; // milliseconds after the last letter
  const form = document.querySelector("form.find");
  if (form) listAsTyped(form);

  function listAsTyped(form) {
    const input = form.querySelector("input[type=search]");
    const said = form.querySelector("[role=status]");
    const list = form.querySelector("[role=listbox]");
    const { search, record, failed } = form.dataset;
    let waiting;
    let asking;
    let active = -1;
    let before; // what had the focus when `/` took it away

    for (const [name, value] of Object.entries({
      role: "combobox",
      autocomplete: "off",
      "aria-autocomplete": "list",
      "aria-controls": list.id,
      "aria-expanded": "false",
    }))
      input.setAttribute(name, value);

    const options = () => [...list.children];
    function open(option) {
      if ("patient" in option.dataset) location = record.replace("/0/", `/${option.dataset.patient}/`);
      else makeNew();
    }

    function makeNew() {
      const wish = document.createElement("input");
      wish.type = "hidden";
      wish.name = "new";
      form.append(wish);
      form.submit();
      wish.remove(); // who comes back looks for somebody again
    }

    function move(to) {
      const all = options();
      active = all.length ? (to + all.length) % all.length : -1;
      all.forEach((one, at) => one.setAttribute("aria-selected", String(at === active)));
      if (active < 0) return input.removeAttribute("aria-activedescendant");
      input.setAttribute("aria-activedescendant", all[active].id);
      all[active].scrollIntoView({ block: "nearest" });
    }

    function show(found) {
      list.replaceChildren(...found);
      list.hidden = !found.length;
      input.setAttribute("aria-expanded", String(!list.hidden));
      move(-1 - found.length); // at none of them
      active = -1;
      input.removeAttribute("aria-activedescendant");
      for (const one of options()) one.setAttribute("aria-selected", "false");
    }

    function close() {
      clearTimeout(waiting);
      asking?.abort();
      show([]);
    }

    async function look() {
      asking?.abort();
      const typed = input.value.trim();
      if (!typed) {
        said.textContent = "";
        return show([]);
      }
      const { signal } = (asking = new AbortController());
      const body = new URLSearchParams({ patient_search: typed });
      const headers = { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value };
      try {
        const answer = await fetch(search, { method: "POST", body, headers, signal, redirect: "manual" });
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        if (!answer.ok) throw answer;
        if (document.activeElement !== input) return;
        const found = [...page.querySelectorAll("[data-patient], [data-is-new]")];
        for (const one of found) one.id = `find-${one.id}`;
        show(found);
        said.textContent = page.querySelector("[data-said]").dataset.said;
      } catch {
        if (signal.aborted) return;
        show([]);
        said.textContent = failed;
      }
    }

    input.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(look, DELAY);
    });
    input.addEventListener("blur", close);
    input.addEventListener("focus", ({ relatedTarget }) => {
      before = relatedTarget ?? before;
      document.body.classList.add("finding"); // it may have given its room to the panel
    });
    const rail = form.closest(".rail");
    rail.addEventListener("focusout", ({ relatedTarget }) => {
      if (!rail.contains(relatedTarget)) document.body.classList.remove("finding");
    });
    input.addEventListener("keydown", (pressed) => {
      const { key, altKey, ctrlKey, metaKey, isComposing } = pressed;
      if (isComposing || altKey || ctrlKey || metaKey) return;
      if (key === "ArrowDown" || key === "ArrowUp") {
        pressed.preventDefault();
        if (list.hidden) look();
        else move(key === "ArrowDown" ? active + 1 : active < 0 ? -1 : active - 1);
      } else if (key === "Enter" && !list.hidden && (active >= 0 || options()[0].dataset.patient)) {
        pressed.preventDefault();
        open(options()[Math.max(active, 0)]);
      } else if (key === "Escape" && (!list.hidden || input.value)) {
        pressed.preventDefault();
        if (list.hidden) input.value = "";
        close();
        said.textContent = "";
      } else if (key === "Escape" && before?.isConnected) {
        pressed.preventDefault();
        before.focus();
      }
    });
    list.addEventListener("pointerdown", (pressed) => pressed.preventDefault()); // the field keeps the focus
    list.addEventListener("click", ({ target }) => {
      const option = target.closest("[role=option]");
      if (option) open(option);
    });
    document.addEventListener("keydown", (pressed) => {
      if (pressed.key !== "/" || pressed.ctrlKey || pressed.metaKey || pressed.altKey || pressed.defaultPrevented) return;
      if (pressed.target.closest("input, select, textarea, [contenteditable]") || document.querySelector("dialog:modal")) return;
      pressed.preventDefault();
      before = document.activeElement;
      input.focus();
      input.select();
    });
  }
}
