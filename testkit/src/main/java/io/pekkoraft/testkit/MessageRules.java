package io.pekkoraft.testkit;

import io.pekkoraft.message.NodeCommand.Envelope;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** What a test has said about kinds of messages, beside what the links do to all. */
final class MessageRules {

  /**
   * @param lost it never arrives
   * @param copies so many more arrive
   * @param delayNanos so much later than the link would have it
   * @param upToNanos and later still, by anything up to this: so that they overtake each other
   */
  private record Rule(
      Predicate<Envelope> matches, boolean lost, int copies, long delayNanos, long upToNanos) {}

  private final Simulation simulation;
  private final List<Rule> rules = new ArrayList<>();

  MessageRules(Simulation simulation) {
    this.simulation = simulation;
  }

  void lose(Predicate<Envelope> matches) {
    rules.add(new Rule(matches, true, 0, 0, 0));
  }

  void copy(Predicate<Envelope> matches, int copies) {
    rules.add(new Rule(matches, false, copies, 0, 0));
  }

  void delay(Predicate<Envelope> matches, long nanos) {
    rules.add(new Rule(matches, false, 0, nanos, 0));
  }

  void disorder(Predicate<Envelope> matches, long upToNanos) {
    rules.add(new Rule(matches, false, 0, 0, upToNanos));
  }

  void clear() {
    rules.clear();
  }

  boolean loses(Envelope envelope) {
    for (int i = 0; i < rules.size(); i++) {
      if (rules.get(i).lost && rules.get(i).matches.test(envelope)) {
        simulation.counters().add(Counters.Kind.DROPPED);
        return true;
      }
    }
    return false;
  }

  int copies(Envelope envelope) {
    int copies = 0;
    for (int i = 0; i < rules.size(); i++) {
      copies += rules.get(i).matches.test(envelope) ? rules.get(i).copies : 0;
    }
    return copies;
  }

  long delayNanos(Envelope envelope) {
    long nanos = 0;
    for (int i = 0; i < rules.size(); i++) {
      Rule rule = rules.get(i);
      if (rule.matches.test(envelope)) {
        nanos += rule.delayNanos;
        nanos += rule.upToNanos > 0 ? simulation.random().nextLong(rule.upToNanos) : 0;
      }
    }
    return nanos;
  }
}
