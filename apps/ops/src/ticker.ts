const SILENCE_MS = 2_000;

/** Shows on a terminal, but not in pipes, that a silent command is still working. */
export class Ticker {
  private readonly began = Date.now();
  private last = Date.now();
  private timer: NodeJS.Timeout | undefined;
  private restore: () => void = () => undefined;

  start(): void {
    const { stderr, stdout } = process;
    if (!stderr.isTTY) return;
    const written = [stderr, stdout].map((stream) => {
      const write = stream.write.bind(stream);
      stream.write = ((...args: Parameters<typeof write>) => {
        this.last = Date.now();
        return write(...args);
      }) as typeof stream.write;
      return () => (stream.write = write);
    });
    this.restore = () => written.forEach((each) => each());
    this.timer = setInterval(() => {
      if (Date.now() - this.last < SILENCE_MS) return;
      stderr.write(`at work for ${Math.round((Date.now() - this.began) / 1_000)} s\n`);
    }, 500).unref();
  }

  stop(): void {
    clearInterval(this.timer);
    this.restore();
  }
}
