import * as vscode from "vscode";
import type { App } from "../../app";
import { draw } from "../draw";
import { CHARTS, PERIODS } from "../png";

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
    () => draw(app, chart.chart, chosen.period),
  );
  await vscode.workspace.fs.writeFile(target, picture);
  const open = "Open";
  const choice = await vscode.window.showInformationMessage("The chart was saved.", open);
  if (choice === open) await vscode.commands.executeCommand("vscode.open", target);
}

function suggestion(chart: string, period: string): vscode.Uri {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file(process.cwd());
  return vscode.Uri.joinPath(folder, `timecode-${chart}-${period}.png`);
}
