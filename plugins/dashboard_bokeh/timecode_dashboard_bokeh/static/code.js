// The one-time code of the link that `timecode open` leads to. It is taken out of the address before anything else.

/** The address's code, if it has one; the address does not any more. The query stays. */
export function takeCode() {
  const found = /^#code(?:=|%3D)(.*)$/.exec(location.hash); // VS Code opens a link with its "=" escaped
  if (!found) return null;
  history.replaceState(history.state, "", location.pathname + location.search);
  return found[1];
}

/** The code that this page was opened with. */
export const opening = takeCode();
