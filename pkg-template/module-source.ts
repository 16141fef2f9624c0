/** Where the compiled core comes from; called once, at the first use. */
export type Source = () => WebAssembly.Module;
