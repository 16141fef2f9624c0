// Which model a request is measured for: the one that the form names, else the one that the request names, else a usual one.

/** Models that stand for a dialect whose request names none. */
const USUAL = {
  anthropic: "claude-sonnet-4-5",
  bedrock_converse: "claude-sonnet-4-5",
  gemini: "gemini-2.5-flash",
  cohere: "command-a-03-2025",
};
const MOST_USUAL = "gpt-4o";

/**
 * `{ model, why, notice? }`. `isKnown` tells whether the catalogue knows a name; `notice` says that it does not know the one in the
 * request.
 */
export function chooseModel({ chosen = "", request, dialect, isKnown }) {
  if (chosen !== "") return { model: chosen, why: "chosen" };
  const usual = USUAL[dialect] ?? MOST_USUAL;
  const named = nameIn(request);
  if (named === undefined) return { model: usual, why: "usual" };
  if (isKnown(named)) return { model: named, why: "named" };
  const path = "model";
  const message = `${JSON.stringify(named)} is not in the catalogue; counted as ${usual}. Choose a model to count for another.`;
  return { model: usual, why: "usual", notice: { code: "unknown_model", path, message } };
}

function nameIn(request) {
  const { model, modelId } = request ?? {};
  return [model, modelId, model?.modelId].find((name) => typeof name === "string" && name !== "");
}
