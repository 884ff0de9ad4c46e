import assert from "node:assert/strict";
import * as path from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import type { Project } from "../src/describe/project";
import { Automaton } from "../src/describe/automaton";
import { ELSEWHERE, HERE, matcher, nameMatcher } from "../src/describe/glob";
import { PATH_STYLES, among, excluding, hiding, redact, strictest, stricter, type Lists, type PathStyle, type Place, type PrivacyRules } from "../src/describe/privacy";

// No letter of a hash and no word of the place itself, nor one part within another.
const word = fc.stringMatching(/^[g-z]{6,12}$/);
const tree = fc.record({ above: word, root: word, folder: word, stem: word }).filter((one) => {
  const parts = Object.values(one);
  return parts.every((part, at) => parts.every((other, here) => at === here || !other.includes(part)));
});

const NONE: Lists = { hiddenProjects: [], excludedProjects: [], exclude: [] };

function rules(paths: PathStyle, more: Partial<PrivacyRules> = {}): PrivacyRules {
  return { paths, branches: true, hidesProject: () => false, hashKey: "key", ...more };
}

function project(name: string, root: string, more: Partial<Project> = {}): Project {
  return { name, branch: "b", root, path: "", sure: true, names: [name], paths: [], resolved: true, ...more };
}

function redacted(file: string, of: Project, by: PrivacyRules, flavour: path.PlatformPath): Place {
  return redact({ ...of, path: file }, by, flavour);
}

test("each path setting lets out what it names and nothing else, on POSIX and on Windows", () => {
  fc.assert(fc.property(tree, fc.constantFrom(...PATH_STYLES), fc.boolean(), ({ above, root, folder, stem }, style, windows) => {
    const flavour = windows ? path.win32 : path.posix;
    const base = flavour.join(windows ? "C:\\" : "/", above, root);
    const file = flavour.join(base, folder, `${stem}.py`);
    const place = JSON.stringify(redacted(file, project("shown", base), rules(style), flavour));
    const parts = { absolute: [above, root, folder, stem], relative: [folder, stem], name: [stem], hashed: [], hidden: [] }[style];
    for (const part of [above, root, folder, stem]) assert.equal(place.includes(part), (parts as string[]).includes(part), `${style} ${part} ${place}`);
    assert.equal(place.includes('"root"'), style === "absolute");
  }));
});

test("relative paths have forward slashes, and a file outside of its project is its name", () => {
  const windows = project("p", "C:\\code\\p");
  assert.equal(redacted("C:\\code\\p\\src\\a.ts", windows, rules("relative"), path.win32).entity, "src/a.ts");
  assert.equal(redacted("D:\\other\\a.ts", windows, rules("relative"), path.win32).entity, "a.ts");
  assert.equal(redacted("/x/y/a.ts", project("", ""), rules("relative"), path.posix).entity, "a.ts");
  assert.equal(redacted("/code/pp/a.ts", project("p", "/code/p"), rules("relative"), path.posix).entity, "a.ts");
});

test("a hash is the same for the same file, another for another file or key, and none without a key", () => {
  const of = (file: string, hashKey: string): string =>
    redacted(file, project("p", "/p"), rules("hashed", { hashKey }), path.posix).entity;
  assert.match(of("/p/a", "k"), /^hashed-[0-9a-f]{32}$/);
  assert.equal(of("/p/a", "k"), of("/p/a", "k"));
  assert.notEqual(of("/p/a", "k"), of("/p/b", "k"));
  assert.notEqual(of("/p/a", "k"), of("/p/a", "l"));
  assert.equal(of("/p/a", ""), "HIDDEN");
});

test("a hidden project is hidden whatever the path setting", () => {
  for (const style of PATH_STYLES) {
    const place = redacted("/a/p/f", project("p", "/a/p"), rules(style, { hidesProject: () => true }), path.posix);
    assert.deepEqual(place, { entity: "HIDDEN", project: "HIDDEN", branch: "" });
  }
});

test("a project whose name can't be told is hidden if any project must not be named", () => {
  const unsure = project("p", "/a/p", { sure: false });
  for (const some of [{ hiddenProjects: ["x"] }, { excludedProjects: ["x"] }]) {
    const hidesProject = hiding({ ...NONE, ...some });
    assert.deepEqual(redacted("/a/p/f", unsure, rules("absolute", { hidesProject }), path.posix), { entity: "HIDDEN", project: "HIDDEN", branch: "" });
    assert.equal(hidesProject(project("p", "/a/p")), false);
  }
  for (const none of [NONE, { ...NONE, exclude: ["*.env"] }]) assert.equal(hiding(none)(unsure), false);
  assert.equal(hiding({ ...NONE, hiddenProjects: ["p"] })(project("p", "/a/p")), true);
});

