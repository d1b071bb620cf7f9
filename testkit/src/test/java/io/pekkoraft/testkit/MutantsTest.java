package io.pekkoraft.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.pekkoraft.message.NodeCommand.Envelope;
import io.pekkoraft.message.PeerMessage;
import io.pekkoraft.message.PeerMessage.HeartbeatReply;
import io.pekkoraft.message.PeerMessage.PreVoteReply;
import io.pekkoraft.message.PeerMessage.PreVoteRequest;
import io.pekkoraft.message.PeerMessage.VoteReply;
import io.pekkoraft.message.VoteVerdict;
import io.pekkoraft.role.NodePorts;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/**
 * Known bugs, put back at the ports of the production code: the swarm must notice each of them
 * soon, or it would not notice them in the code either.
 */
class MutantsTest {
  private static final int SEEDS = 200;

  /** Ports whose calls go through {@code handler}, called with the honest ones. */
  private interface Tampered {
    Object call(NodePorts honest, String method, Object[] arguments, Honest proceed)
        throws Throwable;
  }

  private interface Honest {
    Object proceed(Object... arguments) throws Throwable;
  }

  private static void tamper(Simulation simulation, Tampered tampered) {
    simulation.tamperWithPorts(
        (node, own) -> {
          InvocationHandler handler =
              (proxy, method, arguments) ->
                  tampered.call(
                      own,
                      method.getName(),
                      arguments == null ? new Object[0] : arguments,
                      changed -> {
                        try {
                          return method.invoke(own, changed);
                        } catch (InvocationTargetException e) {
                          throw e.getCause();
                        }
                      });
          return (NodePorts)
              Proxy.newProxyInstance(
                  NodePorts.class.getClassLoader(), new Class<?>[] {NodePorts.class}, handler);
        });
  }

  /** The journal says "durable" when it has begun to write. */
  private static void promisesBeforeTheDisk(Simulation simulation) {
    simulation.confirmEarly();
  }

  /** Grants of an earlier round count in the present one. */
  private static void countsGrantsOfEarlierRounds(Simulation simulation) {
    Map<SimulatedNode, Long> rounds = new HashMap<>();
    simulation
        .network()
        .setWire(
            envelope -> {
              if (envelope.message() instanceof PreVoteRequest request) {
                rounds.put(simulation.node(envelope.header().from()), request.round());
              }
              return envelope;
            });
    simulation.tamperAtTheDoor(
        (node, envelope) ->
            envelope.message() instanceof PreVoteReply reply && rounds.containsKey(node)
                ? new Envelope(
                    envelope.header(),
                    new PreVoteReply(
                        reply.verdict().granted() ? node.state().term() + 1 : reply.term(),
                        rounds.get(node),
                        reply.verdict()))
                : envelope);
  }

  /** A follower acknowledges what it has in memory. */
  private static void acknowledgesWhatIsNotDurable(Simulation simulation) {
    changeMessages(
        simulation,
        message ->
            message instanceof HeartbeatReply reply
                ? new HeartbeatReply(
                    reply.term(), reply.sentNanos(), reply.lastIndex(), reply.lastIndex())
                : message);
  }

  /** A voter says yes where it has decided no. */
  private static void grantsEveryVote(Simulation simulation) {
    changeMessages(
        simulation,
        message ->
            message instanceof VoteReply reply
                ? new VoteReply(reply.term(), VoteVerdict.GRANT)
                : message);
  }

  private static void changeMessages(Simulation simulation, UnaryOperator<PeerMessage> change) {
    tamper(
        simulation,
        (honest, method, arguments, proceed) -> {
          if (method.equals("transmit") && arguments[0] instanceof Envelope envelope) {
            return proceed.proceed(
                new Envelope(envelope.header(), change.apply(envelope.message())));
          }
          return proceed.proceed(arguments);
        });
  }

  /** A node's clock runs three times too fast: it holds nothing off for long enough. */
  private static void holdsOffTooShort(Simulation simulation) {
    tamper(
        simulation,
        (honest, method, arguments, proceed) ->
            method.equals("monotonicNanos")
                ? (Object) (honest.monotonicNanos() * 3)
                : proceed.proceed(arguments));
  }

  @Test
  void every_mutant_is_caught_within_200_seeds() {
    Map<String, Consumer<Simulation>> mutants = new LinkedHashMap<>();
    mutants.put("promises before the disk", MutantsTest::promisesBeforeTheDisk);
    mutants.put("counts grants of earlier rounds", MutantsTest::countsGrantsOfEarlierRounds);
    mutants.put("acknowledges what is not durable", MutantsTest::acknowledgesWhatIsNotDurable);
    mutants.put("grants every vote", MutantsTest::grantsEveryVote);
    mutants.put("holds off too short", MutantsTest::holdsOffTooShort);
    StringBuilder table = new StringBuilder("mutant                            seeds  caught by\n");
    Map<String, Integer> seedsToCatch = new LinkedHashMap<>();
    mutants.forEach(
        (name, mutant) -> {
          for (int seed = 1; seed <= SEEDS; seed++) {
            try {
              Swarm.run(seed, "a mutant: " + name, mutant);
            } catch (InvariantViolation violation) {
              seedsToCatch.put(name, seed);
              table.append(String.format("%-34s%5d  %s%n", name, seed, violation.invariant()));
              break;
            }
          }
        });
    System.out.println(table);
    assertThat(seedsToCatch).containsOnlyKeys(mutants.keySet());
  }
}
