// Compiled, never run: every line must type-check, and every expected error must be one.
import { createTokenBudget, type ModelInfo, type ModelName, type ModelOverrides, modelInfo, type Price } from "token-headroom";
import { type CatalogueModel, findModel, listModels, openai } from "token-headroom/models";

const rows: readonly CatalogueModel[] = [...openai, ...listModels()];
const found: CatalogueModel | undefined = findModel("gpt-4o");
const window: number | undefined = found?.limit.window;
const price: Price | undefined = rows[0]?.price;
const dearest: number | undefined = price?.tiers?.[0]?.input;
// @ts-expect-error the catalogue is read-only
openai.push();
// @ts-expect-error a row has a source
const bare: CatalogueModel = { name: "m", aliases: [], provider: "p", encoding: "e", framing: "f", limit: { kind: "shared", window: 1 } };

const names: ModelName[] = ["gpt-4o", "any other name"];
const models = {
  "my-deployment": { like: "gpt-4o", host: "azure", maxContextTokens: 64_000, price: [2, 8] },
  "gpt-4.1@azure": { maxContextTokens: 128_000, price: null },
  ours: { encoding: "qwen3", maxContextTokens: 32_768, price: { input: 1, output: 2, cacheRead: 0.1 } },
} satisfies ModelOverrides;
await createTokenBudget({ model: "my-deployment", models, host: "azure", unknownModel: "estimate" });
// @ts-expect-error a choice that does not exist
await createTokenBudget({ model: "m", unknownModel: "guess" });
// @ts-expect-error a field that does not exist
await createTokenBudget({ model: "m", models: { m: { window: 4 } } });
// @ts-expect-error a price has two parts
await createTokenBudget({ model: "m", models: { m: { price: [4] } } });

const info: ModelInfo = modelInfo({ model: "gpt-4o" });
const told: readonly [string | undefined, string | undefined, boolean | undefined] = [info.source, info.retires, info.assumed];
export { bare, dearest, names, told, window };
