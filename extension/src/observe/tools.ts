/** What people start in a terminal, and by which words it tests or builds. Words are in small letters; `*` is anything. */
export interface Tool {
  readonly names: string;
  /** Subcommands, targets, scripts or, with their dashes, options by which it tests; a lone `*`: always. */
  readonly tests?: string;
  readonly builds?: string;
  /** Words by which it does neither, whatever else is there. */
  readonly neither?: string;
  /** Takes any number of words, and each counts; otherwise the first does. Without any, `*` holds too. */
  readonly targets?: true;
  /** Words that go before those that count: `npm run test`. */
  readonly run?: string;
  /**
   * Runs another command, which is what counts: after so many words of its own, and after a word of `run` if there are
   * any. "anyway" does not need one; a "script" is a file, and "module" may also be a module after `-m`.
   */
  readonly runs?: number | "anyway" | "script" | "module" | "shell";
  /** Options, and words, that take the next word with them. */
  readonly valued?: string;
  /** Options by which it watches, besides `--watch`. */
  readonly watches?: string;
  /** Words by which it watches in a terminal, and tests once where `CI` is set. */
  readonly onceInCi?: string;
  /** Words that only say of what the next ones are: `docker compose build`. */
  readonly groups?: string;
}

const SCRIPTS = { tests: "test tests test:* test-* tests:* unit unit:* e2e e2e:* coverage", builds: "build build:* build-* compile compile:* bundle dist" };
const TARGETS = { tests: "test tests check test-* test_* test:* *-test *-tests *_test *_tests unit* e2e* coverage spec", targets: true } as const;
const NO_WORK = "run run-* serve serve-* server start start-* dev dev-* watch watch-* preview clean distclean lint lint-* format fmt help deploy publish up down logs shell stop";

