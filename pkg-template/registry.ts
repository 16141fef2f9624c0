import { TokenHeadroomError } from "./errors.js";
import type { Price, PriceTier } from "./model-types.js";
import { ownerOf, type RegistryName } from "./registry-providers.js";

/** What a public list of models says of one. */
export interface Listing {
  /** Whose model it is or which host serves it, by our names. */
  readonly provider: string;
  /** Whether `provider` is a host that serves other makers' models. */
  readonly hosted: boolean;
  /** The model's name without the list's own prefixes. */
  readonly name: string;
  /**
   * The window, where the list says which number is the window. litellm does not: its `max_input_tokens` is the window of
   * some models and the cap on the prompt of others, see `maxInput`.
   */
  readonly window?: number;
  readonly maxInput?: number;
  readonly maxOutput?: number;
  readonly price?: Price;
  readonly retires?: string;
}

/** A public list of models. */
export interface Registry {
  readonly name: RegistryName;
  readonly listings: readonly Listing[];
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads `api.json` of models.dev or `model_prices_and_context_window.json` of litellm, told apart by their shape. Of either
 * only models that chat, of providers that are known; what cannot be read is left out, and a file that is neither refused.
 */
export function readRegistry(json: unknown): Registry {
  const entries = isFields(json) ? Object.entries(json) : [];
  const models = entries.filter(([, value]) => isFields(value) && isFields(value["models"]));
  if (models.length > 0) {
    return { name: "models.dev", listings: models.flatMap(([id, value]) => readModelsDev(id, value as Fields)) };
  }
  const priced = entries.filter(([, value]) => isFields(value) && typeof value["litellm_provider"] === "string");
  if (priced.length > 0) {
    return { name: "litellm", listings: priced.flatMap(([name, value]) => readLitellm(name, value as Fields)) };
  }
  throw new TokenHeadroomError("found neither a models.dev api.json nor a litellm model_prices_and_context_window.json", {
    code: "invalid_value",
    hint: "models.dev: an object of providers, each with `models`; litellm: an object of models, each with `litellm_provider`",
  });
}

// models.dev: `limit.context` is the window, `limit.input` a cap on the prompt below it, prices are per million.
function readModelsDev(id: string, provider: Fields): Listing[] {
  return Object.entries(provider["models"] as Fields).flatMap(([key, model]) => {
    if (!isFields(model) || !writesText(model)) {
      return [];
    }
    const limit = isFields(model["limit"]) ? model["limit"] : {};
    return listing("models.dev", id, key, {
      window: tokens(limit["context"]),
      maxInput: tokens(limit["input"]),
      maxOutput: tokens(limit["output"]),
      price: isFields(model["cost"]) ? modelsDevPrice(model["cost"]) : undefined,
    });
  });
}

function writesText({ modalities }: Fields): boolean {
  const output = isFields(modalities) ? modalities["output"] : undefined;
  return !Array.isArray(output) || output.includes("text");
}

function modelsDevPrice(cost: Fields): Price | undefined {
  // `context_over_200k` is the older form, and says the same again where there are tiers, with a mark that may be wrong.
  const listed = Array.isArray(cost["tiers"]) ? cost["tiers"].filter(isFields) : [];
  const older = isFields(cost["context_over_200k"]) ? [{ ...cost["context_over_200k"], tier: OVER_200K }] : [];
  const tiers = (listed.length > 0 ? listed : older).flatMap((tier: Fields) => {
    const { type, size } = isFields(tier["tier"]) ? tier["tier"] : {};
    const above = type === "context" ? tokens(size) : undefined;
    const rates = above === undefined ? undefined : rated(tier["input"], tier["output"], tier["cache_read"], tier["cache_write"]);
    return rates === undefined ? [] : [{ above: above as number, ...rates }];
  });
  return priced(rated(cost["input"], cost["output"], cost["cache_read"], cost["cache_write"]), tiers);
}

const OVER_200K = { type: "context", size: 200_000 };

const CHATTING: readonly unknown[] = ["chat", "completion", "responses"];

// litellm: prices are per token, those of longer prompts in fields that name the mark.
function readLitellm(key: string, model: Fields): Listing[] {
  if (!CHATTING.includes(model["mode"]) || key.startsWith("ft:")) {
    return [];
  }
  const { deprecation_date: retires } = model;
  return listing("litellm", model["litellm_provider"] as string, key, {
    maxInput: tokens(model["max_input_tokens"]),
    maxOutput: tokens(model["max_output_tokens"]),
    price: litellmPrice(model),
    retires: typeof retires === "string" && /^\d{4}-\d\d-\d\d$/.test(retires) ? retires : undefined,
  });
}

function litellmPrice(model: Fields): Price | undefined {
  const at = (suffix: string): Rates | undefined =>
    rated(
      perMillion(model[`input_cost_per_token${suffix}`]),
      perMillion(model[`output_cost_per_token${suffix}`]),
      perMillion(model[`cache_read_input_token_cost${suffix}`]),
      perMillion(model[`cache_creation_input_token_cost${suffix}`]),
    );
  const tiers = Object.keys(model).flatMap((key) => {
    const mark = /^input_cost_per_token(_above_(\d+)k_tokens)$/.exec(key);
    const rates = mark === null ? undefined : at(mark[1] as string);
    return rates === undefined ? [] : [{ above: Number(mark?.[2]) * 1000, ...rates }];
  });
  return priced(at(""), tiers);
}

// Twelve digits: a price per token is a decimal fraction that binary ones miss by the sixteenth.
function perMillion(price: unknown): number | undefined {
  return typeof price === "number" ? Number((price * 1_000_000).toPrecision(12)) : undefined;
}

type Rates = Omit<Price, "tiers">;

function rated(input: unknown, output: unknown, cacheRead: unknown, cacheWrite: unknown): Rates | undefined {
  if (!isAmount(input) || !isAmount(output)) {
    return undefined;
  }
  return {
    input,
    output,
    ...(isAmount(cacheRead) ? { cacheRead } : {}),
    ...(isAmount(cacheWrite) && cacheWrite > 0 ? { cacheWrite } : {}),
  };
}

function priced(rates: Rates | undefined, tiers: readonly PriceTier[]): Price | undefined {
  const ordered = [...tiers].sort((one, other) => one.above - other.above);
  return rates === undefined ? undefined : { ...rates, ...(ordered.length > 0 ? { tiers: ordered } : {}) };
}

type Found = { readonly [Key in keyof Listing]?: Listing[Key] | undefined };

function listing(list: RegistryName, id: string, key: string, found: Found): Listing[] {
  const name = bareName(key);
  const owner = ownerOf(list, id, name);
  if (owner === undefined) {
    return [];
  }
  const present = Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
  return [{ ...present, provider: owner.name, hosted: owner.hosted, name }];
}

/** A listed name without paths, regions and makers, and without the version that Bedrock adds. */
export function bareName(key: string): string {
  const last = key.slice(key.lastIndexOf("/") + 1).toLowerCase();
  const dotted = /^(?:(?:us-gov|us|eu|apac|jp|au|ca|sa|in|global)\.)?(?:[a-z0-9]+\.)(?=[a-z])/.exec(last);
  return dotted === null ? last : last.slice(dotted[0].length).replace(/(?:-v\d+|-1)?:\d+$/, "");
}

function tokens(value: unknown): number | undefined {
  const number = typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value;
  return typeof number === "number" && Number.isInteger(number) && number > 0 && number < 2 ** 32 ? number : undefined;
}

function isAmount(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && value >= 0;
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
