// A store of files for checkpoints: what is read was written whole, whenever the process that wrote it was killed.
import { mkdir, open, readFile, rename } from "node:fs/promises";
import { join } from "node:path";

/** Keeps each text in a file of its own below `folder`. */
export function fileStore(folder) {
  const file = (key) => join(folder, `${encodeURIComponent(key)}.json`);
  return {
    async getItem(key) {
      try {
        return await readFile(file(key), "utf8");
      } catch (error) {
        if (error.code === "ENOENT") return null;
        throw error;
      }
    },
    // A rename replaces the old file at once or not at all; syncing first puts the new text on the disk before its name.
    async setItem(key, text) {
      await mkdir(folder, { recursive: true });
      const next = `${file(key)}.${process.pid}.next`;
      const handle = await open(next, "w");
      try {
        await handle.writeFile(text);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(next, file(key));
    },
  };
}
