/** The compiled planner in base64; written by the build. */
declare function inline(): readonly string[];
export default inline;
