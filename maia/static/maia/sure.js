/* A question in the page's own words, before what would be lost or laid over: the agenda and its panel ask
   with it. One at a time; who closes it without an answer has said no. */
"use strict";

const sure = (() => {
  const box = document.getElementById("sure-of-it");
  const [yes, no] = box.querySelectorAll("button");

  /** ``reasons``: a line each. Whoever asks meanwhile is told no: the first question stands. */
  return (question, reasons, [act, keep]) => {
    if (box.open) return Promise.resolve(false);
    const opener = document.activeElement;
    box.querySelector("h2").textContent = question;
    box.querySelector("ul").replaceChildren(
      ...reasons.map((reason) => Object.assign(document.createElement("li"), { textContent: reason })),
    );
    box.querySelector("ul").hidden = !reasons.length;
    [yes.textContent, no.textContent] = [act, keep];
    box.returnValue = "";
    box.showModal();
    no.focus(); // a key that was meant for something else does no harm
    return new Promise((answered) => {
      const closed = () => {
        if (opener?.isConnected) opener.focus({ preventScroll: true });
        answered(box.returnValue === yes.value);
      };
      box.addEventListener("close", closed, { once: true });
    });
  };
})();
