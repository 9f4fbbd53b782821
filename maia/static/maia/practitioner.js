/* The professional sheet: the SMS back to Maia's own words, with its preview. */

const reset = document.getElementById("reset-sms");
const template = document.getElementById("id_sms_template");
const follow = () => {
  reset.hidden = !template.value;
};
template.addEventListener("input", follow);
reset.addEventListener("click", () => {
  template.value = "";
  template.dispatchEvent(new Event("input", { bubbles: true }));
  template.focus();
});
follow();
