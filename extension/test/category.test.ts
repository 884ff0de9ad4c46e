import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { categoryOf, commandKind, isTestFile, taskKind } from "../src/observe/category";
import { TOOLS } from "../src/observe/tools";

function all(kind: "testing" | "building" | undefined, lines: string): void {
  for (const line of lines.split("\n").map((one) => one.trim())) if (line !== "") assert.equal(commandKind(line), kind, line);
}

test("runs of tests are told in every ecosystem", () => {
  all("testing", `
    pytest -q
    python -m pytest
    python3.12 -W error -m unittest discover
    py -m unittest
    coverage run -m pytest
    python manage.py test shop
    python tests/test_lamp.py
    tox -e py312
    nox -s tests
    hatch test
    hatch run test
    uv run --with hypothesis pytest -q
    poetry run python -m pytest
    .venv/bin/pytest
    npm test
    npm t
    npm run test:unit
    npm --workspace web test
    pnpm --filter web test
    yarn workspace web test
    yarn jest
    pnpm exec vitest run
    vitest
    npx vitest
    bun test
    npx jest a
    npx --no-install playwright test
    npx cypress run
    node --test
    node --import tsx --test test/a.test.ts
    node node_modules/jest/bin/jest.js
    vitest run
    vitest --run
    CI=1 ng test
    CI=true ng test
    ng test --watch=false
    deno test --allow-all
    deno task test
    turbo run test
    nx test shop
    nx run shop:test
    nx run-many -t test
    ./gradlew test
    ./gradlew :app:testDebugUnitTest --tests LampTest
    .\\gradlew.bat test
    gradle clean check
    mvn verify
    ./mvnw -pl lamp -am test
    sbt "testOnly *Lamp"
    sbt core/test
    mill lamp.test
    lein test
    clojure -M:test
    ant test
    go test ./...
    go -C lamp test ./...
    cargo test
    cargo +nightly nextest run
    cargo t
    swift test
    xcodebuild -scheme Lamp test
    zig build test
    zig test src/lamp.zig
    make test
    make -j 8 check
    make -C lamp test
    cmake --build build --target test
    ctest --test-dir build
    meson test -C build
    bazel test //...
    bazel coverage //lamp
    dotnet test
    stack test
    cabal test
    elm-test
    dune runtest
    mix test test/lamp_test.exs
    rebar3 eunit
    rspec
    bundle exec rspec spec/lamp_spec.rb
    bin/rails test
    rake test
    rake spec:models
    ruby -Itest test/lamp_test.rb
    phpunit
    php artisan test
    php vendor/bin/phpunit
    composer test
    flutter test
    dart test
    R CMD check lamp
    Rscript -e "devtools::test()"
    julia --project -e 'using Pkg; Pkg.test()'
    julia test/runtests.jl
    just test
    task test
    ./run_tests.sh
    bash run-tests.sh
    docker compose exec -T web pytest
    docker run --rm -v x:/x image npm test`);
});

test("builds are told in every ecosystem", () => {
  all("building", `
    make
    make all
    sudo make install
    make -j8 lamp.o
    ninja -C out
    cmake -B build
    cmake --build build
    tsc -p .
    npx tsc -p .
    npm run build
    yarn build
    webpack --mode production
    vite build
    next build
    python -m build
    python setup.py bdist_wheel
    uv build
    go build ./...
    cargo build --release; ls
    cargo check
    ./gradlew assembleDebug
    gradle build -x test
    mvn package
    mvn -DskipTests verify
    bazel build //...
    dotnet build
    msbuild Lamp.sln
    swift build
    zig build
    stack build
    elm make src/Main.elm
    mix compile
    sbt compile
    flutter build apk
    gcc-12 -o lamp lamp.c
    docker build .
    docker compose build web
    docker buildx build .
    just build
    R CMD build lamp`);
});

test("what runs on, shows something, or only names a tool is neither", () => {
  all(undefined, `
    make run
    make serve
    make clean
    cmake --build . --target clean
    zig build run
    bazel run //lamp
    go vet ./...
    go run .
    cargo run
    cargo clippy
    cargo watch -x test
    gradle bootRun
    gradle tasks
    mvn spring-boot:run
    npm start
    npm run dev
    npm run lint
    npm install jest
    pip install pytest
    yarn add vitest
    uv pip install pytest
    poetry add pytest
    docker pull pytest
    docker compose up pytest
    tox -e lint
    vim jest.config.js
    tail -f pytest.log
    cat test
    ls
    pytest.sh
    sudoku make
    jest.config
    pytest --version
    echo pytest
    git commit -m "go test"
    git commit -m 'a; go test'
    cat <<EOF > notes
    # pytest
    test -f Makefile`);
  // A here-document's lines are text, whatever they look like.
  assert.equal(commandKind("cat > notes <<EOF\npytest\nmake\nEOF"), undefined);
});

test("a watcher is no run: who edits meanwhile writes code", () => {
  all(undefined, `
    vitest watch
    vitest dev
    CI=0 ng test
    jest --watch
    jest --watchAll
    npm test -- --watch
    npm run test:watch
    npm run build -- --watch
    npm run build:watch
    tsc -w
    tsc --watch=true
    mocha -w
    ng test
    ng serve
    CI=1 ng serve
    dotnet watch test
    sbt ~test
    node --watch --test
    webpack serve`);
});

