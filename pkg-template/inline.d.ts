/** The compiled core in base64; written by the build. */
declare const core: readonly string[];
export default core;
