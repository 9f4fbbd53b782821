/* Every way back to the agenda leads to where this tab was in it: the day, the view, the choices. */

{
  const agenda = document.currentScript.dataset.agenda;
  const KEPT = "maia-agenda";
  const searchKept = () => {
    try {
      return JSON.parse(sessionStorage.getItem(KEPT))?.search ?? "";
    } catch {
      return "";
    }
  };
  // A tab of its own, opened from the agenda, has nothing kept yet: the page before says it.
  const before = document.referrer && new URL(document.referrer);
  const search =
    searchKept() || (before && before.origin === location.origin && before.pathname === agenda ? before.search : "");
  if (search.startsWith("?")) {
    const leadBack = () => {
      for (const link of document.querySelectorAll(`a[href="${agenda}"]`)) link.setAttribute("href", agenda + search);
    };
    leadBack();
    document.addEventListener("htmx:after:swap", leadBack);
  }
}
