/** The compiled planner in base64; written by the build. */
declare const planner: string;
export default planner;
