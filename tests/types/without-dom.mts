// Compiled, never run: the main entry needs neither the DOM's types nor Node's.
import { createTokenBudget, guard } from "token-headroom";

const budget = await createTokenBudget({ model: "gpt-4o" });
budget.project([{ role: "user", content: "hello" }]).verdict satisfies "fits" | "tight" | "overflows";
guard(async (messages: { role: string }[]) => messages.length, { context: { model: "gpt-4o" } });
