import { below } from '../api/root';
import { Hub, type Follow } from './hub';
import { messagesOf } from './source';

/** The hub in a shared worker: all windows of this browser that show this console have the same one. */
const hub = new Hub({ streamUrl: below('v1/stream'), connect: messagesOf });

globalThis.addEventListener('connect', (event) => {
  const [port] = (event as MessageEvent).ports;
  port?.addEventListener('message', ({ data }: MessageEvent<Follow>) => hub.follow(port, data));
  port?.start();
});
