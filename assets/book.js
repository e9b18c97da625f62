// The theme lets the keyboard scroll what is too wide, but it measures only
// when the window changes: measure again when something folded is opened.
document.addEventListener("toggle",
  () => window.dispatchEvent(new Event("resize")), true);
// On paper nothing is folded.
window.addEventListener("beforeprint", () => {
  for (const fold of document.querySelectorAll("details"))
    fold.open = true;
});
