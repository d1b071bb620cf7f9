package io.pekkoraft.persistence.wal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What has been asked of a log, and when it was confirmed. The writer takes requests in order, so
 * whatever a power loss leaves must be the log after some first part of them, one that holds all
 * that were confirmed, and none that were not yet asked.
 */
final class WalHistory {
  private final IntSupplier clock;
  private final List<Request> requests = new ArrayList<>();
  private final TreeSet<String> ids = new TreeSet<>();
  private boolean latched;
  private boolean failed;

  /** One request: a write of events, or a deletion if there are none. */
  private static final class Request {
    private final String id;
    private final List<String> texts;
    private final long sequenceNr;
    private final int submitted;
    private int confirmed = Integer.MAX_VALUE;

    Request(String id, List<String> texts, long sequenceNr, int submitted) {
      this.id = id;
      this.texts = texts;
      this.sequenceNr = sequenceNr;
      this.submitted = submitted;
    }
  }

  /** What a log holds of one id. */
  private static final class Model {
    private long highest;
    private final TreeMap<Long, String> events = new TreeMap<>();

    boolean take(Request request) {
      if (request.texts.isEmpty()) {
        long to = Math.min(request.sequenceNr, highest);
        events.headMap(to, true).clear();
        return true;
      }
      if (request.sequenceNr <= highest) {
        return false;
      }
      long number = request.sequenceNr;
      for (String text : request.texts) {
        events.put(number, number + " " + text);
        highest = number++;
      }
      return true;
    }
  }

  /**
   * @param clock where on the disk's list of changes we are
   */
  WalHistory(IntSupplier clock) {
    this.clock = clock;
  }

  /** Asks for a write of consecutive events; a duplicate is to be refused. */
  void write(WalStore store, String id, long first, List<String> texts) {
    List<EventRecord> events = new ArrayList<>();
    for (String text : texts) {
      Payload payload = Payload.of(42, "s", text.getBytes(UTF_8));
      long number = first + events.size();
      EventRecord event = EventRecord.of(id, number, 7, "m", "writer", payload, null);
      events.add(number % 3 == 0 ? event.tagged(List.of("third")) : event);
    }
    Request request = add(id, texts, first);
    store.write(events, failure -> confirm(request, failure));
  }

  /** Asks for a deletion. */
  void deleteTo(WalStore store, String id, long sequenceNr) {
    Request request = add(id, List.of(), sequenceNr);
    store.deleteTo(id, sequenceNr, failure -> confirm(request, failure));
  }

  private Request add(String id, List<String> texts, long sequenceNr) {
    ids.add(id);
    Request request = new Request(id, List.copyOf(texts), sequenceNr, clock.getAsInt());
    requests.add(request);
    return request;
  }

  private void confirm(Request request, @Nullable Throwable failure) {
    if (failure instanceof WalFullException) {
      requests.remove(request); // refused before anything of it was written
      return;
    }
    boolean answered = failure == null || failure instanceof DuplicateSequenceNumberException;
    assertThat(answered && latched).as("an answer after the store has failed").isFalse();
    if (answered) {
      request.confirmed = clock.getAsInt();
    }
  }

  /** From now on nothing may be confirmed. */
  void latch() {
    latched = true;
    failed = true;
  }

  /** Whether the store has failed at some time. */
  boolean hasFailed() {
    return failed;
  }

  /**
   * The log was opened again, and what it shows has been seen: from now on it counts as confirmed.
   * Requests that are not in it had failed, and will not take effect any more.
   */
  void restarted(SteppedStore opened) throws IOException {
    int taken = verify(opened, clock.getAsInt());
    requests.subList(taken, requests.size()).clear();
    requests.forEach(request -> request.confirmed = Math.min(request.confirmed, clock.getAsInt()));
    latched = false;
  }

  /** The highest number that was asked for. */
  long highestAsked(String id) {
    return after(requests).getOrDefault(id, new Model()).highest;
  }

  /** How many requests had been confirmed at a crash point. */
  int confirmedAt(int crashPoint) {
    return (int) requests.stream().filter(request -> request.confirmed <= crashPoint).count();
  }

  private int submittedAt(int crashPoint) {
    return (int) requests.stream().filter(request -> request.submitted <= crashPoint).count();
  }

  private static Map<String, Model> after(Collection<Request> requests) {
    Map<String, Model> models = new TreeMap<>();
    requests.forEach(
        request -> models.computeIfAbsent(request.id, id -> new Model()).take(request));
    return models;
  }

  /**
   * Checks an opened log against what may be left at a crash point.
   *
   * @return how many requests have taken effect
   */
  int verify(SteppedStore opened, int crashPoint) throws IOException {
    String found = describe(opened);
    List<String> possible = new ArrayList<>();
    int submitted = submittedAt(crashPoint);
    for (int count = confirmedAt(crashPoint); count <= submitted; count++) {
      String expected = describe(after(requests.subList(0, count)));
      if (expected.equals(found)) {
        return count;
      }
      possible.add(expected);
    }
    assertThat(found).as("a log at crash point %s", crashPoint).isIn(possible);
    return submitted;
  }

  /** All that can be seen of an opened log. */
  String describe(SteppedStore opened) throws IOException {
    StringBuilder text = new StringBuilder();
    for (String id : ids) {
      describe(id, opened.store().highest(id), opened.replay(id), text);
    }
    return text.toString();
  }

  private String describe(Map<String, Model> models) {
    StringBuilder text = new StringBuilder();
    for (String id : ids) {
      Model model = models.getOrDefault(id, new Model());
      describe(id, model.highest, model.events.values(), text);
    }
    return text.toString();
  }

  private static void describe(
      String id, long highest, Collection<String> events, StringBuilder text) {
    text.append(id).append(" up to ").append(highest).append('\n');
    events.forEach(
        event ->
            text.append("  ")
                .append(event, 0, Math.min(event.length(), 24))
                .append(" of ")
                .append(event.length())
                .append(" hash ")
                .append(event.hashCode())
                .append('\n'));
  }

  /** All ids that were written or deleted. */
  Collection<String> ids() {
    return ids;
  }
}
