import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { test } from "node:test";

const root = resolve(__dirname, "..");
const read = (name: string): string => readFileSync(join(root, name), "utf8");

interface Manifest {
  engines: { vscode: string };
  extensionKind: string[];
  capabilities: { untrustedWorkspaces: { supported: unknown }; virtualWorkspaces: { supported: unknown } };
  contributes: {
    commands: { command: string }[];
    walkthroughs: { steps: { id: string; description: string; completionEvents?: string[] }[] }[];
    menus: { commandPalette: { command: string; when: string }[] };
    configuration: { properties: { [name: string]: { scope: string; ignoreSync?: boolean; markdownDescription: string } } }[];
  };
}
const manifest = JSON.parse(read("package.json")) as Manifest;
const settings = Object.assign({}, ...manifest.contributes.configuration.map(({ properties }) => properties)) as Manifest["contributes"]["configuration"][0]["properties"];

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts")).map((name) => join(folder, name));
}

/** Every module that a file draws in, by relative imports. */
function reach(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const [, target = ""] of read(file).matchAll(/from "(\.[^"]+)"/g)) reach(relative(root, join(root, dirname(file), `${target}.ts`)), seen);
  return seen;
}

test("queue and client reach no editor, however far their imports go", () => {
  const files = [...sources("src/queue"), ...sources("src/client")];
  assert.ok(files.length > 15);
  for (const file of files) for (const reached of reach(file)) assert.doesNotMatch(read(reached), /from "vscode"/, `${file} reaches ${reached}`);
});

test("the typing path touches no file, and nothing anywhere waits for one", () => {
  for (const file of sources("src")) assert.doesNotMatch(read(file), /\w+Sync\(/, file);
  for (const reached of reach("src/observe/observer.ts")) assert.doesNotMatch(read(reached), /node:fs|\.fs\b/, reached);
});

test("the bundle holds no address but this machine's, and is small", () => {
  const bundle = read("dist/extension.js");
  const hosts = [...bundle.matchAll(/\b(?:https?|wss?|ftp):\/\/([^\s"'`/)\\]*)/g)].map(([, host = ""]) => host);
  assert.ok(hosts.length > 0);
  for (const host of hosts) assert.match(host, /^(?:127\.0\.0\.1(?::4821)?|localhost|\[?\$\{.*|\[)?$/, host);
  // Names of hosts outside of a URL: a word, a dot, and a public suffix that services use.
  assert.deepEqual(bundle.match(/["'`][a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:com|org|net|io|dev|app|cloud)\b/g) ?? [], []);
  assert.ok(statSync(join(root, "dist/extension.js")).size <= 190_000);
});

test("every command is registered, and every registered one can be found", () => {
  const registered = [...read("src/show/commands/register.ts").matchAll(/^ {4}(\w+): \(\) =>/gm)].map(([, name = ""]) => `timecode.${name}`);
  assert.deepEqual(registered.sort(), manifest.contributes.commands.map(({ command }) => command).sort());
});

test("pause and resume are offered by what the person paused, not by what a workspace sets", () => {
  const whens = Object.fromEntries(manifest.contributes.menus.commandPalette.map(({ command, when }) => [command, when]));
  assert.deepEqual(whens, { "timecode.pause": "!timecode.paused", "timecode.resume": "timecode.paused" });
  assert.match(read("src/show/contexts.ts"), /"paused", !recording/);
});

test("a first step ends with what it is about: a setting that is there, or something that the extension found to be so", () => {
  const code = sources("src").map(read).join("\n");
  for (const { id, description, completionEvents } of manifest.contributes.walkthroughs[0]?.steps ?? []) {
    assert.ok(completionEvents && completionEvents.length > 0, `${id} would end by being looked at`);
    for (const event of completionEvents) {
      const [kind, name = ""] = event.split(":");
      if (kind === "onSettingChanged") assert.ok(settings[name], name);
      else assert.ok(kind === "onContext" && code.includes(`"${name.replace("timecode.", "")}"`) || code.includes(`"${name}"`), event);
    }
    assert.doesNotMatch(description, /`/, "the editor shows backticks as they are");
    for (const [, command = ""] of description.matchAll(/\(command:([\w.]+)/g)) assert.match(command, /^workbench\.|^timecode\./);
  }
});

test("nothing tells to install what isn't published", () => {
  for (const file of ["package.json", "README.md", "CHANGELOG.md", "dist/extension.js", ...readdirSync(join(root, "media/walkthrough")).map((name) => join("media/walkthrough", name))]) {
    assert.doesNotMatch(read(file), /(?:pipx?|uv tool|uv) install [a-z]/, file);
  }
});

test("every setting is read, and described in the manifest and in the README", () => {
  const code = read("src/settings.ts");
  const readme = read("README.md");
  for (const [name, { markdownDescription }] of Object.entries(settings)) {
    assert.ok(code.includes(`"${name.replace("timecode.", "")}"`), `${name} is not read`);
    assert.ok(readme.includes(`\`${name}\``), `${name} is not in the README`);
    assert.ok(markdownDescription.length > 10, name);
  }
});

test("a repository's settings can't move the service, the token or the command, nor loosen what is recorded", () => {
  const open = Object.entries(settings).filter(([, { scope }]) => scope === "resource").map(([name]) => name);
  assert.deepEqual(open.sort(), ["timecode.enabled", "timecode.exclude", "timecode.paths", "timecode.recordBranches"]);
  for (const [name, { scope }] of Object.entries(settings)) if (!open.includes(name)) assert.equal(scope, "application", name);
  for (const name of ["url", "home", "token", "command"]) assert.equal(settings[`timecode.${name}`]?.ignoreSync, true, name);
});

test("the manifest says where the extension runs", () => {
  assert.deepEqual(manifest.extensionKind, ["ui", "workspace"]);
  assert.equal(manifest.engines.vscode, "^1.96.0");
  assert.notEqual(manifest.capabilities.untrustedWorkspaces.supported, undefined);
  assert.notEqual(manifest.capabilities.virtualWorkspaces.supported, undefined);
});

test("the lock file names no place to download from", () => {
  assert.doesNotMatch(read("package-lock.json"), /"resolved"/);
});

test("the licence is shipped whole", () => {
  assert.equal(read("LICENSE"), readFileSync(join(root, "..", "LICENSE"), "utf8"));
  assert.match(read("LICENSE"), /MIT License/);
});
