import type { LogPosition } from '@app/engine';
import { AppendUnavailable } from '@app/engine-kafka';
import type { EventAppender, EventMessage } from './log/event-appender';

/** An in-memory log for specs, with one partition per topic. */
export class MemoryLog implements EventAppender {
  readonly messages: EventMessage[] = [];
  /** The number of upcoming appends to refuse. */
  refusals = 0;

  append(messages: readonly EventMessage[]): Promise<readonly LogPosition[]> {
    if (this.refusals > 0) {
      this.refusals--;
      return Promise.reject(new AppendUnavailable('no leader'));
    }
    return Promise.resolve(
      messages.map((message) => {
        const offset = this.messages.filter(({ topic }) => topic === message.topic).length;
        this.messages.push(message);
        return { topic: message.topic, partition: 0, offset };
      }),
    );
  }
}
