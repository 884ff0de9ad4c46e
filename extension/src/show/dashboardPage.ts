import { html } from "./html";

export interface DashboardFacts {
  readonly png?: Uint8Array | undefined;
  /** Why there is no picture. */
  readonly problem?: string | undefined;
  /** The service's address on its machine. */
  readonly url: string;
  readonly port: number;
  /** The name of that machine, as it calls itself. */
  readonly machine: string;
}

/** A page without scripts and without anything from elsewhere: the picture is in it. */
export function dashboardPage({ png, problem, url, port, machine }: DashboardFacts): string {
  const picture = png
    ? html`<img src="data:image/png;base64,${Buffer.from(png).toString("base64")}" alt="The dashboard of the last 30 days">`
    : html`<p role="alert">There is no picture either: ${problem ?? ""}.</p>`;
  return html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<style>body { line-height: 1.5; } img { max-width: 100%; } code { user-select: all; }</style>
<title>Timecode: the dashboard</title>
</head>
<body>
<p>The dashboard can't be opened from this window: no link of the editor's leads a browser to ${url} on ${machine}, the one address that the service answers to.</p>
<ul>
<li>In a browser on that machine: <a href="command:timecode.copyDashboardLink">copy a link</a> that is good once, within a minute.</li>
<li>From another machine: first <code>ssh -L ${port}:127.0.0.1:${port} ${machine}</code> there, then such a link.</li>
</ul>
<p><a href="command:timecode.openDashboard">Draw it anew</a> · <a href="command:timecode.exportChart">Save a chart</a></p>
${picture}
</body>
</html>
`.text;
}
