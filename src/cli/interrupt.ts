const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Runs `body`; a signal that ends the program meanwhile has `clean` called first, and then ends it as it would
 * have.
 */
export async function withCleanup<T>(clean: () => void, body: () => Promise<T>): Promise<T> {
  const stop = (signal: NodeJS.Signals): void => {
    detach();
    try {
      clean();
    } finally {
      process.kill(process.pid, signal);
    }
  };
  const detach = (): void => {
    for (const signal of SIGNALS) process.off(signal, stop);
  };
  for (const signal of SIGNALS) process.on(signal, stop);
  try {
    return await body();
  } finally {
    detach();
  }
}
