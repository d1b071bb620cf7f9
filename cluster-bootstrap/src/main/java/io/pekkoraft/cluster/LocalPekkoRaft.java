package io.pekkoraft.cluster;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import io.pekkoraft.api.StateMachine;
import io.pekkoraft.cluster.AddressSettings.From;
import io.pekkoraft.cluster.LocalMember.Surroundings;
import io.pekkoraft.cluster.NodeConfiguration.ListedMember;
import io.pekkoraft.cluster.address.AddressActor;
import io.pekkoraft.cluster.address.Candidates;
import io.pekkoraft.cluster.address.ClusterCandidates;
import io.pekkoraft.cluster.address.DiscoveryCandidates;
import io.pekkoraft.cluster.address.Introduction;
import io.pekkoraft.cluster.formation.MemberList;
import io.pekkoraft.cluster.formation.MemberList.Entry;
import io.pekkoraft.coordination.CoordinationTable;
import io.pekkoraft.log.Configuration;
import io.pekkoraft.log.Member;
import io.pekkoraft.log.Names;
import io.pekkoraft.log.NodeId;
import io.pekkoraft.node.AddressBook;
import io.pekkoraft.node.RemotingCheck;
import io.pekkoraft.node.TimeAndChance;
import io.pekkoraft.persistence.file.StorageProvider;
import io.pekkoraft.session.Session;
import io.pekkoraft.session.SessionPlace;
import io.pekkoraft.session.SessionStarter;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.pekko.Done;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.dispatch.ExecutionContexts;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@link PekkoRaft} of a running actor system. */
final class LocalPekkoRaft extends PekkoRaft implements ShutdownOrder.Ending {
  private static final Logger LOG = LoggerFactory.getLogger(LocalPekkoRaft.class);

  private static final String STORAGE = "pekko-raft.node.storage-provider";

  private final Surroundings here;

  /** Null in a client. */
  private final @Nullable DataDirectory data;

  private final Map<String, LocalMember> groups = new ConcurrentHashMap<>();
  private boolean stopping;
  private String secondSelf = "";
  private @Nullable Session session;
  private @Nullable SessionPlace place;

  private LocalPekkoRaft(
      ActorSystem<?> system,
      NodeConfiguration configuration,
      String address,
      @Nullable DataDirectory data) {
    this.data = data;
    AddressBook book = new AddressBook(known(configuration, address, data));
    @Nullable ActorRef<AddressActor.Command> addresses =
        configuration.addresses().from() == From.CONFIGURATION
            ? null
            : AddressActor.start(
                system, whomToAsk(system, configuration, address, book), new AddressListener(data));
    here =
        new Surroundings(
            system,
            configuration,
            address,
            list(configuration, address),
            book,
            members -> admit(addresses, members));
  }

  /**
   * @throws OperatorException if it cannot run as it is configured
   */
  static LocalPekkoRaft create(ActorSystem<?> system) {
    Config config = system.settings().config();
    NodeConfiguration configuration = NodeConfiguration.of(config);
    String address = address(system);
    requireOwnAddress(configuration, address);
    requireRemoting(system, configuration);
    DataDirectory data = open(system, configuration);
    if (data != null) {
      releaseAtTheEnd(system, data);
    }
    LocalPekkoRaft raft = new LocalPekkoRaft(system, configuration, address, data);
    ShutdownOrder.register(system, raft);
    if (configuration.coordinationAtOnce()) {
      raft.session();
    }
    return raft;
  }

  // --- where this process is

  /** As {@code pekko://system@host:port}. */
  private static String address(ActorSystem<?> system) {
    Address own = ((ExtendedActorSystem) Adapter.toClassic(system)).provider().getDefaultAddress();
    if (own.host().isEmpty()) {
      throw OperatorException.configuration(
          "pekko.actor.provider is '"
              + system.settings().config().getString("pekko.actor.provider")
              + "': members talk over Artery, which needs 'remote' or 'cluster'.");
    }
    return own.toString();
  }

  private static String addressOf(ListedMember member, String own) {
    return own.substring(0, own.indexOf('@') + 1) + member.hostAndPort();
  }

  /** What is known at the start: what is configured, or what was learnt before. */
  private static Map<NodeId, String> known(
      NodeConfiguration configuration, String own, @Nullable DataDirectory data) {
    Map<NodeId, String> addresses = new HashMap<>();
    if (configuration.addresses().from() == From.CONFIGURATION) {
      configuration.members().forEach(member -> addresses.put(member.id(), addressOf(member, own)));
    } else {
      if (data != null) {
        addresses.putAll(new AddressFile(data.files()).read());
      }
      ListedMember self = configuration.self();
      if (self != null) {
        addresses.put(self.id(), own);
      }
    }
    return addresses;
  }

