// What every entry of the tokenizer exports beside the functions that are bound to a module.
export { encodingForModel } from "./encoding-for-model.js";
export { type ErrorCode, type ErrorDetails, TokenHeadroomError } from "./errors.js";
export type { TokenizerFile } from "./load-file.js";
export type { TokenizerApi } from "./tokenizer-api.js";
export type { FileOptions, LoadOptions, SpecialOptions, SyncLoadOptions, Tokenizer } from "./tokenizer-types.js";
export type {
  Base64,
  EncodingIds,
  EncodingModule,
  EncodingName,
  FitOptions,
  Fitted,
  FittedChunk,
  Keep,
  ModelName,
  Truncated,
} from "./types.js";
