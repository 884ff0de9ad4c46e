// Folders in which the ecosystems keep their tests: `src/test/java`, `__tests__`, `spec/models`, `MyApp.Tests`.
const TEST_FOLDER = /^(?:tests?|__tests__|specs?|e2e|cypress|testdata|androidtest|(?:unit|integration|functional)[._-]?tests?|[^/]+\.(?:unit|integration)?tests?|[^/]+_tests?)$/i;
const TEST_NAMES = [
  // `test_a.py`, `test-a.R`, `a_test.go`, `a.test.ts`, `A.Tests.ps1`, `a_spec.rb`, `a.cy.ts`, `a_unittest.cc`
  /^tests?[_-][^/]*\.[^./]+$/i,
  /(?:[._-](?:unit)?tests?|[._]spec|\.e2e(?:-spec)?|\.cy)\.[^./]+$/i,
  // `ATest.java`, `ATests.swift`, `ATestCase.php`, `ASpec.scala`, `LampIT.java`
  /[A-Za-z0-9](?:Tests?|TestCase)\.[^./]+$/,
  /[A-Za-z0-9]Spec\.(?:scala|hs|groovy|kt|swift|php)$/,
  /[a-z0-9]IT\.(?:java|kt)$/,
  // `tests.rs`, `conftest.py`, `runtests.jl`, `a_SUITE.erl`, and kinds of files that hold nothing else
  /^(?:tests?|conftest|runtests|testthat|(?:spec|rails|test)_helper)\.[^./]+$/i,
  /_SUITE\.erl$/,
  /\.(?:feature|bats|robot|t|t\.sol)$/i,
];

const DOCS_ENDING = /\.(?:md|markdown|mdx|mkdn|rst|adoc|asciidoc|textile|pod|rdoc|org|typ|tex)$/i;
const DOCS_NAME = /^(?:readme|changelog|changes|history|news|contributing|contributors|authors|code_of_conduct|security|licen[cs]e|copying|notice|upgrading|todo)(?:\.txt)?$/i;
// Texts in a folder of documentation are that, too; its scripts and settings are code.
const DOCS_FOLDER = /^(?:docs?|documentation|manual|man|wiki|guides?)$/i;
const TEXT_ENDING = /(?<!^cmakelists|^requirements)\.(?:txt|html?|xml|dita|[1-9])$/i;

/** Whether a file is one of tests; the path begins at the workspace's folder. */
export function isTestFile(path: string): boolean {
  return hasTestName(path) || foldersOf(path).some((folder) => TEST_FOLDER.test(folder));
}

/** Whether a file is called as tests are. */
export function hasTestName(path: string): boolean {
  const name = nameOf(path);
  return TEST_NAMES.some((pattern) => pattern.test(name));
}

/** Whether a file is documentation, that of tests included; the path begins at the workspace's folder. */
export function isDocumentation(path: string): boolean {
  const name = nameOf(path);
  if (DOCS_ENDING.test(name) || DOCS_NAME.test(name)) return true;
  return TEXT_ENDING.test(name) && foldersOf(path).some((folder) => DOCS_FOLDER.test(folder));
}

function nameOf(path: string): string {
  return path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
}

function foldersOf(path: string): string[] {
  return path.split(/[\\/]/).slice(0, -1);
}
