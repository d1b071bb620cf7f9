package io.pekkoraft.linearizability;

import io.pekkoraft.testkit.linearizability.History;
import io.pekkoraft.testkit.linearizability.KeyValueReply;
import io.pekkoraft.testkit.linearizability.KeyValueRequest;
import io.pekkoraft.testkit.linearizability.KeyValueSpecification;
import io.pekkoraft.testkit.linearizability.LinearizabilityChecker;
import io.pekkoraft.testkit.linearizability.RotatingKeys;
import io.pekkoraft.testkit.linearizability.Verdict;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The histories of all keys. A key that is not handed out any more is checked when its last
 * operation has ended, and forgotten: a load may go on for hours. Safe to use from any thread.
 */
final class CheckedKeys {
  private static final int OPERATIONS_OF_A_KEY = 300;
  private static final int OPEN_OF_A_KEY = 8;

  private final RotatingKeys keys;
  private final Map<String, OneKey> open = new HashMap<>();
  private final List<String> violations = new ArrayList<>();
  private long operations;
  private long acknowledged;
  private long unknownOutcomes;
  private long unknownVerdicts;
  private long localReads;

  /** All that is known of one key. */
  private static final class OneKey {
    final History<KeyValueRequest, KeyValueReply> history = new History<>();

    /** What is certain to be its value, by the index of the command that wrote it. */
    final TreeMap<Long, Written> writes = new TreeMap<>();

    final List<KeyValueHttp.Local> reads = new ArrayList<>();
    int underWay;
  }

  private record Written(@Nullable String value) {}

  /**
   * @param clients that have one operation at a time: about three of them share a key
   */
  CheckedKeys(int clients) {
    this.keys = new RotatingKeys("k", 1 + clients / 3, OPERATIONS_OF_A_KEY, OPEN_OF_A_KEY);
  }

  /** An operation of one client. */
  final class Started {
    final KeyValueRequest request;
    private final OneKey key;
    private final History.Call<KeyValueRequest, KeyValueReply> call;

    private Started(String client, KeyValueRequest request, OneKey key) {
      this.request = request;
      this.key = key;
      this.call = key.history.invoke(client, request);
    }

    void ended(KeyValueHttp.Answer answer) {
      synchronized (CheckedKeys.this) {
        KeyValueReply reply = answer.reply();
        if (reply != null) {
          call.returned(reply);
          acknowledged++;
          if (!(request instanceof KeyValueRequest.Get)) {
            key.writes.put(
                answer.index(),
                new Written(request instanceof KeyValueRequest.Put put ? put.value() : null));
          }
        } else if (answer.certain()) {
          call.failed();
        } else {
          unknownOutcomes++;
        }
        if (answer.certain()) {
          keys.ended(request.key());
        }
        operations++;
        key.underWay--;
      }
    }

    /** What a node showed of this key meanwhile. */
    void shown(KeyValueHttp.Local local) {
      synchronized (CheckedKeys.this) {
        key.reads.add(local);
        localReads++;
      }
    }
  }

  /**
   * @param request makes one for the key
   */
  Started start(String client, int random, Function<String, KeyValueRequest> request) {
    Started started;
    List<OneKey> done;
    synchronized (this) {
      String key = keys.take(random);
      OneKey one = open.computeIfAbsent(key, any -> new OneKey());
      one.underWay++;
      started = new Started(client, request.apply(key), one);
      done = takeDone(keys.present());
    }
    done.forEach(this::check);
    return started;
  }

  /** Checks those that are left, when all clients have ended. */
  void checkAll() {
    List<OneKey> done;
    synchronized (this) {
      done = takeDone(List.of());
    }
    done.forEach(this::check);
  }

  private List<OneKey> takeDone(List<String> inUse) {
    List<OneKey> done = new ArrayList<>();
    Iterator<Map.Entry<String, OneKey>> entries = open.entrySet().iterator();
    while (entries.hasNext()) {
      Map.Entry<String, OneKey> entry = entries.next();
      if (!inUse.contains(entry.getKey()) && entry.getValue().underWay == 0) {
        done.add(entry.getValue());
        entries.remove();
      }
    }
    return done;
  }

  private void check(OneKey key) {
    Verdict verdict = new LinearizabilityChecker<>(new KeyValueSpecification()).check(key.history);
    synchronized (this) {
      if (verdict instanceof Verdict.NotLinearizable not) {
        violations.add(not.explanation());
      } else if (verdict instanceof Verdict.Unknown unknown) {
        violations.add(unknown.reason());
        unknownVerdicts++;
      }
      key.reads.forEach(read -> checkLocal(key, read));
    }
  }

  /** A local read is at least as new as the index that comes with it. */
  private void checkLocal(OneKey key, KeyValueHttp.Local read) {
    Map.Entry<Long, Written> newest = key.writes.floorEntry(read.appliedIndex());
    if (newest == null || read.value() == null) {
      return; // Perhaps a deletion of unknown outcome: no index to compare.
    }
    for (Map.Entry<Long, Written> write : key.writes.headMap(newest.getKey()).entrySet()) {
      if (read.value().equals(write.getValue().value())) {
        violations.add(
            "a local read as of index "
                + read.appliedIndex()
                + " showed what was written at "
                + write.getKey()
                + ", before "
                + newest);
      }
    }
  }

  /** For people; empty if all is well. */
  synchronized List<String> violations() {
    return List.copyOf(violations);
  }

  synchronized void violated(String what) {
    violations.add(what);
  }

  synchronized long operations() {
    return operations;
  }

  /** Operations that were done for certain. */
  synchronized long acknowledged() {
    return acknowledged;
  }

  synchronized long unknownOutcomes() {
    return unknownOutcomes;
  }

  synchronized long unknownVerdicts() {
    return unknownVerdicts;
  }

  synchronized long localReads() {
    return localReads;
  }

  long keys() {
    return keys.made();
  }
}
