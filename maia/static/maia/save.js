/* Ctrl+Enter (⌘+Enter) saves the form that one is in, by its first button that saves; it destroys nothing. */

document.addEventListener("keydown", (pressed) => {
  const { key, target } = pressed;
  if (key !== "Enter" || !(pressed.ctrlKey || pressed.metaKey) || pressed.defaultPrevented) return;
  const form =
    target.closest("main form[method=post], #panel form[method=post]") ??
    (target.closest(".refusal") && document.querySelector("form#note")); // what it was refused for stands below
  const saves = "button:not([type=button], [formnovalidate], .plain, .danger, .unseen)";
  const button = [...(form?.elements ?? [])].find((one) => one.matches(saves));
  if (!button) return;
  pressed.preventDefault();
  form.requestSubmit(button);
});
