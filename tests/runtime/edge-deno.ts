// The edge handler as a Deno server, in front of another one on the same machine.
import { createEdgeHandler } from "token-headroom/edge";
import { fakeProvider, limits, run } from "./edge-suite.mjs";
import { report } from "./report.mjs";

const seen: { url: string; key: string | null; body: string }[] = [];
const local = { hostname: "127.0.0.1", port: 0, onListen() {} };
const provider = Deno.serve(local, fakeProvider(seen));
const gateway = Deno.serve(local, createEdgeHandler({ upstream: `http://127.0.0.1:${provider.addr.port}`, ...limits }));

const url = `http://127.0.0.1:${gateway.addr.port}/v1/chat/completions`;
const outcome = await run((init: RequestInit) => fetch(url, init), seen);
await Promise.all([gateway.shutdown(), provider.shutdown()]);
console.log(report(outcome));
Deno.exit(outcome.failures.length > 0 ? 1 : 0);
