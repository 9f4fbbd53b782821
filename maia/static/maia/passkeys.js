/* Passkeys are offered where the browser has them: not without scripts, not in the views that other
   applications have inside. */
if (window.PublicKeyCredential) document.documentElement.classList.add("passkeys");
