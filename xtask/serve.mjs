// A static server on localhost: node serve.mjs WWW PKG [PORT]. PKG is served below /pkg/.
//
// It sends the policy that a careful site would: scripts of its own, WebAssembly, no eval and no network.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";

const TYPES = {
  ".css": "text/css",
  ".html": "text/html",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
};
const POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'";

const [www, pkg, port = "8080"] = process.argv.slice(2);

const server = createServer(async (request, response) => {
  try {
    const file = locate(decodeURIComponent(new URL(request.url, "http://localhost").pathname));
    const body = await readFile(file);
    const type = TYPES[extname(file)] ?? "application/octet-stream";
    response.writeHead(200, { "content-type": type, "content-security-policy": POLICY, "cache-control": "no-cache" });
    response.end(body);
  } catch {
    response.writeHead(404, { "content-type": "text/plain" }).end("not found\n");
  }
});

server.on("error", (error) => {
  console.error(error.code === "EADDRINUSE" ? `port ${port} is in use` : error.message);
  process.exitCode = 1;
});
server.listen(Number(port), "127.0.0.1", () => console.log(`http://localhost:${server.address().port}/`));

function locate(path) {
  // Normalised with its leading slash, a path cannot climb out of its folder.
  const clean = normalize(path);
  if (clean.startsWith("/pkg/")) return join(pkg, clean.slice("/pkg".length));
  return join(www, clean === "/" ? "index.html" : clean);
}
