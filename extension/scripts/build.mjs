import { build, context } from "esbuild";

// axios brings these along for forms, proxies, redirects and HTTP/2. The extension uses none of them, and code that
// isn't there sends nothing anywhere.
const UNUSED = ["form-data", "https-proxy-agent", "proxy-from-env", "follow-redirects", "http2"];
// Its other ways to send than by node's own http, and the environment's say about proxies.
const UNUSED_PARTS = /\/(?:fetch|xhr|shouldBypassProxy)\.js$/;

const withoutUnused = {
  name: "without-unused",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: new RegExp(`^(?:${UNUSED.join("|")})$`) }, ({ path }) => ({ path, namespace: "unused" }));
    onResolve({ filter: UNUSED_PARTS }, ({ path, importer }) =>
      importer.replaceAll("\\", "/").includes("/axios/lib/") ? { path, namespace: "unused-part" } : undefined,
    );
    onLoad({ filter: /.*/, namespace: "unused-part" }, () => ({ contents: "export default false; export const getFetch = () => false;" }));
    onLoad({ filter: /.*/, namespace: "unused" }, ({ path }) => ({
      contents: path === "follow-redirects" ? "module.exports = { http: {}, https: {} };" : "module.exports = class {};",
    }));
  },
};

const options = {
  entryPoints: ["src/extension.ts"],
  outfile: "dist/extension.js",
  bundle: true,
  platform: "node",
  format: "cjs",
  target: "node20",
  external: ["vscode"],
  minify: true,
  sourcemap: false,
  legalComments: "none",
  metafile: true,
  plugins: [withoutUnused],
  logLevel: "warning",
};

if (process.argv.includes("--watch")) {
  await (await context(options)).watch();
} else {
  const { metafile } = await build(options);
  const { bytes } = metafile.outputs["dist/extension.js"];
  console.log(`dist/extension.js ${(bytes / 1000).toFixed(1)} kB`);
}
