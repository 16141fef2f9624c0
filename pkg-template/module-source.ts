/** Where a compiled module comes from; called once, at the first use. */
export type Source = () => WebAssembly.Module;

/** The core in its two halves. */
export interface CoreSource {
  /** Counts, projects and judges. */
  readonly core: Source;
  /** Plans, verifies, edits, repairs, truncates and reads documents, in the memory of the first; asked for when that is first done. */
  readonly planner: Source;
}
