import type { Endpoint } from "./endpoint.js";
import { ContextOverflowError, type TokenHeadroomError } from "./errors.js";

/** An error in the shape that an endpoint's provider gives it, so that the provider's own SDK understands it. */
export function errorBody(error: TokenHeadroomError, status: number, { dialect, host }: Endpoint): object {
  const { message } = error;
  if (host === "bedrock") {
    return { message };
  }
  switch (dialect) {
    case "anthropic":
      return { type: "error", error: { type: anthropicType(status), message } };
    case "gemini":
      return { error: { code: status, message, status: status < 500 ? "INVALID_ARGUMENT" : "UNAVAILABLE" } };
    case "cohere":
      return { message };
    case "ollama":
      return { error: message };
    default:
      return { error: openaiError(error, status) };
  }
}

/** Headers that go with it. */
export function errorHeaders(status: number, { host }: Endpoint): Record<string, string> {
  // AWS SDKs take the kind of error from it.
  const kind = status < 500 ? "ValidationException" : "ServiceUnavailableException";
  return host === "bedrock" ? { "x-amzn-errortype": kind } : {};
}

function openaiError(error: TokenHeadroomError, status: number): object {
  return {
    message: error.message,
    type: status < 500 ? "invalid_request_error" : "server_error",
    param: error.path === "" ? null : error.path,
    code: ContextOverflowError.is(error) ? "context_length_exceeded" : error.code,
  };
}

// Anthropic's page on errors.
function anthropicType(status: number): string {
  if (status >= 500) {
    return "api_error";
  }
  return status === 413 ? "request_too_large" : "invalid_request_error";
}
