// What the command uses of Node. Modules, not globals: nothing else of the package can reach them by accident.
declare module "node:fs/promises" {
  export function readFile(path: string, encoding: "utf8"): Promise<string>;
  export function writeFile(path: string, content: string): Promise<void>;
  export function stat(path: string): Promise<{ readonly mtime: Date }>;
}
declare module "node:process" {
  interface Output {
    write(text: string): boolean;
  }
  const process: {
    readonly argv: readonly string[];
    readonly stdout: Output;
    readonly stderr: Output;
    exitCode: number | undefined;
  };
  export default process;
}
