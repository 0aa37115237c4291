import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A network between two processes that can fail: connections to its port go on to the target. */
export class TcpProxy {
  private readonly pairs = new Set<readonly [Socket, Socket]>();
  private readonly stranded = new WeakSet<Socket>();
  private way: 'open' | 'cut' | 'silent' = 'open';

  private constructor(
    private readonly server: Server,
    private target: number,
  ) {
    server.on('connection', (client) => this.join(client));
  }

  /** @param target a port on loopback; may be told later, before the first connection */
  static async listen(target = 0, host = '127.0.0.1'): Promise<TcpProxy> {
    const server = createServer();
    server.listen(0, host);
    await once(server, 'listening');
    return new TcpProxy(server, target);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  leadTo(target: number): void {
    this.target = target;
  }

  /** Connections break, and new ones are refused at once. */
  cut(): void {
    this.way = 'cut';
    for (const pair of this.pairs) for (const socket of pair) socket.destroy();
  }

  /** Connections stay, and new ones are taken, but not a byte passes until `restore`; then all of them do. */
  silence(): void {
    this.way = 'silent';
    for (const pair of this.pairs) for (const socket of pair) socket.pause();
  }

  /** As after a failover: open connections stay and never carry a byte again, new ones work. */
  strand(): void {
    for (const pair of this.pairs)
      for (const socket of pair) {
        this.stranded.add(socket);
        socket.pause();
      }
  }

  restore(): void {
    this.way = 'open';
    for (const pair of this.pairs) for (const socket of pair) if (!this.stranded.has(socket)) socket.resume();
  }

  async close(): Promise<void> {
    this.cut();
    this.server.close();
    await once(this.server, 'close');
  }

  private join(client: Socket): void {
    if (this.way === 'cut') {
      client.on('error', () => undefined);
      return void client.destroy();
    }
    const server = connect(this.target, '127.0.0.1');
    const pair = [client, server] as const;
    this.pairs.add(pair);
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      from.setNoDelay();
      from.on('error', () => to.destroy());
      from.on('close', () => {
        this.pairs.delete(pair);
        to.destroy();
      });
      from.on('data', (data) => {
        if (!to.write(data)) from.pause();
      });
      to.on('drain', () => {
        if (this.way === 'open' && !this.stranded.has(from)) from.resume();
      });
      from.on('end', () => to.end());
    }
    if (this.way === 'silent') for (const socket of pair) socket.pause();
  }
}
