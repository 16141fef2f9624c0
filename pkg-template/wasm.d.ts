// workerd imports a .wasm file as a compiled module; Vercel's edge runtime needs `?module` for the same.
declare module "*.wasm" {
  const module: WebAssembly.Module;
  export default module;
}

declare module "*.wasm?module" {
  const module: WebAssembly.Module;
  export default module;
}
