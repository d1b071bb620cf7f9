package io.pekkoraft.testkit.scenario;

import org.jspecify.annotations.Nullable;

/** Reads the steps of one scenario; each kind of step has its class. */
final class Verbs {
  private final FaultVerbs faults;
  private final MessageVerbs messages;
  private final ClientVerbs clients;
  private final CheckVerbs checks;

  Verbs(Names names, Members members) {
    MessagePattern pattern = new MessagePattern(members);
    Numbers numbers = new Numbers(names, members, pattern);
    Conditions conditions = new Conditions(names, members, numbers);
    this.faults = new FaultVerbs(members);
    this.messages = new MessageVerbs(members, numbers, pattern);
    this.clients = new ClientVerbs(names, members);
    this.checks = new CheckVerbs(names, members, numbers, conditions);
  }

  /** Null if the first word is none of a step. */
  @Nullable Step read(Words words) {
    Step step = faults.read(words);
    if (step == null) {
      step = messages.read(words);
    }
    if (step == null) {
      step = clients.read(words);
    }
    return step == null ? checks.read(words) : step;
  }
}
