import type { Metrics } from '@app/platform';

export class StreamMetrics {
  readonly clients;
  readonly sent;
  readonly closed;
  readonly resets;

  constructor(metrics: Metrics) {
    this.clients = metrics.gauge({ name: 'read_api_stream_clients', help: 'Clients of the live stream.' });
    this.sent = metrics.counter({
      name: 'read_api_stream_changes_sent_total',
      help: 'Changes that were sent, counted per client.',
    });
    this.closed = metrics.counter({
      name: 'read_api_stream_closed_total',
      help: 'Streams that the server ended, by reason.',
      labelNames: ['reason'],
    });
    this.resets = metrics.counter({
      name: 'read_api_stream_resets_total',
      help: 'Streams that could not go on where their client was.',
      labelNames: ['reason'],
    });
    this.clients.set(0);
  }
}