test("behind a link that can't be followed all is hidden if any file must not be recorded", () => {
  const lost = project("p", "/a/p", { resolved: false });
  assert.equal(hiding({ ...NONE, exclude: ["*.env"] })(lost), true);
  assert.equal(hiding(NONE)(lost), false);
});

test("a file is excluded by any path that leads to it", () => {
  const linked = { paths: ["/a/alias/f", "/a/secret/f"] };
  for (const [glob, matches] of [["alias/**", true], ["/a/secret", true], ["/a/other", false]] as const) assert.equal(excluding([glob], HERE)(linked), matches);
});

test("of the settings of all folders that a file is in, the strictest hold", () => {
  const settings = fc.record({ enabled: fc.boolean(), paths: fc.constantFrom(...PATH_STYLES), branches: fc.boolean(), exclude: fc.array(fc.string()) });
  fc.assert(fc.property(fc.array(settings, { minLength: 1 }), (all) => {
    const { enabled, paths, branches, exclude } = strictest(all);
    for (const one of all) {
      assert.ok((one.enabled || !enabled) && (one.branches || !branches) && one.exclude.every((glob) => exclude.includes(glob)));
      assert.equal(stricter(one.paths, paths), paths);
    }
    assert.ok(all.some((one) => one.paths === paths));
  }));
});

test("a rule on any name that a project goes by is on it", () => {
  const renamed = project("Lamp", "/a/lighthouse", { names: ["Lamp", "lighthouse", "My lamp"] });
  for (const rule of ["Lamp", "lighthouse", "My *"]) {
    assert.equal(among([rule])(renamed), true);
    assert.equal(hiding({ ...NONE, hiddenProjects: [rule] })(renamed), true);
  }
  assert.equal(among(["light"])(renamed), false);
  assert.equal(among(["*"])(project("", "", { names: [] })), false);
});

test("a workspace can tighten the path setting and not loosen it", () => {
  for (const own of PATH_STYLES) for (const other of PATH_STYLES) {
    const index = (style: PathStyle): number => PATH_STYLES.indexOf(style);
    assert.equal(index(stricter(own, other)), Math.max(index(own), index(other)));
  }
});

test("globs match as people expect", () => {
  const cases: [string, string, boolean][] = [
    ["*.env", "/home/me/p/.env", true], ["*.env", "/home/me/p/prod.env", true], ["*.env", "/home/me/p/env", false],
    ["**/secrets/**", "/p/secrets/a/b", true], ["**/secrets/**", "/p/secretsauce/a", false],
    ["/home/me/diary", "/home/me/diary/today.md", true], ["/home/me/diary", "/home/me/diary2/today.md", false],
    ["src/*.ts", "/p/src/a.ts", true], ["src/*.ts", "/p/src/b/a.ts", false], ["src/**/*.ts", "/p/src/b/c/a.ts", true], ["src/**/*.ts", "/p/src/a.ts", true],
    ["node_modules/", "/p/node_modules/x/y.js", true], ["*.{key,pem}", "/p/a.pem", true], ["*.{key,pem}", "/p/a.pub", false],
    ["file[0-9].txt", "/p/file7.txt", true], ["file[!0-9].txt", "/p/file7.txt", false], ["a?c", "/abc", true], ["a?c", "/a/c", false],
    ["a.c", "/abc", false], ["C:/work", "C:\\work\\x", true], ["a+(b)", "/a+(b)", true], ["{", "/{", true], ["[", "/[", true],
  ];
  for (const [pattern, file, matches] of cases) assert.equal(matcher([pattern])(file), matches, `${pattern} ${file}`);
  assert.equal(matcher([])("/a"), false);
  assert.equal(matcher(["", " "])("/a"), false);
});

test("any pattern makes a matcher, and none throws", () => {
  fc.assert(fc.property(fc.string({ maxLength: 30, unit: fc.constantFrom(...Array.from("*?[]{}!-,/\\~ab")) }), fc.string({ maxLength: 200 }), (pattern, file) => {
    assert.equal(typeof matcher([pattern])(file), "boolean");
    assert.equal(typeof nameMatcher([pattern])(file), "boolean");
  }));
  assert.equal(matcher(["[z-a]*"])("/p/a"), false);
});

