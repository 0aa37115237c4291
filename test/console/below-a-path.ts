import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface PathProxy {
  readonly url: string;
  /** Requests outside the path prefix, which another tool on the same host would have received. */
  readonly elsewhere: readonly string[];
  close(): Promise<void>;
}

/** A proxy that serves an app below a path prefix, and strips the prefix. */
export async function belowAPath(app: string, path: string): Promise<PathProxy> {
  const elsewhere: string[] = [];
  const proxy = createServer((asked, answer) => {
    const { url = '/', method, headers } = asked;
    if (!url.startsWith(`${path}/`)) {
      // Browsers request it on any host.
      if (url !== '/favicon.ico') elsewhere.push(url);
      answer.writeHead(404).end();
      return;
    }
    const target = new URL(url.slice(path.length), app);
    const passed = request(target, { method, headers: { ...headers, host: target.host } }, (got) => {
      answer.writeHead(got.statusCode!, got.headers);
      got.pipe(answer);
    });
    answer.on('close', () => passed.destroy());
    passed.on('error', () => answer.destroy());
    asked.pipe(passed);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    elsewhere,
    close: () =>
      new Promise((resolve) => {
        proxy.close(() => resolve());
        proxy.closeAllConnections();
      }),
  };
}
