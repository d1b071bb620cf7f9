package io.pekkoraft.cluster;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import io.pekkoraft.api.StateMachine;
import io.pekkoraft.cluster.AddressSettings.From;
import io.pekkoraft.cluster.LocalMember.Surroundings;
import io.pekkoraft.cluster.NodeConfiguration.ListedMember;
import io.pekkoraft.cluster.address.AddressActor;
import io.pekkoraft.cluster.address.Introduction;
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
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
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
      OwnAddress address,
      @Nullable DataDirectory data) {
    this.data = data;
    AddressBook book = new AddressBook(address.known(configuration, data));
    @Nullable ActorRef<AddressActor.Command> addresses =
        configuration.addresses().from() == From.CONFIGURATION
            ? null
            : AddressActor.start(
                system,
                whomToAsk(system, configuration, address.text(), book),
                new AddressListener(data));
    here =
        new Surroundings(
            system,
            configuration,
            address.text(),
            address.list(configuration),
            book,
            members -> admit(addresses, members));
  }

  /**
   * @throws OperatorException if it cannot run as it is configured
   */
  static LocalPekkoRaft create(ActorSystem<?> system) {
    Config config = system.settings().config();
    NodeConfiguration configuration = NodeConfiguration.of(config);
    OwnAddress address = OwnAddress.of(system);
    address.requireConfigured(configuration);
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
      try {
        RemotingCheck.checkSizes(system, configuration.protocol());
      } catch (IllegalStateException unfit) {
        throw OperatorException.configuration(unfit.getMessage() + ".");
      }
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
        self, listed, book, WhomToAsk.of(system, addresses, own), addresses.askInterval());
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
    Objects.requireNonNull(stateMachine, "stateMachine");
    Objects.requireNonNull(onFailure, "onFailure");
    return startMember(group, stateMachine, onFailure);
  }

  private synchronized LocalMember startMember(
      String group, StateMachine stateMachine, Consumer<OperatorException> onFailure) {
    if (stopping) {
      throw new IllegalStateException("the actor system is ending: no group is started any more");
    }
    if (groups.containsKey(group)) {
      throw new IllegalStateException(
          "the group '"
              + group
              + "' has been started in this actor system already; also after it was stopped, a"
              + " group starts again only in a new actor system");
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
