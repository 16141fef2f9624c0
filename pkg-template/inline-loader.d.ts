/** The compiled loader of files in base64; written by the build. */
declare const loader: readonly string[];
export default loader;
