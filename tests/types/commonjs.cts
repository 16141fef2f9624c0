// Compiled, never run: the same package from CommonJS.
import headroom = require("token-headroom");
import fetching = require("token-headroom/fetch");
import edge = require("token-headroom/edge");
import slim = require("token-headroom/slim");
import tokenizer = require("token-headroom/tokenizer");
import vocabulary = require("token-headroom/encodings/o200k_base");

const budget: headroom.TokenBudget = headroom.createTokenBudgetSync({ model: "gpt-4o", encoding: vocabulary.default });
const projection: headroom.Projection = budget.project([{ role: "user", content: "hello" }]);
projection.verdict satisfies "fits" | "tight" | "overflows";
fetching.guardFetch(fetch) satisfies fetching.Fetch;
edge.createEdgeHandler({ upstream: "https://api.openai.com" }) satisfies edge.EdgeHandler;
slim.initSync(new ArrayBuffer(8));
// @ts-expect-error the module itself is not the vocabulary
headroom.createTokenBudgetSync({ model: "gpt-4o", encoding: vocabulary });
tokenizer.loadEncodingSync(vocabulary.default).countTokens("hello") satisfies number;
