/** What may be done to a history, what must stay, and what is worth what. */
export interface Policy {
  /**
   * When something is done: `"overflow"` (default), when the request does not fit; `"pays"`, whenever what goes saves more over
   * {@link CachePolicy.horizon} than it is expected to be missed.
   */
  readonly when?: "overflow" | "pays" | undefined;
  /** Where a plan lands, as a share of what is available, above 0 and at most 1: the next turn shall not overflow again. Default 0.8. */
  readonly release?: number | undefined;
  /**
   * Groups at the end that are kept as long as anything else makes the request fit; the last one always is. A plan that takes any
   * of them, or cuts their results, says how many in {@link PlanBase.notes}. Without `cutTail` all of them always are kept. Default 4.
   */
  readonly keepLast?: number | undefined;
  /** Messages, by index, that are never touched. Of an index beyond the last, the plan has a note ({@link PlanBase.notes}). */
  readonly pinned?: readonly number[] | undefined;
  /** Tools, by name, whose results are never touched. Of a name that the request does not have, the plan has a note. */
  readonly keepTools?: readonly string[] | undefined;
  /** Whether tool results may be replaced by a placeholder. Default true. */
  readonly mask?: boolean | undefined;
  /** Whether long tool results may be cut to head and tail. Default true. */
  readonly cut?: boolean | undefined;
  /** Whether results in the last groups may be cut as well when nothing else makes the request fit. Default true. */
  readonly cutTail?: boolean | undefined;
  /**
   * Whether, when nothing else makes the request fit, long texts of the user's may lose their middle: in the first and the last
   * request too, never in pinned messages. Default false.
   */
  readonly cutUserText?: boolean | undefined;
  /** Whether thoughts of earlier turns may go, where the API allows it. Default true. */
  readonly dropReasoning?: boolean | undefined;
  /** Whether the middle may be replaced by a summary. Default true. */
  readonly summarise?: boolean | undefined;
  /** Most tokens that a summary may take; a shorter one is asked for where that is worth more. Default 1024. */
  readonly summaryTokens?: number | undefined;
  /**
   * Window of the model that writes the summary, in tokens: a history that it cannot read at once is summarised in pieces. Default:
   * that of the model planned for.
   */
  readonly summariserTokens?: number | undefined;
  /**
   * Whether the oldest groups may go without a summary, leaving a note of what they were. Where summaries may be written
   * (`summarise`), a note takes the place of one that has no room, whose request has none in the summariser's window, or for which
   * so much more would have to go that it is not worth it. With `false` nothing goes under a note: where no summary has room, a
   * plan finds another way or is irreducible, and says so in {@link PlanBase.notes}. Default true.
   */
  readonly drop?: boolean | undefined;
  /** Jaccard similarity, above 0, from which a later result counts as a near-duplicate; above 1 none does. Default 0.9. */
  readonly similarity?: number | undefined;
  /**
   * How likely a result is to be needed again, from 0 to 1, by the id of its call. Goes before every rule: the caller knows
   * better. Default: judged by age, by later mentions of what is in it, and by what was asked for again.
   */
  readonly values?: Readonly<Record<string, number>> | undefined;
  /** The same by the name of the tool. */
  readonly toolValues?: Readonly<Record<string, number>> | undefined;
  /** What the provider's prompt cache holds and costs. */
  readonly cache?: CachePolicy | undefined;
  /** Shares of what is available for each category. Default: none has a bound. */
  readonly categories?: CategoryShares | undefined;
  /**
   * What happens to signed thoughts behind an edit, on models that bind each of them to everything before it. `"strip"` (default):
   * they go with the edit. `"drop_block"`: they stay, and the request has to tell the API to drop those that no longer match
   * ({@link PlanBase.notes}). `"append_only"`: nothing before them is edited, only a summary that takes all of them away makes
   * room. `"server"`: nothing is edited, the API itself is to write the summary.
   */
  readonly thinking?: "strip" | "drop_block" | "append_only" | "server" | undefined;
}

/** The provider's prompt cache, as far as the caller knows it. */
export interface CachePolicy {
  /** Calls, the next one included, over which money is counted; at least 1. Default 10. */
  readonly horizon?: number | undefined;
  /** Seconds since the last call; beyond `ttlSeconds` the cache is cold and an edit rewrites nothing. Default: unknown, taken as warm. */
  readonly idleSeconds?: number | undefined;
  /** Life of a cache entry in seconds. Default 300, the shortest that a vendor documents. */
  readonly ttlSeconds?: number | undefined;
  /** Whether something else broke the prefix since the last call: another model, other tools, a resumed run. Default false. */
  readonly broken?: boolean | undefined;
  /** Price of reading a cached token, relative to plain input: 0.1 is a tenth. Default: by the model's list price. */
  readonly read?: number | undefined;
  /** Price of writing a token to the cache, relative to plain input. Default: by the model's list price. */
  readonly write?: number | undefined;
}

/**
 * A category's share of what is available, from 0 to 1, or the share with a floor: tokens of the category, the newest, that no plan
 * takes. Default floor 0.
 */
export type CategoryShare = number | { readonly share: number; readonly floor?: number | undefined };

/**
 * Shares by category. What one leaves unused the others may borrow; what exceeds its allowance is reduced there first. A category without
 * a share has no bound. Floors hold even where nothing else would make the request fit: such a plan is `irreducible`.
 */
export interface CategoryShares {
  /** System and developer messages, instructions and tool declarations. */
  readonly system?: CategoryShare | undefined;
  /** The first user request. */
  readonly task?: CategoryShare | undefined;
  /** What tools answered. */
  readonly toolResults?: CategoryShare | undefined;
  /** Everything else that is said. */
  readonly conversation?: CategoryShare | undefined;
  /** Images, recordings and files. */
  readonly media?: CategoryShare | undefined;
  /** Kept free. */
  readonly reserve?: CategoryShare | undefined;
}
