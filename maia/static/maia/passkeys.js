/* Passkeys are offered where the browser has them: not without scripts, not in the views that other
   applications have inside, not at an address that is a number, where no browser takes one. What went
   wrong with one is said beside its button. */

{
  const named = !/^[\d.]+$|:/.test(location.hostname.replace(/^\[|\]$/g, ""));
  const root = document.documentElement;
  if (window.PublicKeyCredential) root.classList.add(named ? "passkeys" : "passkeys-elsewhere");

  const words = { NotAllowedError: "cancelled", InvalidStateError: "already", SecurityError: "elsewhere" };

  document.addEventListener("allauth.error", (event) => {
    const refusal = document.querySelector(".passkey-refusal");
    const button = document.querySelector("#passkey_login, [id^='mfa_webauthn_']");
    if (!refusal || !button) return;
    event.preventDefault();
    (button.closest(".actions") || button).before(refusal);
    refusal.hidden = false;
    refusal.textContent = "";
    // On the next turn, so that the same words are read aloud a second time.
    setTimeout(() => {
      refusal.textContent = refusal.dataset[words[event.detail.exception.name] || "failed"];
    });
  });

  const link = document.querySelector(".needs-a-name a");
  if (link) link.href = `${location.protocol}//localhost:${location.port}${location.pathname}`;
}
