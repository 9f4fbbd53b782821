/* A page that answers an act begins at its answer: what was refused, or what was done. Who reads by ear hears
   it, who goes by keys goes on from there; the focus is never left on nothing. */

{
  const SAID = "main [aria-invalid=true]:not([type=hidden]), main .refusal, main .message.success, main .message.error";
  const said = document.querySelector(SAID);
  if (said && (document.activeElement === document.body || said.matches("[aria-invalid], .refusal"))) {
    if (!said.matches("input, select, textarea")) said.tabIndex = -1;
    said.closest("details")?.setAttribute("open", "");
    said.focus();
  }
}
