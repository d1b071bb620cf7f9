package io.pekkoraft.cluster;

import io.pekkoraft.cluster.AddressSettings.From;
import io.pekkoraft.cluster.NodeConfiguration.ListedMember;
import io.pekkoraft.cluster.formation.MemberList;
import io.pekkoraft.cluster.formation.MemberList.Entry;
import io.pekkoraft.log.NodeId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where this process is, and where the configuration says that the others are.
 *
 * @param text as {@code pekko://system@host:port}
 */
record OwnAddress(String text) {
  private static final Logger LOG = LoggerFactory.getLogger(OwnAddress.class);

  /**
   * @throws OperatorException if the actor system cannot be reached by others
   */
  static OwnAddress of(ActorSystem<?> system) {
    Address own = ((ExtendedActorSystem) Adapter.toClassic(system)).provider().getDefaultAddress();
    if (own.host().isEmpty()) {
      throw OperatorException.configuration(
          "pekko.actor.provider is '"
              + system.settings().config().getString("pekko.actor.provider")
              + "': members talk over Artery, which needs 'remote' or 'cluster'.");
    }
    return new OwnAddress(own.toString());
  }

  /** Of another process of this actor system's name. */
  private String addressOf(ListedMember member) {
    return text.substring(0, text.indexOf('@') + 1) + member.hostAndPort();
  }

  /** What is known at the start: what is configured, or what was learnt before. */
  Map<NodeId, String> known(NodeConfiguration configuration, @Nullable DataDirectory data) {
    Map<NodeId, String> addresses = new HashMap<>();
    if (configuration.addresses().from() == From.CONFIGURATION) {
      configuration.members().forEach(member -> addresses.put(member.id(), addressOf(member)));
    } else {
      if (data != null) {
        addresses.putAll(new AddressFile(data.files()).read());
      }
      ListedMember self = configuration.self();
      if (self != null) {
        addresses.put(self.id(), text);
      }
    }
    return addresses;
  }

  /** The members as they are listed, at addresses of this actor system's name. */
  MemberList list(NodeConfiguration configuration) {
    List<Entry> entries =
        configuration.members().stream()
            .map(member -> new Entry(member.id(), member.host().isEmpty() ? "" : addressOf(member)))
            .toList();
    return new MemberList(entries);
  }

  /**
   * Two processes with one id would be seen here first, if addresses are configured.
   *
   * @throws OperatorException if the configuration says that somebody else is here
   */
  void requireConfigured(NodeConfiguration configuration) {
    ListedMember self = configuration.self();
    if (self == null) {
      requireNobodys(configuration);
      return;
    }
    if (self.host().isEmpty()) {
      return;
    }
    String listed = addressOf(self);
    if (!listed.equals(text)) {
      throw OperatorException.configuration(
          "pekko-raft.node.id is '"
              + self.id()
              + "', which pekko-raft.node.members lists at "
              + self.hostAndPort()
              + ", but this actor system is at "
              + text.substring(text.indexOf('@') + 1)
              + ". Each process has its own id: correct it, or the entry, or"
              + " pekko.remote.artery.canonical.hostname and port.");
    }
  }

  /** A client is none of the members. */
  private void requireNobodys(NodeConfiguration configuration) {
    for (ListedMember member : configuration.members()) {
      if (!member.host().isEmpty() && addressOf(member).equals(text)) {
        throw OperatorException.configuration(
            "pekko-raft.node.id is not '"
                + member.id()
                + "', but pekko-raft.node.members lists that one at "
                + member.hostAndPort()
                + ", where this actor system is: set the id.");
      }
    }
    if (!configuration.members().isEmpty()) {
      LOG.info(
          "this process is a client of the members {}, since pekko-raft.node.id is none of them",
          configuration.members().stream().map(ListedMember::id).toList());
    }
  }
}