test("a pattern whose text a path doesn't hold is passed over, and no other", () => {
  const some = fc.array(fc.constantFrom("**/", "**", ...Array.from("*?[]{}!-,/ab")), { minLength: 1, maxLength: 8 }).map((parts) => parts.join(""));
  const posix = { home: undefined, ignoreCase: false };
  fc.assert(fc.property(some, fc.string({ maxLength: 6, unit: fc.constantFrom("/", "a", "b") }), (pattern, file) => {
    const whole = pattern.replace(/(?<!\/)\/+$/, "");
    const plain = new Automaton("", whole.startsWith("/") || whole.startsWith("**") ? whole : `**/${whole}`);
    assert.equal(matcher([pattern], posix)(file), plain.matches(file), `${pattern} ${file}`);
  }), { numRuns: 5_000 });
});

test("a list that comes again is made into nothing anew, and a changed one is", () => {
  const list = ["*.env"];
  assert.equal(matcher(list), matcher([...list]));
  assert.notEqual(matcher(list), matcher(list, ELSEWHERE));
  assert.equal(nameMatcher(["a", "b"]), nameMatcher(["a", "b"]));
  list.push("*.pem");
  assert.equal(matcher(list)("/p/a.pem"), true);
  assert.notEqual(matcher(["a", "b"]), matcher(["a\0b"]));
});

test("no pattern holds the editor up, whatever a cloned repository's settings say", () => {
  const name = "a".repeat(200);
  const deep = "/x".repeat(200);
  const began = process.cpuUsage();
  assert.equal(matcher([`${"*a".repeat(40)}b`])(`/p/${name}`), false);
  assert.equal(matcher([`${"**/".repeat(40)}zzz`])(deep), false);
  assert.equal(matcher([`${"{a,*a}".repeat(30)}b`])(`/p/${name}`), false);
  assert.equal(matcher([`${"{".repeat(4_000)}a${"}".repeat(4_000)}`])("/p/b"), false);
  assert.equal(nameMatcher([`${"*a".repeat(40)}b`])(name), false);
  const { user, system } = process.cpuUsage(began);
  // Its own work, which others on the machine hardly lengthen; going back in the text would take years.
  assert.ok(user + system < 5_000_000);
  assert.equal(matcher(Array.from({ length: 2_000 }, (_, n) => `folder-${n}`))("/p/a"), true, "too long a list excludes all");
});

test("excluded files are told on Windows and in the home folder too", () => {
  const windows = { home: "C:\\Users\\Me", ignoreCase: true };
  const posix = { home: "/home/m[e]", ignoreCase: false };
  const cases: [string, string, typeof posix, boolean][] = [
    ["C:\\secrets\\**", "c:\\secrets\\a", windows, true], ["C:/secrets", "c:\\secrets\\a", windows, true], ["C:/secrets", "c:/secrets/a", posix, true],
    ["**\\Diary\\*.MD", "c:\\me\\diary\\a.md", windows, true], ["C:\\", "c:\\a", windows, true], ["C:/secrets", "d:\\secrets\\a", windows, false],
    ["~/diary", "c:\\users\\me\\diary\\a", windows, true], ["~/diary", "/home/m[e]/diary/a", posix, true], ["~", "/home/m[e]/a", posix, true],
    ["~/diary", "/home/me/diary/a", posix, false], ["~x", "/home/m[e]/~x", posix, true], ["Diary", "/p/diary/a", posix, false], ["/", "/a", posix, true],
  ];
  for (const [pattern, file, options, matches] of cases) assert.equal(matcher([pattern], options)(file), matches, `${pattern} ${file}`);
});

test("on another machine a home folder is whatever may be one", () => {
  const [admin, mac] = ["/root", "/Users/Me"];
  const cases: [string, string, boolean][] = [
    ["~/diary", "/home/me/diary/a", true], ["~/diary", `${admin}/diary/a`, true], ["~/diary", `${mac}/Diary/a`, true], ["~/diary", "/c:/Users/Me/diary/a", true],
    ["~/diary", "/var/home/me/diary/a", true], ["~/diary", "/srv/diary/a", false], ["~/diary", "/home/diary/a", false], ["~", `${admin}/a`, true],
    ["C:/secrets", "/c:/Secrets/a", true], ["C:\\secrets", "/C:/secrets/a", true], ["D:/secrets", "/c:/secrets/a", false],
  ];
  for (const [pattern, file, matches] of cases) assert.equal(matcher([pattern], ELSEWHERE)(file), matches, `${pattern} ${file}`);
});

test("project names match whole, with a star for anything", () => {
  assert.equal(nameMatcher(["client-*"])("client-a/b"), true);
  assert.equal(nameMatcher(["client"])("client-a"), false);
  assert.equal(nameMatcher(["a.b"])("axb"), false);
});
