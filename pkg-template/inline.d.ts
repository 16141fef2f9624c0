/** The compiled core in base64; written by the build. */
declare const core: string;
export default core;
