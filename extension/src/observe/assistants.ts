import type { Editor } from "./editor";

// Extensions that write into files by themselves.
const ASSISTANTS = [
  "amazonwebservices.amazon-q-vscode",
  "anthropic.claude-code",
  "augment.vscode-augment",
  "blackboxapp.blackboxagent",
  "codeium.codeium",
  "continue.continue",
  "github.copilot-chat",
  "google.geminicodeassist",
  "kilocode.kilo-code",
  "openai.chatgpt",
  "rooveterinaryinc.roo-cline",
  "saoudrizwan.claude-dev",
  "sourcegraph.amp",
  "sourcegraph.cody-ai",
  "sst-dev.opencode",
  "supermaven.supermaven",
  "tabnine.tabnine-vscode",
  "zencoderai.zencoder",
];
// Editors that bring one along.
const EDITORS = /^(?:Antigravity|Cursor|Kiro|PearAI|Qoder|Trae|Void|Windsurf)\b/i;
// Extensions that take the keys and move the cursor themselves, so that the editor tells of commands, not of keys.
const MODAL = ["asvetliakov.vscode-neovim", "gregoire.dance", "jasew.vscode-helix-emulation", "vscodevim.vim"];

/** Whether a program that writes by itself is known to be there. */
export function hasAssistant({ env, extensions }: Editor): boolean {
  return EDITORS.test(env.appName) || anyActive(extensions, ASSISTANTS);
}

/** Whether an extension edits for the person, key by key. */
export function hasModalKeys({ extensions }: Editor): boolean {
  return anyActive(extensions, MODAL);
}

function anyActive(extensions: Editor["extensions"], ids: readonly string[]): boolean {
  return ids.some((id) => extensions.getExtension(id)?.isActive === true);
}
