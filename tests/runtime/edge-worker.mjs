// The edge handler as a whole Cloudflare Worker.
import { createEdgeHandler } from "token-headroom/edge";
import { limits } from "./edge-suite.mjs";

export default { fetch: createEdgeHandler({ upstream: "http://provider.test", ...limits }) };