  private static MemberList list(NodeConfiguration configuration, String own) {
    List<Entry> entries =
        configuration.members().stream()
            .map(
                member ->
                    new Entry(member.id(), member.host().isEmpty() ? "" : addressOf(member, own)))
            .toList();
    return new MemberList(entries);
  }

  /** Two processes with one id would be seen here first, if addresses are configured. */
  private static void requireOwnAddress(NodeConfiguration configuration, String own) {
    ListedMember self = configuration.self();
    if (self == null) {
      requireNobodysAddress(configuration, own);
      return;
    }
    if (self.host().isEmpty()) {
      return;
    }
    String listed = addressOf(self, own);
    if (!listed.equals(own)) {
      throw OperatorException.configuration(
          "pekko-raft.node.id is '"
              + self.id()
              + "', which pekko-raft.node.members lists at "
              + self.hostAndPort()
              + ", but this actor system is at "
              + own.substring(own.indexOf('@') + 1)
              + ". Each process has its own id: correct it, or the entry, or"
              + " pekko.remote.artery.canonical.hostname and port.");
    }
  }

  /** Before anything is promised, not when the group is formed. */
  private static void requireRemoting(ActorSystem<?> system, NodeConfiguration configuration) {
    if (configuration.self() != null) {
      try {
        RemotingCheck.check(system);
      } catch (IllegalStateException unfit) {
        throw OperatorException.configuration(
            unfit.getMessage()
                + ". Or begin application.conf with include"
                + " classpath(\"pekko-raft-application.conf\").");
      }
    }
  }

