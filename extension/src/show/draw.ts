import * as vscode from "vscode";
import type { App } from "../app";
import { withSession } from "../client/service";

// The first picture starts a browser on the service's side.
const DRAWING_MS = 120_000;

/** Has the service draw a chart as a PNG, in the editor's own kind of theme. Throws a LinkError. */
export function draw(app: App, chart: string, period: string): Promise<Uint8Array> {
  const asked = { chart, period, theme: theme(), scale: "2" };
  return withSession(app.connection.finder, (session) => session.picture("/api/v1/export/png", asked, DRAWING_MS));
}

function theme(): "light" | "dark" {
  const { Light, HighContrastLight } = vscode.ColorThemeKind;
  return [Light, HighContrastLight].includes(vscode.window.activeColorTheme.kind) ? "light" : "dark";
}
