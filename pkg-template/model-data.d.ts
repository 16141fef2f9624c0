// Written by `cargo xtask pack` from src/models/data.
import type { CatalogueModel } from "./model-types.js";

/** Models of `amazon`. */
export declare const amazon: readonly CatalogueModel[];
/** Models of `anthropic`. */
export declare const anthropic: readonly CatalogueModel[];
/** Models of `cohere`. */
export declare const cohere: readonly CatalogueModel[];
/** Models of `deepseek`. */
export declare const deepseek: readonly CatalogueModel[];
/** Models of `google`. */
export declare const google: readonly CatalogueModel[];
/** Models of `meta`. */
export declare const meta: readonly CatalogueModel[];
/** Models of `minimax`. */
export declare const minimax: readonly CatalogueModel[];
/** Models of `mistral`. */
export declare const mistral: readonly CatalogueModel[];
/** Models of `moonshot`. */
export declare const moonshot: readonly CatalogueModel[];
/** Models of `openai`. */
export declare const openai: readonly CatalogueModel[];
/** Models of `others`. */
export declare const others: readonly CatalogueModel[];
/** Models of `perplexity`. */
export declare const perplexity: readonly CatalogueModel[];
/** Models of `qwen`. */
export declare const qwen: readonly CatalogueModel[];
/** Models of `xai`. */
export declare const xai: readonly CatalogueModel[];
/** Models of `zai`. */
export declare const zai: readonly CatalogueModel[];