  /** A client is none of the members. */
  private static void requireNobodysAddress(NodeConfiguration configuration, String own) {
    for (ListedMember member : configuration.members()) {
      if (!member.host().isEmpty() && addressOf(member, own).equals(own)) {
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

  private static @Nullable DataDirectory open(
      ActorSystem<?> system, NodeConfiguration configuration) {
    ListedMember self = configuration.self();
    if (self == null || configuration.dataDirectory() == null) {
      return null;
    }
    StorageProvider provider =
        StorageProvider.named(
            system.settings().config().getString(STORAGE), system.dynamicAccess().classLoader());
    return DataDirectory.open(
        provider,
        configuration.dataDirectory(),
        configuration.cluster(),
        self.id(),
        TimeAndChance.of(system).random()::nextLong);
  }

  private static void releaseAtTheEnd(ActorSystem<?> system, DataDirectory data) {
    // Not by its CompletionStage, whose callbacks run on threads of their own.
    system
        .whenTerminated()
        .onComplete(
            done -> {
              release(data);
              return null;
            },
            ExecutionContexts.fromExecutor(Runnable::run));
  }

  private static void release(DataDirectory data) {
    try {
      data.close();
    } catch (IOException e) {
      LOG.warn("the data directory could not be unlocked: {}", e.toString());
    }
  }

  // --- where the others are

  private AddressActor.Settings whomToAsk(
      ActorSystem<?> system, NodeConfiguration configuration, String own, AddressBook book) {
    DataDirectory directory = data;
    LocalNode owner = directory == null ? null : directory.owner();
    Introduction self =
        new Introduction(
            configuration.cluster(),
            owner == null ? null : owner.id(),
            owner == null ? 0 : owner.incarnation(),
            TimeAndChance.of(system).random().nextLong(),
            own,
            true);
    Set<NodeId> listed =
        configuration.members().stream().map(ListedMember::id).collect(Collectors.toSet());
    AddressSettings addresses = configuration.addresses();
    return new AddressActor.Settings(
        self, listed, book, candidates(system, addresses, own), addresses.askInterval());
  }

  private static Candidates candidates(
      ActorSystem<?> system, AddressSettings addresses, String own) {
    if (addresses.from() == From.CLUSTER) {
      String provider = system.settings().config().getString("pekko.actor.provider");
      if (!provider.equals("cluster")) {
        throw OperatorException.configuration(
            "pekko-raft.addresses.from = cluster needs pekko.actor.provider = cluster, which is '"
                + provider
                + "'.");
      }
      return new ClusterCandidates(system, addresses.clusterRole());
    }
    try {
      AddressSettings.Discovery settings = addresses.discovery();
      return new DiscoveryCandidates(
          system,
          settings.method(),
          settings.serviceName(),
          settings.portName(),
          settings.protocol(),
          settings.lookupTimeout(),
          own);
    } catch (NoClassDefFoundError missing) {
      throw OperatorException.configuration(
          "pekko-raft.addresses.from = discovery needs the library pekko-discovery.");
    } catch (RuntimeException wrong) {
      throw OperatorException.configuration(
          "Pekko Discovery (pekko-raft.addresses.discovery, pekko.discovery) cannot be used: "
              + wrong.getMessage());
    }
  }

  private static void admit(
      @Nullable ActorRef<AddressActor.Command> addresses, Configuration members) {
    if (addresses != null) {
      AddressActor.admit(
          addresses,
          members.voters().stream().collect(Collectors.toMap(Member::id, Member::incarnation)));
    }
  }

  private final class AddressListener implements AddressActor.Listener {
    private final @Nullable AddressFile file;

    AddressListener(@Nullable DataDirectory data) {
      file = data == null ? null : new AddressFile(data.files());
    }

    @Override
    public void learnt(Map<NodeId, String> addresses) {
      if (file != null) {
        file.write(addresses);
      }
    }

    @Override
    public void secondSelf(Introduction other) {
      String reason =
          "pekko-raft.node.id is '"
              + other.node()
              + "', and so it is in the process at "
              + other.address()
              + (sameDirectory(other) ? ", which has a copy of this data directory" : "")
              + ". Give each process its own id";
      LOG.error("{}", reason);
      refuse(reason);
    }
  }

  private boolean sameDirectory(Introduction other) {
    return data != null && data.owner().incarnation() == other.incarnation();
  }

  /** No group is formed, or started, with two processes of one id; those that run go on. */
  private synchronized void refuse(String reason) {
    secondSelf = reason;
    groups.values().forEach(member -> member.takeNoPart(reason));
  }

  // --- groups

  @Override
  public RaftMember start(
      String group, StateMachine stateMachine, Consumer<OperatorException> onFailure) {
    try {
      Names.check("a group's name", group);
    } catch (IllegalArgumentException wrong) {
      throw OperatorException.configuration("group '" + group + "': " + wrong.getMessage() + ".");
    }
    if (group.equals(here.configuration().coordinationGroup())) {
      throw OperatorException.configuration(
          "'"
              + group
              + "' is the group of singletons and leases (pekko-raft.coordination.group), which"
              + " starts by itself. Choose another name.");
    }
    return startMember(group, stateMachine, onFailure);
  }

  private synchronized LocalMember startMember(
      String group, StateMachine stateMachine, Consumer<OperatorException> onFailure) {
    if (stopping) {
      throw new IllegalStateException("the actor system is ending: no group is started any more");
    }
    if (groups.containsKey(group)) {
      throw new IllegalStateException(
          "the group '" + group + "' has been started in this actor system already");
    }
    DataDirectory directory = data;
    if (directory == null) {
      throw notAMember(group);
    }
    if (!secondSelf.isEmpty()) {
      throw OperatorException.configuration(secondSelf + ".");
    }
    LocalMember member =
        LocalMember.start(
            here, directory.owner().in(group), directory.group(group), stateMachine, onFailure);
    groups.put(group, member);
    return member;
  }

  private OperatorException notAMember(String group) {
    NodeConfiguration configuration = here.configuration();
    List<NodeId> listed = configuration.members().stream().map(ListedMember::id).toList();
    return OperatorException.configuration(
        "the group '"
            + group
            + "' cannot be started here: pekko-raft.node.id is "
            + (configuration.id() == null
                ? "not set"
                : "'" + configuration.id() + "', which is not in")
            + (configuration.id() == null ? ", so this process is none of" : "")
            + " pekko-raft.node.members: "
            + listed
            + ". Only members host groups.");
  }

  @Override
  public Optional<RaftMember> group(String name) {
    return Optional.ofNullable(groups.get(name));
  }

  @Override
  public synchronized Session session() {
    Session present = session;
    if (present == null) {
      present = startSession();
      session = present;
    }
    return present;
  }

  /** What is configured wrongly is said again at the next call: the group is started once. */
  private Session startSession() {
    SessionPlace where = place;
    if (where == null) {
      where = place();
      place = where;
    }
    try {
      return SessionStarter.start(where);
    } catch (ConfigException wrong) {
      throw OperatorException.configuration("configuration: " + wrong.getMessage());
    }
  }

  private SessionPlace place() {
    NodeConfiguration configuration = here.configuration();
    String group = configuration.coordinationGroup();
    SessionPlace.@Nullable Member member = null;
    if (data != null) {
      CoordinationTable table = new CoordinationTable();
      member = new SessionPlace.Member(startMember(group, table, failure -> {}), table);
    }
    return new SessionPlace(
        here.system(),
        configuration.cluster(),
        group,
        here.book(),
        configuration.protocol(),
        member);
  }

  // --- the end

  @Override
  public synchronized CompletionStage<Done> leave(Duration timeout) {
    stopping = true;
    groups.values().forEach(LocalMember::prepareToStop);
    Session present = session;
    return present == null
        ? CompletableFuture.completedFuture(Done.done())
        : present.leave(timeout).handle((done, failure) -> Done.done());
  }

  @Override
  public List<LocalMember> groups() {
    return List.copyOf(groups.values());
  }
}
