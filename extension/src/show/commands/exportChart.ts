import * as vscode from "vscode";
import type { App } from "../../app";
import { CHARTS, PERIODS } from "../png";

// The first picture starts a browser on the service's side.
const DRAWING_MS = 120_000;

/** Saves a chart as a PNG file: which one, of which days, and where are asked for. */
export async function exportChart(app: App): Promise<void> {
  const chart = await vscode.window.showQuickPick([...CHARTS], { title: "Export a chart as PNG", placeHolder: "Which chart?" });
  if (!chart) return;
  const chosen = await vscode.window.showQuickPick([...PERIODS], { title: chart.label, placeHolder: "Of which days?" });
  if (!chosen) return;
  const target = await vscode.window.showSaveDialog({ filters: { PNG: ["png"] }, defaultUri: suggestion(chart.chart, chosen.period) });
  if (!target) return;
  const picture = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: "Timecode is drawing the chart …" },
    () => draw(app, { chart: chart.chart, period: chosen.period, theme: theme(), scale: "2" }),
  );
  await vscode.workspace.fs.writeFile(target, picture);
  const open = "Open";
  const choice = await vscode.window.showInformationMessage("The chart was saved.", open);
  if (choice === open) await vscode.commands.executeCommand("vscode.open", target);
}

async function draw(app: App, params: { [key: string]: string }): Promise<Uint8Array> {
  const session = await app.connection.service.open();
  try {
    return await session.picture("/api/v1/export/png", params, DRAWING_MS);
  } finally {
    session.close();
  }
}

function theme(): "light" | "dark" {
  const { Light, HighContrastLight } = vscode.ColorThemeKind;
  return [Light, HighContrastLight].includes(vscode.window.activeColorTheme.kind) ? "light" : "dark";
}

function suggestion(chart: string, period: string): vscode.Uri {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file(process.cwd());
  return vscode.Uri.joinPath(folder, `timecode-${chart}-${period}.png`);
}
