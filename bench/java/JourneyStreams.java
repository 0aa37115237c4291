import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StoreQueryParameters;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.QueryableStoreTypes;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;
import org.apache.kafka.streams.state.Stores;

/**
 * Journeys and a timeline in Kafka Streams' own stores (RocksDB), exactly once.
 *
 * <p>Arguments: broker, application id, state folder, commit interval in ms (0: the default), how many records
 * there are, topics. Prints "processed N" as it goes, and "rows JOURNEYS TOUCHES DIGEST" when all are in.
 */
public final class JourneyStreams {
  private static final AtomicLong PROCESSED = new AtomicLong();
  private static final long NONE = Long.MIN_VALUE;
  // Places of a journey's times in its stored value.
  private static final int FIRST = 0, LAST = 1, STARTED = 2, LAST_STARTED = 3, COMPLETED = 4;
  private static final int LAST_COMPLETED = 5, DISMISSED = 6, LAST_DISMISSED = 7, LIKED = 8, TIMES = 9;

  public static void main(String[] args) throws Exception {
    Properties config = new Properties();
    config.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, args[0]);
    config.put(StreamsConfig.APPLICATION_ID_CONFIG, args[1]);
    config.put(StreamsConfig.STATE_DIR_CONFIG, args[2]);
    config.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    config.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, 2);
    config.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, 1);
    config.put(StreamsConfig.consumerPrefix("auto.offset.reset"), "earliest");
    config.put(StreamsConfig.consumerPrefix("max.poll.records"), 4000);
    if (!args[3].equals("0")) config.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, args[3]);
    long total = Long.parseLong(args[4]);

    Topology topology = new Topology();
    topology.addSource(
        "events", Serdes.ByteArray().deserializer(), Serdes.ByteArray().deserializer(), args[5].split(","));
    topology.addProcessor("fold", Fold::new, "events");
    for (String store : List.of("journey", "touch"))
      topology.addStateStore(
          Stores.keyValueStoreBuilder(
              Stores.persistentKeyValueStore(store), Serdes.ByteArray(), Serdes.ByteArray()),
          "fold");

    try (KafkaStreams streams = new KafkaStreams(topology, config)) {
      streams.start();
      for (long done = 0; done < total; Thread.sleep(50)) {
        done = PROCESSED.get();
        System.out.println("processed " + done);
      }
      System.out.println(rows(streams));
      // Until it is stopped.
      Thread.sleep(Long.MAX_VALUE);
    }
  }

  private static final class Fold implements Processor<byte[], byte[], Void, Void> {
    private static final int SOURCE_PREFIX = "/jimo/workspaces/".length();
    private final ObjectMapper json = new ObjectMapper();
    private KeyValueStore<byte[], byte[]> journeys;
    private KeyValueStore<byte[], byte[]> touches;

    @Override
    public void init(ProcessorContext<Void, Void> context) {
      journeys = context.getStateStore("journey");
      touches = context.getStateStore("touch");
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
      try {
        JsonNode event = json.readTree(record.value());
        JsonNode jimer = event.get("jimer");
        if (jimer != null) apply(record, event, jimer.get("uid").asText());
        PROCESSED.incrementAndGet();
      } catch (java.io.IOException impossible) {
        throw new IllegalStateException(impossible);
      }
    }

    private void apply(Record<byte[], byte[]> record, JsonNode event, String jimer) {
      String kind = event.get("event").asText();
      long time = event.get("time").asLong();
      JsonNode experience = event.has("experience") ? event.get("experience") : event.get("post");
      byte[] source = record.headers().lastHeader("ce_source").value();
      byte[] workspace = java.util.Arrays.copyOfRange(source, SOURCE_PREFIX, source.length);
      String id = new String(record.key(), 0, 36, StandardCharsets.ISO_8859_1);
      byte[] what = kind.getBytes(StandardCharsets.UTF_8);
      ByteBuffer touch = ByteBuffer.allocate(16 + what.length);
      if (experience != null) uuid(touch, experience.get("uid").asText());
      touches.put(
          uuid(uuid(ByteBuffer.allocate(40 + workspace.length), jimer).putLong(time), id).put(workspace).array(),
          touch.put(what).array());
      if (experience == null) return;

      byte[] key =
          uuid(uuid(ByteBuffer.allocate(32 + workspace.length), jimer), experience.get("uid").asText())
              .put(workspace)
              .array();
      byte[] snapshot =
          (experience.path("type").asText() + "\n" + experience.path("title").asText())
              .getBytes(StandardCharsets.UTF_8);
      journeys.put(key, merged(journeys.get(key), kind, time, snapshot));
    }

    private static byte[] merged(byte[] known, String kind, long time, byte[] snapshot) {
      long[] times = new long[TIMES];
      java.util.Arrays.fill(times, NONE);
      byte[] newest = snapshot;
      if (known != null) {
        ByteBuffer.wrap(known).asLongBuffer().get(times);
        if (time < times[LAST]) newest = java.util.Arrays.copyOfRange(known, 8 * TIMES, known.length);
      }
      earliest(times, FIRST, time);
      latest(times, LAST, time);
      switch (kind) {
        case "tour.started", "survey.started", "checklist.started" -> {
          earliest(times, STARTED, time);
          latest(times, LAST_STARTED, time);
        }
        case "tour.completed", "survey.completed", "checklist.completed" -> {
          earliest(times, COMPLETED, time);
          latest(times, LAST_COMPLETED, time);
        }
        case "checklist.dismissed" -> {
          earliest(times, DISMISSED, time);
          latest(times, LAST_DISMISSED, time);
        }
        case "post.liked" -> earliest(times, LIKED, time);
        default -> {}
      }
      ByteBuffer value = ByteBuffer.allocate(8 * TIMES + newest.length);
      for (long each : times) value.putLong(each);
      return value.put(newest).array();
    }

    private static void earliest(long[] times, int at, long time) {
      if (times[at] == NONE || time < times[at]) times[at] = time;
    }

    private static void latest(long[] times, int at, long time) {
      if (time > times[at]) times[at] = time;
    }

    private static ByteBuffer uuid(ByteBuffer buffer, String text) {
      UUID uuid = UUID.fromString(text);
      return buffer.putLong(uuid.getMostSignificantBits()).putLong(uuid.getLeastSignificantBits());
    }
  }

  /** As the bench counts and digests them in Postgres. */
  private static String rows(KafkaStreams streams) throws Exception {
    MessageDigest md5 = MessageDigest.getInstance("MD5");
    long count = 0;
    BigInteger digest = BigInteger.ZERO;
    try (KeyValueIterator<byte[], byte[]> all = store(streams, "journey").all()) {
      for (; all.hasNext(); count++) {
        KeyValue<byte[], byte[]> entry = all.next();
        ByteBuffer key = ByteBuffer.wrap(entry.key);
        ByteBuffer times = ByteBuffer.wrap(entry.value);
        UUID jimer = new UUID(key.getLong(), key.getLong());
        UUID experience = new UUID(key.getLong(), key.getLong());
        String workspace = new String(entry.key, 32, entry.key.length - 32, StandardCharsets.UTF_8);
        StringBuilder row = new StringBuilder(workspace).append('|').append(jimer).append('|').append(experience);
        for (int place : new int[] {FIRST, LAST, STARTED, COMPLETED}) {
          long time = times.getLong(8 * place);
          row.append('|').append(time == NONE ? "-" : String.valueOf(time));
        }
        byte[] hash = md5.digest(row.toString().getBytes(StandardCharsets.UTF_8));
        digest = digest.add(BigInteger.valueOf(ByteBuffer.wrap(hash).getLong() >>> 4));
      }
    }
    long touches = 0;
    try (KeyValueIterator<byte[], byte[]> all = store(streams, "touch").all()) {
      for (; all.hasNext(); touches++) all.next();
    }
    return "rows " + count + " " + touches + " " + digest;
  }

  private static ReadOnlyKeyValueStore<byte[], byte[]> store(KafkaStreams streams, String name) {
    return streams.store(StoreQueryParameters.fromNameAndType(name, QueryableStoreTypes.keyValueStore()));
  }
}
