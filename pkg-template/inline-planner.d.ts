/** The compiled planner in base64; written by the build. */
declare function inline(): string;
export default inline;
