import { below } from '../api/root';
import { Hub, type Follow } from './hub';
import { messagesOf } from './source';

/** The hub in a shared worker, which all windows of this console in the browser use. */
const hub = new Hub({ streamUrl: below('v1/stream'), connect: messagesOf });

globalThis.addEventListener('connect', (event) => {
  const [port] = (event as MessageEvent).ports;
  port?.addEventListener('message', ({ data }: MessageEvent<Follow>) => hub.follow(port, data));
  port?.start();
});
