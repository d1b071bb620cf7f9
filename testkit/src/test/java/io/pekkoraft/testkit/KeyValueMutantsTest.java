package io.pekkoraft.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.pekkoraft.api.Outcome;
import io.pekkoraft.message.ClientRequest;
import io.pekkoraft.role.NodePorts;
import io.pekkoraft.testkit.KeyValueSwarm.Variant;
import io.pekkoraft.testkit.keyvalue.KeyValueClients.Asker;
import io.pekkoraft.testkit.keyvalue.KeyValueClients.Told;
import io.pekkoraft.testkit.keyvalue.KeyValueMachine;
import io.pekkoraft.testkit.linearizability.KeyValueReply;
import io.pekkoraft.testkit.linearizability.KeyValueRequest;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Known bugs that clients could see, put back: the order of commits notices those of answers, the
 * search notices all of them from outside.
 */
class KeyValueMutantsTest {
  private static final int SEEDS = 20;

  /**
   * @param asker makes a lying one of an honest one
   */
  private static Variant seenFromOutside(UnaryOperator<Asker<SimulatedNode>> asker) {
    return new Variant(KeyValueMachine::new, asker, simulation -> {}, false, true);
  }

  private static void isCaught(String mutant, String by, Variant variant) {
    isCaught(mutant, List.of(by), variant);
  }

  /**
   * @param by one of which has to notice it first
   */
  private static void isCaught(String mutant, List<String> by, Variant variant) {
    for (int seed = 1; seed <= SEEDS; seed++) {
      try {
        KeyValueSwarm.run(seed, "a mutant: " + mutant, variant);
      } catch (AssertionError caught) {
        String why = String.valueOf(caught.getMessage());
        System.out.println(
            mutant + ": seed " + seed + ", by " + why.lines().findFirst().orElse(""));
        assertThat(why).containsAnyOf(by.toArray(String[]::new));
        return;
      }
    }
    throw new AssertionError(mutant + " is not caught");
  }

  // --- answers that are wrong from outside alone

  @Test
  void a_stale_local_read_answered_as_linearizable_is_caught_by_the_search() {
    isCaught(
        "reads what one member has applied",
        "not linearizable",
        seenFromOutside(
            honest -> (node, request, told) -> readLocally(honest, node, request, told)));
  }

  private static void readLocally(
      Asker<SimulatedNode> honest, SimulatedNode node, KeyValueRequest request, Told told) {
    if (request instanceof KeyValueRequest.Get && node.isRunning()) {
      KeyValueMachine machine = KeyValueGroup.machineOf(node);
      told.hears(
          new Outcome.Committed(machine.appliedIndex(), new byte[0]),
          new KeyValueReply.Value(machine.value(request.key())));
    } else {
      honest.ask(node, request, told);
    }
  }

  @Test
  void a_command_sent_again_though_its_outcome_is_unknown_is_caught_by_the_search() {
    isCaught(
        "sends again what may have been done",
        "not linearizable",
        seenFromOutside(honest -> (node, request, told) -> again(honest, node, request, told)));
  }

  private static void again(
      Asker<SimulatedNode> honest, SimulatedNode node, KeyValueRequest request, Told told) {
    honest.ask(
        node,
        request,
        (outcome, reply) -> {
          if (outcome instanceof Outcome.Indeterminate) {
            again(honest, node, request, told);
          } else {
            told.hears(outcome, reply);
          }
        });
  }

  @Test
  void the_reply_of_another_request_is_caught_by_the_search() {
    KeyValueReply[] last = new KeyValueReply[1];
    isCaught(
        "hands out the reply of the read before",
        "not linearizable",
        seenFromOutside(
            honest ->
                (node, request, told) ->
                    honest.ask(
                        node,
                        request,
                        (outcome, reply) -> {
                          KeyValueReply before = last[0];
                          if (reply instanceof KeyValueReply.Value) {
                            last[0] = reply;
                            told.hears(outcome, before == null ? reply : before);
                          } else {
                            told.hears(outcome, reply);
                          }
                        })));
  }

  // --- bugs inside

  /** All members do it, so that they agree with each other. */
  private static final class AppliesTwice extends KeyValueMachine {
    @Override
    protected KeyValueReply apply(KeyValueRequest request) {
      KeyValueReply first = super.apply(request);
      return request instanceof KeyValueRequest.Append ? super.apply(request) : first;
    }
  }

  private static Variant appliesTwice(boolean oracle) {
    return new Variant(AppliesTwice::new, asker -> asker, simulation -> {}, oracle, !oracle);
  }

  @Test
  void a_command_applied_twice_is_caught_by_the_order_of_commits() {
    isCaught(
        "applies twice",
        List.of("I17 the answer is what the order", "a local read shows the state of its index"),
        appliesTwice(true));
  }

  @Test
  void a_command_applied_twice_is_caught_by_the_search() {
    isCaught("applies twice", "not linearizable", appliesTwice(false));
  }

  /** Whoever asked for one entry is told the result of another one. */
  private static NodePorts mixesUpRequests(SimulatedNode node, NodePorts own) {
    return (NodePorts)
        Proxy.newProxyInstance(
            NodePorts.class.getClassLoader(),
            new Class<?>[] {NodePorts.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("apply")) {
                List<@Nullable ClientRequest> requests = new ArrayList<>();
                ((List<?>) arguments[1]).forEach(one -> requests.add((ClientRequest) one));
                Collections.rotate(requests, 1);
                arguments[1] = requests;
              }
              try {
                return method.invoke(own, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  @Test
  void the_reply_of_another_request_is_caught_by_the_order_of_commits() {
    isCaught(
        "mixes up requests",
        "I17 what is acknowledged is committed",
        new Variant(
            KeyValueMachine::new,
            asker -> asker,
            simulation -> simulation.tampering().withPorts(KeyValueMutantsTest::mixesUpRequests),
            true,
            false));
  }
}
