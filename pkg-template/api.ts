import { Budget, coreOptions, type CoreOptions, type Lessons, lessonsFrom } from "./budget.js";
import { ChainBudget, chainOf, eachOf } from "./chain.js";
import { Core } from "./core.js";
import { importEncoding, isShipped } from "./encodings.js";
import { TokenHeadroomError } from "./errors.js";
import { reading } from "./found.js";
import type { Api } from "./functions.js";
import { createGuard } from "./guard.js";
import { requireModule } from "./loaded-encodings.js";
import { MODELS_BY_ENCODING } from "./model-encodings.js";
import type { CoreSource } from "./module-source.js";
import { policiesOf } from "./require-policy.js";
import type { Json } from "./snapshot.js";
import type { BudgetOptions, EncodingModule, ModelInfo, SyncBudgetOptions, TokenBudget } from "./types.js";
import { repair, validate } from "./validate.js";

/** The public functions over the core that `source` gives. Nothing is decoded or compiled before the first call. */
export function bind(source: CoreSource): Api {
  const core = new Core(source);

  function modelInfo(options: BudgetOptions): ModelInfo {
    return reading("", () => core.ask("model", coreOptions(options))) as ModelInfo;
  }

  async function createTokenBudget(options: BudgetOptions): Promise<TokenBudget> {
    const chain = eachOf(chainOf(options), (each) => described(core, each));
    const modules = await Promise.all(chain.map(({ module, encoding }) => module ?? importEncoding(encoding)));
    return openChain(core, options, chain, (_, index) => modules[index] as EncodingModule);
  }

  function createTokenBudgetSync(options: SyncBudgetOptions): TokenBudget {
    const chain = eachOf(chainOf(options), (each) => described(core, each));
    const given = chain.flatMap(({ module }) => module ?? []);
    return openChain(core, options, chain, ({ module, encoding }, index) => {
      const found = module ?? (index > 0 ? given.find(({ name }) => name === encoding) : undefined);
      if (found === undefined) {
        throw missingModule(encoding);
      }
      return found;
    });
  }

  return {
    createTokenBudget,
    createTokenBudgetSync,
    guard: createGuard({ createTokenBudget, modelInfo, requirePolicy: policiesOf(source) }),
    modelInfo,
    models: () => core.ask("models") as readonly ModelInfo[],
    repair: (request, options) => repair(core, request, options),
    validate: (request, options) => validate(core, request, options),
  };
}

/** A model of a chain, before its vocabulary is at hand. */
interface Described {
  readonly options: CoreOptions;
  /** Asked for when it is first needed. */
  readonly model: () => ModelInfo;
  readonly encoding: string;
  /** The vocabulary, where the caller has brought it. */
  readonly module: EncodingModule | undefined;
}

function described(core: Core, given: BudgetOptions): Described {
  return reading("", () => {
    const options = coreOptions(given);
    const { encoding } = given;
    const module = typeof encoding === "object" && encoding !== null ? encoding : undefined;
    let known: ModelInfo | undefined;
    const model = () => (known ??= core.ask("model", options) as ModelInfo);
    const named = Object.keys(options).length === 1 ? encodingOf(options.model) : undefined;
    return { options, model, encoding: named ?? model().encoding, module };
  });
}

/**
 * The encoding of a model of the catalogue, where nothing else is said of it. The core takes longer to say so than a small vocabulary
 * takes to load, because an engine compiles what it first needs; who only counts never asks it.
 */
function encodingOf(model: Json | undefined): string | undefined {
  if (typeof model !== "string" || model.includes(" ")) {
    return undefined;
  }
  return MODELS_BY_ENCODING.find(([, models]) => models.includes(` ${model} `))?.[0];
}

function openChain(
  core: Core,
  { learned }: BudgetOptions,
  chain: readonly [Described, ...Described[]],
  moduleOf: (described: Described, index: number) => EncodingModule,
): TokenBudget {
  const lessons = lessonsFrom(learned);
  const budgets = eachOf(chain, (each, index) => open(core, moduleOf(each, index), each, lessons));
  return budgets.length === 1 ? budgets[0] : new ChainBudget(budgets, (name) => infoOf(core, { model: name })?.row);
}

function open(core: Core, given: EncodingModule, { options, model }: Described, lessons: Lessons): Budget {
  const module = reading("encoding", () => requireModule(given));
  const own = withOwnModels(options, model);
  refuseForeign(core, module, own);
  return new Budget(core, core.load(module), own, model, lessons);
}

function missingModule(encoding: string): TokenHeadroomError {
  return new TokenHeadroomError("found no encoding module, expected one", {
    code: "unknown_encoding",
    path: "encoding",
    hint: `add: import encoding from "token-headroom/encodings/${encoding}", or await createTokenBudget(...)`,
  });
}

// Options cross into the core with every request: of a whole snapshot of models, only what applies to this one does.
function withOwnModels({ models, ...options }: CoreOptions, model: () => ModelInfo): CoreOptions {
  const { overrides = [] } = models === undefined ? {} : model();
  if (overrides.length === 0) {
    return options;
  }
  const all = models as { readonly [key: string]: Json };
  return { ...options, models: Object.fromEntries(overrides.map((key) => [key, all[key] as Json])) };
}

// Counting gpt-4o with cl100k_base would be wrong without a sign of it, and is easily done with an imported module.
function refuseForeign(core: Core, { name }: EncodingModule, { model, like, models }: CoreOptions): void {
  if (model === undefined || like !== undefined || !isShipped(name)) {
    return;
  }
  const named = models === undefined ? encodingOf(model) : undefined;
  const own = named ?? infoOf(core, models === undefined ? { model } : { model, models })?.encoding;
  if (own !== undefined && own !== name) {
    throw new TokenHeadroomError(`${model} counts in ${own}, found the vocabulary of ${name}`, {
      code: "invalid_option",
      path: "encoding",
      hint: `import "token-headroom/encodings/${own}"; a deployment that only shares the name is described with "like"`,
    });
  }
}

function infoOf(core: Core, options: CoreOptions): ModelInfo | undefined {
  try {
    return core.ask("model", options) as ModelInfo;
  } catch (error) {
    if (TokenHeadroomError.is(error) && error.code === "unknown_model") {
      return undefined;
    }
    throw error;
  }
}
