/* Buttons that copy what stands in a field. Without them, it is selected and copied by hand. */

for (const button of document.querySelectorAll("[data-copy-from]")) {
  if (!navigator.clipboard) continue; // not over https
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copyFrom).value);
    const words = button.textContent;
    button.textContent = button.dataset.done;
    setTimeout(() => (button.textContent = words), 2000);
  });
}
