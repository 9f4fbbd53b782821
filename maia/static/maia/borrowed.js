// A passkey is sent by a form of its own: what is said of the computer goes with it.
const box = document.querySelector("input[type=checkbox][name=borrowed]");
const sent = document.getElementById("passkey_borrowed");
const copy = () => (sent.value = box.checked ? "on" : "");
box.addEventListener("change", copy);
window.addEventListener("pageshow", copy); // a browser that goes back ticks boxes by itself
copy();