export const TOOLS: readonly Tool[] = [
  // Those that only test, in any language.
  { names: "pytest py.test nose2 nosetests unittest trial behave robot green", tests: "*" },
  { names: "jest tap tape jasmine karma testcafe nightwatch wtr web-test-runner elm-test", tests: "*" },
  { names: "ava mocha", tests: "*", watches: "-w", valued: "-r --require" },
  { names: "rspec minitest cucumber prove bats busted phpunit pest paratest codecept phpspec", tests: "*" },
  { names: "ctest gotestsum ginkgo nunit3-console xunit.console vstest.console molecule", tests: "*" },
  { names: "test.sh tests.sh run-tests.sh run_tests.sh runtests.sh runtests.py", tests: "*" },
  { names: "tox nox", tests: "*", neither: "lint* docs* format* fmt mypy type* build* dev*", targets: true },
  // In a terminal it goes on to watch; what is seen to run for a quarter of an hour counts as a watcher.
  { names: "vitest", tests: "*", neither: "dev list init" },

  // JavaScript and TypeScript. `yarn jest` runs what is installed; `npm` needs `exec`.
  { names: "npm pnpm yarn bun", ...SCRIPTS, tests: `${SCRIPTS.tests} t tst`, run: "run run-script exec x dlx", runs: "anyway", valued: "--filter -f -w --workspace --prefix -c --cwd --dir workspace -p --package" },
  { names: "npx bunx pnpx cross-env dotenv", runs: 0, valued: "-p --package -e" },
  { names: "node tsx ts-node", tests: "--test --test-*", runs: "script", valued: "-r --require --import --loader --env-file" },
  { names: "deno", tests: "test test:*", builds: "compile bundle build build:*", run: "task" },
  { names: "turbo nx lerna rush moon", tests: "test test:* *:test *:test:* affected:test e2e *:e2e --target=test --targets=test", builds: "build build:* *:build *:build:* affected:build --target=build --targets=build", targets: true },
  { names: "playwright wdio", tests: "test run" },
  { names: "cypress", tests: "run" },
  { names: "react-scripts", tests: "--watchall=false", builds: "build", onceInCi: "test" },
  { names: "ng", tests: "--watch=false --no-watch e2e", builds: "build", onceInCi: "test" },
  { names: "vue-cli-service", tests: "test:*", builds: "build" },
  { names: "tsc webpack rollup esbuild swc tsup unbuild ncc microbundle", builds: "*", neither: "serve", watches: "-w" },
  { names: "vite next nuxt nuxi astro gatsby remix parcel svelte-kit expo", builds: "build generate export" },
  { names: "gulp grunt jake", ...TARGETS, builds: "build build:* dist compile" },

  // Python.
  { names: "python pypy py coverage", runs: "module", valued: "-w -x", run: "run" },
  { names: "uv poetry pipenv rye conda mamba", builds: "build", run: "run", runs: 0, valued: "-n -p --with --extra --group --project" },
  { names: "hatch pdm pixi", tests: SCRIPTS.tests, builds: SCRIPTS.builds, run: "run", runs: 0, valued: "-e" },
  { names: "manage.py", tests: "test" },
  { names: "setup.py", tests: "test", builds: "build* bdist* sdist" },
  { names: "build build.sh build.ps1", builds: "*" },
  { names: "maturin flit", builds: "build develop" },

  // The Java family.
  { names: "gradle gradlew", tests: "*test *tests check *check *:check", builds: "build *:build assemble* *:assemble* compile* *:compile* *jar *war *classes install* bundle*", neither: "*bootrun", targets: true, valued: "-x --exclude-task -p --project-dir -b --tests" },
  { names: "mvn mvnw mvnd", tests: "test verify integration-test surefire:test failsafe:*", builds: "compile package install deploy test-compile", targets: true, valued: "-pl -f -p" },
  { names: "ant", ...TARGETS, tests: `${TARGETS.tests} junit`, builds: "*", neither: NO_WORK },
  { names: "sbt", tests: "test testonly* testquick* */test *:test */testonly*", builds: "compile */compile package assembly stage publishlocal", targets: true, watches: "~*" },
  { names: "mill", tests: "*.test *.test.*", builds: "*.compile *.jar *.assembly", targets: true },
  { names: "lein", tests: "test", builds: "compile jar uberjar install" },
  { names: "clj clojure", tests: "-m:*test* -x:*test* -a:*test*", builds: "-t:build" },
  { names: "javac kotlinc scalac groovyc", builds: "*" },

  // Compiled to the machine.
  { names: "go", tests: "test", builds: "build install", valued: "-c" },
  { names: "cargo", tests: "test t nextest tarpaulin llvm-cov miri", builds: "build b check c rustc install", valued: "--manifest-path --config" },
  { names: "swift", tests: "test", builds: "build" },
  { names: "xcodebuild", tests: "test test-without-building", builds: "*", neither: "clean", targets: true, valued: "-scheme -project -workspace -destination -configuration -sdk" },
  { names: "fastlane", tests: "test tests scan", builds: "build gym" },
  { names: "zig", tests: "test", builds: "build build-exe build-lib build-obj", neither: "run", targets: true },
  { names: "make gmake mingw32-make nmake ninja samu scons", ...TARGETS, builds: "*", neither: NO_WORK, valued: "-c -f --directory --file" },
  { names: "cmake", ...TARGETS, builds: "*", neither: `${NO_WORK} -e`, valued: "-s -b -g" },
  { names: "meson colcon xmake", tests: "test", builds: "compile build" },
  { names: "bazel bazelisk blaze buck buck2 pants plz", tests: "test coverage", builds: "build package" },
  { names: "nim", builds: "c cc cpp compile" },
  { names: "nimble gleam shards forge anchor", tests: "test", builds: "build" },
  { names: "crystal", tests: "spec", builds: "build" },
  { names: "hardhat truffle", tests: "test", builds: "compile" },
  { names: "gcc g++ cc c++ clang clang++ cl rustc ghc fpc nvcc emcc swiftc", builds: "*" },
  { names: "pio platformio", tests: "test", builds: "run" },
  { names: "idf.py west arduino-cli", tests: "twister", builds: "build compile" },

  // .NET.
  { names: "dotnet", tests: "test vstest", builds: "build publish pack msbuild" },
  { names: "msbuild xbuild", builds: "*" },

  // Functional and scientific languages.
  { names: "stack cabal", tests: "test v2-test", builds: "build v2-build install" },
  { names: "elm", builds: "make" },
  { names: "dune", tests: "test runtest", builds: "build" },
  { names: "mix", tests: "test test.* coveralls espec", builds: "compile release" },
  { names: "rebar3", tests: "eunit ct proper", builds: "compile release" },
  { names: "r rscript", tests: "check devtools::test* devtools::check* testthat::* *testthat.r", builds: "build install", run: "cmd" },
  { names: "julia", tests: "*pkg.test(* *runtests.jl", builds: "*pkg.build(*", targets: true },

  // Ruby, PHP, Dart.
  { names: "ruby", runs: "script", valued: "-r" },
  { names: "rake rails", tests: "test test:* spec spec:*", builds: "build compile", targets: true },
  { names: "bundle opam mise", run: "exec", runs: 0 },
  { names: "php perl", runs: "script", valued: "-d" },
  { names: "artisan", tests: "test dusk" },
  { names: "composer", ...SCRIPTS, run: "run run-script" },
  { names: "flutter dart", tests: "test", builds: "build compile" },

  // Runners of any language's tasks.
  { names: "just task mage invoke inv doit", tests: TARGETS.tests, builds: SCRIPTS.builds },
  { names: "docker podman docker-compose", builds: "build bake", groups: "compose buildx", run: "run exec", runs: 1, valued: "-v --volume -e --env -p --publish --name --network -w --workdir -u --user -f --file --entrypoint" },

  // What another command goes behind.
  { names: "sudo doas", runs: 0, valued: "-u -g -h -p" },
  { names: "nice xargs", runs: 0, valued: "-n -p -i -l -d" },
  { names: "env", runs: 0, valued: "-u -c -s" },
  { names: "nohup time exec stdbuf xvfb-run caffeinate wsl", runs: 0 },
  { names: "timeout", runs: 1, valued: "-k -s" },
  { names: "sh bash zsh dash fish cmd powershell pwsh", runs: "shell", valued: "-executionpolicy -o" },
];
