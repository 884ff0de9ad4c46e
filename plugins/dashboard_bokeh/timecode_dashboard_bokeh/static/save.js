// Saves an image. The page fetches it: a browser that followed the link would bring no credential, and would save a fault
// as a file.

import { call } from "./session.js";
import { fault } from "./trouble.js";

const links = "a[download]";

/** Take over the page's image links. `tell` gets a Trouble when one fails. */
export function follow(tell) {
  const take = async (event) => {
    const link = event.target.closest?.(links);
    if (!link?.href || link.href.startsWith("blob:")) return;
    event.preventDefault();
    if (link.getAttribute("aria-busy") === "true") return;
    link.setAttribute("aria-busy", "true");
    try {
      await save(link.href);
    } catch (error) {
      tell(error);
    } finally {
      link.removeAttribute("aria-busy");
    }
  };
  document.addEventListener("click", take);
  document.addEventListener("auxclick", take);
}

async function save(address) {
  const response = await call(address);
  if (!response.ok) throw await fault(response);
  const place = URL.createObjectURL(await response.blob());
  const named = /filename="?([^";]+)"?/.exec(response.headers.get("Content-Disposition") ?? "");
  const link = Object.assign(document.createElement("a"), { href: place, download: named?.[1] ?? "timecode.png" });
  link.click();
  setTimeout(() => URL.revokeObjectURL(place), 60_000);
}
