/** The compiled tokenizer in base64; written by the build. */
declare const tokenizer: readonly string[];
export default tokenizer;
