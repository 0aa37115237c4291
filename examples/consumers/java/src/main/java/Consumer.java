import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cloudevents.CloudEvent;
import io.cloudevents.kafka.CloudEventDeserializer;
import java.io.IOException;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.errors.RecordDeserializationException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.StringDeserializer;

/** Keeps a copy of the events in the topics, and prints each step as a line of JSON. */
public final class Consumer {
  private static final List<String> TOPICS = List.of("jimo.lifecycle", "jimo.engagement", "jimo.feedback");
  private static final String ERASED = "jimo-webhooks.jimer.erased";
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'");

  private record Copy(String jimer, Set<String> keys) {}

  /** By event id: records with the same id describe the same occurrence. */
  private final Map<String, Copy> copies = new HashMap<>();
  /** Erased people, whose later deliveries are ignored. */
  private final Set<String> erased = new HashSet<>();

  private void take(ConsumerRecord<String, CloudEvent> record) throws IOException {
    CloudEvent event = record.value();
    if (event == null) {
      forget(record.key());
      return;
    }
    String jimer = jimerOf(event);
    if (event.getType().equals(ERASED)) {
      erase(jimer);
      return;
    }
    if (erased.contains(jimer)) return;

    Copy copy = copies.get(event.getId());
    if (copy != null) {
      // A redelivery, perhaps with a newer snapshot.
      copy.keys().add(record.key());
      return;
    }
    copies.put(event.getId(), new Copy(jimer, new HashSet<>(Set.of(record.key()))));
    Map<String, String> line = new LinkedHashMap<>();
    line.put("kept", event.getId());
    line.put("type", event.getType());
    line.put("source", event.getSource().toString());
    line.put("time", event.getTime().withOffsetSameInstant(ZoneOffset.UTC).format(TIME));
    line.put("jimer", jimer);
    say(line);
  }

  /** Handles a tombstone: the record with this key is removed. Its first 36 characters are the event id. */
  private void forget(String key) throws IOException {
    String id = key.substring(0, 36);
    Copy copy = copies.get(id);
    if (copy == null || !copy.keys().remove(key) || !copy.keys().isEmpty()) return;
    copies.remove(id);
    say(Map.of("forgotten", id));
  }

  /** The event is in every partition that can carry the person, so it arrives several times but is printed once. */
  private void erase(String jimer) throws IOException {
    copies.values().removeIf(copy -> jimer.equals(copy.jimer()));
    if (erased.add(jimer)) say(Map.of("erased", jimer));
  }

  /** A uid is unique within its workspace, which is the end of the source. */
  private static String jimerOf(CloudEvent event) throws IOException {
    JsonNode uid = JSON.readTree(event.getData().toBytes()).path("jimer").path("uid");
    String source = event.getSource().toString();
    String workspace = source.substring(source.lastIndexOf('/') + 1);
    return uid.isTextual() ? workspace + "/" + uid.textValue().toLowerCase() : null;
  }

  private static void say(Map<String, String> line) throws IOException {
    System.out.println(JSON.writeValueAsString(line));
  }

  /** `npm start` writes user and password into .data/system.json, under kafka.sasl. */
  private static Map<String, String> login() {
    String user = System.getenv("KAFKA_SASL_USERNAME");
    if (user == null) return Map.of();
    String module = "org.apache.kafka.common.security.scram.ScramLoginModule";
    return Map.of(
        "security.protocol", "SASL_PLAINTEXT",
        "sasl.mechanism", "SCRAM-SHA-512",
        "sasl.jaas.config",
        "%s required username=\"%s\" password=\"%s\";"
            .formatted(module, user, System.getenv("KAFKA_SASL_PASSWORD")));
  }

  public static void main(String[] args) throws InterruptedException {
    Map<String, Object> settings = new HashMap<>(login());
    settings.put("bootstrap.servers", System.getenv().getOrDefault("KAFKA_BROKERS", "127.0.0.1:9092"));
    settings.put("group.id", System.getenv().getOrDefault("GROUP_ID", "example-java"));
    settings.put("auto.offset.reset", "earliest");
    // The copy is in memory only, so this consumer commits no offsets and starts from the beginning.
    settings.put("enable.auto.commit", false);
    var kafka = new KafkaConsumer<>(settings, new StringDeserializer(), new CloudEventDeserializer());
    Thread main = Thread.currentThread();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> {
      kafka.wakeup();
      try {
        main.join();
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
      }
    }));
    Consumer consumer = new Consumer();
    try (kafka) {
      kafka.subscribe(TOPICS);
      while (true) consumer.takeNext(kafka);
    } catch (WakeupException stopped) {
      // SIGTERM.
    }
  }

  private void takeNext(KafkaConsumer<String, CloudEvent> kafka) {
    try {
      for (ConsumerRecord<String, CloudEvent> record : kafka.poll(Duration.ofSeconds(1))) {
        try {
          take(record);
        } catch (IOException | RuntimeException error) {
          leftOut(record.topic() + "/" + record.partition() + "@" + record.offset(), error);
        }
      }
    } catch (RecordDeserializationException error) {
      // Any client may write to the topic: a record that is not an event must not stop the partition.
      leftOut(error.topicPartition() + "@" + error.offset(), error);
      kafka.seek(error.topicPartition(), error.offset() + 1);
    }
  }

  private static void leftOut(String where, Exception error) {
    System.err.println(where + " was left out: " + error.getMessage());
  }
}
