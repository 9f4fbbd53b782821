/* Choosing a patient: an editable combobox with a list, after the ARIA Authoring Practices. Letters search,
   arrows walk, Enter picks and never saves, Escape closes and then clears; who was picked is one line.
   Without a script the choices stand below the field, after saving. */
"use strict";

{
  const DELAY = 150; // milliseconds after the last letter

  function follow(field) {
    const input = field.querySelector("[name=patient_search]");
    const list = field.querySelector("[role=listbox]");
    const picked = field.querySelector(".picked");
    const said = field.querySelector("[role=status]");
    const help = field.querySelector("[id$=_helptext]");
    const form = input.form;
    const patient = document.createElement("input");
    patient.type = "hidden";
    patient.name = "patient";
    let waiting; // for the next letter
    let asking; // the request that is under way
    let active = -1; // the option that the arrows are at

    for (const [name, value] of Object.entries({
      role: "combobox",
      "aria-autocomplete": "list",
      "aria-controls": list.id,
      "aria-expanded": "false",
    }))
      input.setAttribute(name, value);

    const options = () => [...list.querySelectorAll("[role=option]")];

    function move(to) {
      const all = options();
      active = all.length ? (to + all.length) % all.length : -1;
      all.forEach((one, at) => one.setAttribute("aria-selected", String(at === active)));
      if (active < 0) return input.removeAttribute("aria-activedescendant");
      input.setAttribute("aria-activedescendant", all[active].id);
      all[active].scrollIntoView({ block: "nearest" });
    }

    function close() {
      clearTimeout(waiting);
      asking?.abort();
      list.hidden = true;
      list.replaceChildren();
      active = -1;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    }

    function tell(text, isRefused = false) {
      said.className = isRefused ? "error" : "unseen";
      said.textContent = text;
    }

    async function search() {
      clearTimeout(waiting);
      asking?.abort();
      if (!input.value.trim()) {
        tell("");
        return close();
      }
      asking = new AbortController();
      const { signal } = asking;
      const body = new URLSearchParams({ patient_search: input.value });
      const headers = { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value };
      let answer;
      try {
        answer = await fetch(field.dataset.search, { method: "POST", body, headers, signal, redirect: "manual" });
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        if (!answer.ok) return tell(page.querySelector("main p")?.textContent ?? field.dataset.failed, true);
        if (document.activeElement !== input) return;
        const found = page.querySelector("[data-said]");
        list.replaceChildren(...found.children);
        list.hidden = !list.childElementCount;
        input.setAttribute("aria-expanded", String(!list.hidden));
        active = -1;
        input.removeAttribute("aria-activedescendant");
        tell(found.dataset.said);
      } catch {
        if (!signal.aborted) tell(field.dataset.failed, true);
      }
    }

    /** Who is known, or somebody new of the name that was typed. */
    function pick(option) {
      close();
      if ("isNew" in option.dataset) return fillNew(form, option.dataset);
      choose(option.dataset.patient, option.children);
      form.elements.type.focus();
    }

    /** ``nodes``: her name, and what tells her apart. */
    function choose(pk, nodes = []) {
      const line = picked.querySelector("span");
      patient.value = pk;
      picked.hidden = !pk;
      input.hidden = Boolean(pk);
      help.hidden = Boolean(pk);
      field.querySelector("label").classList.toggle("unseen", Boolean(pk)); // her name says it
      const isNew = form.querySelector(".is-new");
      if (isNew) isNew.hidden = Boolean(pk);
      line.replaceChildren(...[...nodes].flatMap((node) => [node, " "]));
      if (pk) tell(`${picked.dataset.chosen} ${line.textContent.replace(/\s+/g, " ").trim()}`);
      patient.dispatchEvent(new Event("change", { bubbles: true }));
    }

    input.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(search, DELAY);
    });
    input.addEventListener("blur", close);
    input.addEventListener("keydown", (pressed) => {
      const { key, altKey, ctrlKey, metaKey, isComposing } = pressed;
      if (isComposing || ctrlKey || metaKey) return;
      const isOpen = !list.hidden;
      if (key === "ArrowDown" || key === "ArrowUp") {
        pressed.preventDefault();
        if (altKey && key === "ArrowUp") close();
        else if (!isOpen) search();
        else if (key === "ArrowDown") move(active + 1);
        else move(active < 0 ? -1 : active - 1);
      } else if (key === "Enter") {
        pressed.preventDefault();
        const one = isOpen && options()[Math.max(active, 0)];
        if (one) pick(one);
      } else if (key === "Escape" && (isOpen || input.value)) {
        pressed.preventDefault();
        if (!isOpen) input.value = "";
        close();
        tell("");
      }
    });
    list.addEventListener("pointerdown", (pressed) => pressed.preventDefault()); // the field keeps the focus
    list.addEventListener("click", ({ target }) => {
      const option = target.closest("[role=option]");
      if (option) pick(option);
    });
    picked.querySelector("button").addEventListener("click", () => {
      choose("");
      tell("");
      input.focus();
      input.select();
    });

    // What the page has chosen already, or has found for what was typed.
    const found = field.querySelector("#found");
    const chosen = found.querySelector("input[name=patient]:checked");
    found.replaceWith(patient);
    if (chosen?.value) choose(chosen.value, chosen.nextElementSibling.childNodes);
  }

  /** ``named``: what was typed, by the field that it belongs to. */
  function fillNew(form, named) {
    const { first_name: first, last_name: last } = form.elements;
    for (const [field, value] of Object.entries(named)) if (form.elements[field]) form.elements[field].value = value;
    first.closest("details").open = true;
    const { mobile } = form.elements; // with a name a number is asked for next
    ([first, last, mobile].find((field) => !field.value) ?? first).focus();
  }

  const followAll = (root) => {
    for (const field of root.querySelectorAll(".field.combobox")) follow(field);
  };
  followAll(document);
  document.addEventListener("maia:page", ({ target }) => followAll(target));
}
