import type { Dialect, HostName } from "./types.js";

/** What a URL says of the requests that it takes. */
export interface Endpoint {
  /** How their bodies are written; recognised from the body when absent. */
  readonly dialect?: Dialect | undefined;
  /** The model, where the path names it. */
  readonly model?: string | undefined;
  readonly host?: HostName | undefined;
}

/** Paths under which models are asked, wherever they are served. What is captured is the model. */
const PATHS: readonly (readonly [path: RegExp, endpoint: Endpoint])[] = [
  // Gateways take parts of other dialects here, so that the body tells better than the path.
  [/\/chat\/completions$/, {}],
  [/\/responses$/, { dialect: "openai_responses" }],
  [/\/v1\/messages$/, { dialect: "anthropic" }],
  [/\/publishers\/anthropic\/models\/([^/:]+):(?:rawPredict|streamRawPredict)$/, { dialect: "anthropic", host: "vertex" }],
  [/\/model\/([^/]*anthropic\.[^/]+)\/invoke(?:-with-response-stream)?$/, { dialect: "anthropic", host: "bedrock" }],
  [/\/publishers\/[^/]+\/models\/([^/:]+):(?:g|streamG)enerateContent$/, { dialect: "gemini", host: "vertex" }],
  [/\/models\/([^/:]+):(?:g|streamG)enerateContent$/, { dialect: "gemini" }],
  [/\/model\/([^/]+)\/converse(?:-stream)?$/, { dialect: "bedrock_converse", host: "bedrock" }],
  [/\/v[12]\/chat$/, { dialect: "cohere" }],
  [/\/api\/chat$/, { dialect: "ollama" }],
];

/** The endpoint that a URL, absolute or not, names; `undefined` when models are not asked there. */
export function endpointOf(url: string): Endpoint | undefined {
  const path = pathOf(url);
  for (const [pattern, endpoint] of PATHS) {
    const [found, model] = pattern.exec(path) ?? [];
    if (found !== undefined) {
      return model === undefined ? endpoint : { ...endpoint, model: decoded(model) };
    }
  }
  return undefined;
}

function pathOf(url: string): string {
  try {
    return new URL(url, "http://localhost").pathname.replace(/\/$/, "");
  } catch {
    return "";
  }
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
