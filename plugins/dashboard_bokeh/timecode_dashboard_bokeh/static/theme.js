// Runs before the first paint, so that the page never flashes in the wrong theme.
(() => {
  let kept = null;
  try {
    kept = localStorage.getItem("timecode-theme");
  } catch {
    // Storage may be switched off; the system's preference is then all there is.
  }
  const dark = kept === "dark" || (kept !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset.theme = dark ? "dark" : "light";
})();
