import type { Kafka } from 'kafkajs';
import type { Broker, Cluster } from '../kafkajs';

type Fetch = Broker['fetch'];

/** The client, with something else than the leaders' own answers. */
export function withFetch(
  kafka: Kafka,
  answer: (fetch: () => ReturnType<Fetch>) => ReturnType<Fetch>,
): Kafka {
  const key = Object.getOwnPropertySymbols(kafka).find(({ description }) =>
    description?.endsWith('createCluster'),
  )!;
  const { [key]: make } = kafka as unknown as Record<symbol, (options: unknown) => Cluster>;
  const cluster = (options: unknown): Cluster => {
    const made = make!(options);
    const findBroker = made.findBroker.bind(made);
    made.findBroker = async (node) => {
      const broker = await findBroker(node);
      const fetch: Fetch = (request) => answer(() => broker.fetch(request));
      return Object.create(broker, { fetch: { value: fetch } }) as Broker;
    };
    return made;
  };
  return Object.create(kafka, { [key]: { value: cluster } }) as Kafka;
}
