import { Budget, coreOptions, type CoreOptions } from "./budget.js";
import { Core } from "./core.js";
import { importEncoding, isShipped } from "./encodings.js";
import { TokenHeadroomError } from "./errors.js";
import type { Api } from "./functions.js";
import { createGuard } from "./guard.js";
import { requireModule } from "./loaded-encodings.js";
import type { Source } from "./module-source.js";
import type { BudgetOptions, EncodingModule, ModelInfo, SyncBudgetOptions, TokenBudget } from "./types.js";

/** The public functions over the core that `source` gives. Nothing is decoded or compiled before the first call. */
export function bind(source: Source): Api {
  const core = new Core(source);

  function modelInfo(options: BudgetOptions): ModelInfo {
    return core.ask("model", coreOptions(options)) as ModelInfo;
  }

  async function createTokenBudget(options: BudgetOptions): Promise<TokenBudget> {
    const given = coreOptions(options);
    const model = core.ask("model", given) as ModelInfo;
    const { encoding } = options;
    const module = typeof encoding === "object" && encoding !== null ? encoding : await importEncoding(model.encoding);
    return open(core, module, given, model);
  }

  function createTokenBudgetSync(options: SyncBudgetOptions): TokenBudget {
    const given = coreOptions(options);
    const model = core.ask("model", given) as ModelInfo;
    if (typeof options.encoding !== "object" || options.encoding === null) {
      throw new TokenHeadroomError("found no encoding module, expected one", {
        code: "unknown_encoding",
        path: "encoding",
        hint: `add: import encoding from "token-headroom/encodings/${model.encoding}", or await createTokenBudget(...)`,
      });
    }
    return open(core, options.encoding, given, model);
  }

  return {
    createTokenBudget,
    createTokenBudgetSync,
    guard: createGuard({ createTokenBudget, modelInfo }),
    modelInfo,
    models: () => core.ask("models") as readonly ModelInfo[],
  };
}

function open(core: Core, module: EncodingModule, options: CoreOptions, model: ModelInfo): TokenBudget {
  requireModule(module);
  refuseForeign(core, module, options);
  return new Budget(core, core.load(module), options, model);
}

// Counting gpt-4o with cl100k_base would be wrong without a sign of it, and is easily done with an imported module.
function refuseForeign(core: Core, { name }: EncodingModule, { model, like }: CoreOptions): void {
  if (model === undefined || like !== undefined || !isShipped(name)) {
    return;
  }
  const own = ownEncoding(core, model as string);
  if (own !== undefined && own !== name) {
    throw new TokenHeadroomError(`${model} counts in ${own}, found the vocabulary of ${name}`, {
      code: "invalid_option",
      path: "encoding",
      hint: `import "token-headroom/encodings/${own}"; a deployment that only shares the name is described with "like"`,
    });
  }
}

function ownEncoding(core: Core, model: string): string | undefined {
  try {
    return (core.ask("model", { model }) as ModelInfo).encoding;
  } catch (error) {
    if (TokenHeadroomError.is(error) && error.code === "unknown_model") {
      return undefined;
    }
    throw error;
  }
}
