/** All by the theme's own colours, so that light, dark and high contrast are as the person set them. */
export const STYLE = `
body { margin: 0; padding: 4px 20px 16px; color: var(--vscode-foreground); font: var(--vscode-font-size)/1.4 var(--vscode-font-family); }
p { margin: 0 0 8px; }
a { color: var(--vscode-textLink-foreground); }
:focus-visible { outline: 1px solid var(--vscode-focusBorder); outline-offset: 2px; }
.total { margin: 4px 0 0; font-size: 1.8em; line-height: 1.3; font-variant-numeric: tabular-nums; }
.button + .total { margin-top: 16px; }
.muted { color: var(--vscode-descriptionForeground); }
.message { margin: 4px 0 12px; padding: 0 0 0 10px; border-left: 3px solid var(--vscode-editorWarning-foreground); overflow-wrap: anywhere; }
.calm { border-left-color: var(--vscode-charts-blue); }
.button { display: block; max-width: 300px; margin: 12px auto 0; padding: 5px 10px; box-sizing: border-box; text-align: center; text-decoration: none;
  color: var(--vscode-button-foreground); background: var(--vscode-button-background); border: 1px solid var(--vscode-button-border, transparent); border-radius: 2px; }
.button:hover { background: var(--vscode-button-hoverBackground); }
h2, caption { margin: 16px 0 6px; padding: 0; font-size: 1em; font-weight: 600; text-align: left; }
.hours { display: block; overflow: visible; }
.bar { fill: var(--vscode-charts-blue); }
.bar:hover { opacity: 0.8; }
.grid line { stroke: var(--vscode-descriptionForeground); stroke-opacity: 0.3; shape-rendering: crispEdges; }
.hours text { fill: var(--vscode-descriptionForeground); font-size: 11px; }
table { width: 100%; border-collapse: collapse; table-layout: fixed; }
.projects caption { margin: 16px 0 2px; }
.projects th { padding: 4px 0 2px; font-weight: normal; text-align: left; overflow: hidden; white-space: nowrap; text-overflow: ellipsis; }
.projects td { width: 6.5em; padding: 4px 0 2px; vertical-align: top; text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
.projects svg { display: block; margin-top: 2px; }
.spoken { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
`;