test("a command is told behind whatever stands before it, and beside whatever stands next to it", () => {
  for (const before of ["cd x && ", "cd 'a b'; ", "CI=1 ", "A=b env C=d ", "sudo -u me ", "time ", "nice -n 5 ", "timeout 60 ", "nohup ", "(", "if true; then ", "! ", "echo hi | xargs -n 1 ", "ls\n"]) {
    assert.equal(commandKind(`${before}pytest -q`), "testing", before);
  }
  for (const after of [" | tail", " && echo done", " > log 2>&1", "; ls", " & ", "\nls", " # make", ")"]) assert.equal(commandKind(`pytest${after}`), "testing", after);
  for (const line of ['bash -lc "cd x && npm test"', "cmd /c npm test", 'cmd.exe /d /c "npm test"', 'powershell -NoProfile -Command "npm test"', "sh -c 'make && make test'", '& "C:\\Program Files\\Lamp\\gradlew.bat" test', '"./my tools/gradlew" test', "./my\\ tools/gradlew test", "C:\\Python\\python.exe -m pytest", "PYTEST"]) {
    assert.equal(commandKind(line), "testing", line);
  }
  assert.equal(commandKind("make && ctest"), "testing", "what tests counts before what builds");
});

test("any line is told in bounded time, and none throws", () => {
  const word = fc.constantFrom("npm", "run", "sudo", "env", "A=b", "-c", "bash", "test", "make", '"', "'", "\\", "&&", "|", "\n", "$(", "<<", "python", "-m", "--", "x".repeat(500));
  fc.assert(fc.property(fc.array(word, { maxLength: 400 }), (words) => {
    assert.ok([undefined, "testing", "building"].includes(commandKind(words.join(" "))));
  }));
  assert.equal(commandKind("bash -c ".repeat(1_000) + "pytest"), undefined);
});

test("the table names no tool twice", () => {
  const names = TOOLS.flatMap((tool) => tool.names.split(" "));
  assert.deepEqual(names.filter((name, at) => names.indexOf(name) !== at), []);
});

test("tasks are told by their group, else by their name", () => {
  const task = { name: "all", group: undefined, isBackground: false };
  assert.equal(taskKind({ ...task, group: "test" }), "testing");
  assert.equal(taskKind({ ...task, name: "npm: test" }), "testing");
  for (const one of [task, { ...task, group: "build" }, { ...task, name: "Run build" }, { ...task, name: "clean", group: "rebuild" }]) assert.equal(taskKind(one), "building", one.name);
  for (const other of [{ ...task, isBackground: true }, { ...task, name: "npm: dev" }, { ...task, name: "cargo: run" }, { ...task, name: "tsc: watch - tsconfig.json", group: "build" }, { ...task, name: "test: watch", group: "test" }])
    assert.equal(taskKind(other), undefined, other.name);
});

test("the category is that of what goes on, then that of the file", () => {
  const quiet = { debugging: false, building: false, testing: false };
  assert.equal(categoryOf(quiet, false, "/src/a.ts"), "coding");
  assert.equal(categoryOf(quiet, false, ""), "coding");
  assert.equal(categoryOf(quiet, false, "/tests/a.ts"), "writing tests");
  assert.equal(categoryOf(quiet, false, "/README.md"), "writing docs");
  assert.equal(categoryOf(quiet, true, "/README.md"), "code reviewing");
  assert.equal(categoryOf({ ...quiet, building: true }, true, ""), "building");
  assert.equal(categoryOf({ ...quiet, testing: true, building: true }, false, ""), "running tests");
  assert.equal(categoryOf({ debugging: true, testing: true, building: true }, false, ""), "debugging");
});

test("files of tests are told by the ecosystems' conventions", () => {
  for (const file of ["/test_a.py", "/conftest.py", "/a_test.go", "/a.spec.ts", "/a.test.tsx", "/a.cy.ts", "C:\\p\\__tests__\\a.js", "/ATest.java", "/LampIT.java", "/src/test/java/B.java", "/src/androidTest/B.kt", "/ASpec.scala", "/My.App.Tests/B.cs", "/AppTests.swift", "/src/tests.rs", "/spec/a_spec.rb", "/spec/models/b.rb", "/lamp_tests/b.c", "/a_unittest.cc", "/a_SUITE.erl", "/t/a.t", "/runtests.jl", "/login.feature", "/a.bats", "/A.Tests.ps1", "/test-a.R", "/integration_tests/b.py"])
    assert.equal(isTestFile(file), true, file);
  for (const file of ["/latest.py", "/contest/a.py", "/attestation.go", "/Contest.java", "/EXIT.java", "/openapi-spec.yaml", "/app.spec", "/tester.c", "/protest.ts", "/src/testing.rs"])
    assert.equal(isTestFile(file), false, file);
});

test("files of documentation are told by their kind, or by their folder", () => {
  const of = (file: string): string => categoryOf({ debugging: false, building: false, testing: false }, false, file);
  for (const file of ["/README.md", "/README", "/docs/index.rst", "/guide.adoc", "/CHANGELOG", "/docs/a.txt", "/docs/a.html", "/man/timecode.1", "/tests/README.md", "/paper.tex", "\\docs\\a.html"]) assert.equal(of(file), "writing docs", file);
  for (const file of ["/docs/conf.py", "/docs/requirements.txt", "/docs/CMakeLists.txt", "/requirements.txt", "/index.html", "/libfoo.so.1", "/history.ts", "/install", "/docs/theme.css"]) assert.equal(of(file), "coding", file);
});
