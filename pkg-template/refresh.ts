import { listedLimits } from "./listed-limits.js";
import type { CatalogueModel, ModelOverride, Price } from "./model-types.js";
import type { Listing, Registry } from "./registry.js";
import { nearestRelative } from "./relatives.js";

/** How a list is compared with the catalogue. */
export interface RefreshOptions {
  /** The name of the catalogue's row that a spelling means. */
  readonly rowOf: (name: string) => string | undefined;
  /** Where the list is from and of which day it is: what the rows say of themselves. */
  readonly source: string;
  readonly date: string;
  /** Hosts whose own limits and prices are wanted too. */
  readonly hosts?: readonly string[] | undefined;
}

/** A figure on which list and catalogue differ. */
export interface Difference {
  /** The catalogue's row. */
  readonly model: string;
  readonly field: "kind" | "window" | "maxInput" | "maxOutput" | "price" | "retires";
  readonly ours: unknown;
  readonly theirs: unknown;
}

/** What a list says. */
export interface Refreshed {
  /** Limits and prices, as the option `models` takes them. */
  readonly models: Readonly<Record<string, ModelOverride>>;
  readonly differences: readonly Difference[];
  /** Models that the catalogue does not have, with the relative that they are counted like. */
  readonly added: readonly { readonly model: string; readonly like: string }[];
  /** Figures that could mean one thing or another, and were left out. */
  readonly unclear: readonly { readonly model: string; readonly why: string }[];
}

type Figures = { readonly [Field in Difference["field"]]?: unknown };

/** Compares `registry` with `catalogue`, and writes what it says as overrides. */
export function refresh(registry: Registry, catalogue: readonly CatalogueModel[], options: RefreshOptions): Refreshed {
  const rows = new Map(catalogue.map((row) => [row.name, row]));
  const written: Written = { models: {}, differences: [], added: [], unclear: [] };
  const later: [Listing, CatalogueModel][] = [];
  const unknown: Listing[] = [];
  for (const listing of registry.listings) {
    const row = rows.get(options.rowOf(listing.name) ?? "");
    if (listing.hosted) {
      if (row !== undefined && options.hosts?.includes(listing.provider)) {
        later.push([listing, row]);
      }
    } else if (row === undefined) {
      unknown.push(listing);
    } else if (row.provider === listing.provider) {
      if (sameName(listing.name, row.name)) {
        addRow(listing, row, written, options);
      } else {
        later.push([listing, row]);
      }
    }
  }
  for (const [listing, row] of later) {
    const isName = row.aliases.some((alias) => sameName(alias, listing.name));
    if (!listing.hosted && isName && !Object.hasOwn(written.models, row.name)) {
      addRow(listing, row, written, options);
    } else {
      addVariant(listing, row, written, options);
    }
  }
  for (const listing of unknown) {
    addNew(listing, catalogue, written, options);
  }
  return written;
}

interface Written {
  readonly models: Record<string, ModelOverride>;
  readonly differences: Difference[];
  readonly added: { model: string; like: string }[];
  readonly unclear: { model: string; why: string }[];
}

function addRow(listing: Listing, row: CatalogueModel, written: Written, options: RefreshOptions): void {
  if (Object.hasOwn(written.models, row.name)) {
    return;
  }
  const { unclear, ...limits } = listedLimits(listing, row.limit);
  if (unclear !== undefined) {
    written.unclear.push({ model: row.name, why: unclear });
  }
  const theirs = figures(limits, listing);
  written.differences.push(...differences(row.name, ourFigures(row), theirs));
  written.models[row.name] = override(theirs, options);
}

// A date, another name, or a host: worth an entry of its own only where it differs from the model.
function addVariant(listing: Listing, row: CatalogueModel, written: Written, options: RefreshOptions): void {
  const key = listing.hosted ? `${row.name}@${listing.provider}` : listing.name;
  const { unclear, ...limits } = listedLimits(listing, row.limit);
  if (unclear !== undefined || Object.hasOwn(written.models, key)) {
    return;
  }
  const theirs = figures(limits, listing);
  const model = { ...ourFigures(row), ...asFigures(written.models[row.name]) };
  const own = differences(key, model, theirs).map(({ field }) => [field, theirs[field]]);
  if (own.length > 0) {
    written.models[key] = override(Object.fromEntries(own) as Figures, options);
  }
}

function addNew(listing: Listing, catalogue: readonly CatalogueModel[], written: Written, options: RefreshOptions): void {
  const family = catalogue.filter(({ provider }) => provider === listing.provider);
  const like = nearestRelative(listing.name, family);
  const stated = listing.window ?? listing.maxInput;
  if (like === undefined || stated === undefined || Object.hasOwn(written.models, listing.name)) {
    return;
  }
  const { unclear, ...limits } = listedLimits(listing, like.limit);
  // Prompt and answer within what is stated hold under either reading.
  const safe = unclear === undefined ? limits : { ...limits, kind: "shared" as const, window: stated };
  if (unclear !== undefined) {
    written.unclear.push({ model: listing.name, why: unclear });
  }
  const row = override(figures(safe, listing), options);
  // Never the relative's price.
  written.models[listing.name] = { like: like.name, ...row, price: row.price ?? null };
  written.added.push({ model: listing.name, like: like.name });
}

function figures(limits: Figures, { price, retires }: Listing): Figures {
  return defined({ ...limits, price, retires });
}

function ourFigures({ limit, price, retires }: CatalogueModel): Figures {
  return defined({ ...limit, price, retires });
}

function asFigures({ limitKind, maxContextTokens, maxInputTokens, maxOutputTokens, price, retires }: ModelOverride = {}): Figures {
  const limits = { kind: limitKind, window: maxContextTokens, maxInput: maxInputTokens, maxOutput: maxOutputTokens };
  return defined({ ...limits, price, retires });
}

function override(found: Figures, { source, date }: RefreshOptions): ModelOverride {
  const { kind, window, maxInput, maxOutput, price, retires } = found;
  const limits = { limitKind: kind, maxContextTokens: window, maxInputTokens: maxInput, maxOutputTokens: maxOutput };
  return defined({ ...limits, price, retires, source, date }) as ModelOverride;
}

const FIELDS = ["kind", "window", "maxInput", "maxOutput", "price", "retires"] as const;

function differences(model: string, ours: Figures, theirs: Figures): Difference[] {
  return FIELDS.filter((field) => theirs[field] !== undefined && !same(field, ours[field], theirs[field])).map((field) => ({
    model,
    field,
    ours: ours[field],
    theirs: theirs[field],
  }));
}

function same(field: Difference["field"], ours: unknown, theirs: unknown): boolean {
  return field === "price" ? samePrice(ours as Price | undefined, theirs as Price) : ours === theirs;
}

function samePrice(ours: Price | null | undefined, theirs: Price): boolean {
  return ours !== undefined && ours !== null && canonical(ours) === canonical(theirs);
}

function canonical({ tiers = [], ...rates }: Price): string {
  const sorted = (object: object): unknown => Object.entries(object).sort();
  return JSON.stringify([sorted(rates), tiers.map(sorted)]);
}

function sameName(one: string, other: string): boolean {
  return folded(one) === folded(other);
}

/** One spelling of what is spelled with points, colons, underscores and hyphens. */
export function folded(name: string): string {
  return name.toLowerCase().replace(/[.:_@ ]/g, "-");
}

function defined<T extends object>(object: T): T {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as T;
}
