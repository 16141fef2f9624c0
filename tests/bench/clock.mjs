// Time on a machine with other work. Elapsed time counts the waiting for a processor; the process's processor time counts the
// engine's background threads. The smaller of the two is closer to what one undisturbed thread takes, for every library alike.

export function stopwatch() {
  const started = performance.now();
  const used = process.cpuUsage();
  return {
    /** Milliseconds since the start. */
    ms() {
      const { user, system } = process.cpuUsage(used);
      return Math.min(performance.now() - started, (user + system) / 1e3);
    },
    /** Milliseconds by the clock on the wall, for limits. */
    elapsed: () => performance.now() - started,
  };
}
