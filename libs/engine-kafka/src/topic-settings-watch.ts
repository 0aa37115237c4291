import type { Kafka } from 'kafkajs';
import { withAdmin } from './admin';
import { topicDifferences, type TopicDifference, type TopicRequirements } from './topics';

/** Something that changes topics is noticed this long afterwards, at the latest. */
const EVERY_MS = 20_000;

/** What the last check of the topics found. */
export interface TopicSettingsState {
  /** Null before the first check has succeeded; what was found last while Kafka does not answer. */
  readonly differences: readonly TopicDifference[] | null;
  /** Why the last check failed, or null. */
  readonly trouble: string | null;
}

/**
 * Compares the topics with what they must be for as long as the process runs. `ensureTopics` does so at the start only,
 * and a tool or a person that sets a retention afterwards makes the store of record forget without any other sign.
 */
export class TopicSettingsWatch {
  private current: TopicSettingsState = { differences: null, trouble: null };
  private timer: NodeJS.Timeout | undefined;
  private checking: Promise<void> | null = null;
  private stopped = false;

  constructor(
    private readonly kafka: Pick<Kafka, 'admin'>,
    private readonly topics: readonly string[],
    private readonly requirements: TopicRequirements,
    private readonly report: (state: TopicSettingsState) => void,
  ) {}

  get state(): TopicSettingsState {
    return this.current;
  }

  start(): void {
    if (this.stopped || this.timer) return;
    this.timer = setInterval(() => void this.check(), EVERY_MS);
    this.timer.unref();
    void this.check();
  }

  /** A comparison that is under way ends by itself, and reports nothing any more. */
  stop(): void {
    this.stopped = true;
    clearInterval(this.timer);
  }

  /** Compares now; two calls at once share one comparison. Never throws: a failure is part of the state. */
  check(): Promise<void> {
    this.checking ??= this.compare().finally(() => (this.checking = null));
    return this.checking;
  }

  private async compare(): Promise<void> {
    try {
      const differences = await withAdmin(this.kafka, (admin) =>
        topicDifferences(admin, this.topics, this.requirements),
      );
      this.current = { differences, trouble: null };
    } catch (error) {
      const trouble = error instanceof Error ? error.message : String(error);
      this.current = { ...this.current, trouble };
    }
    if (!this.stopped) this.report(this.current);
  }
}
