package io.pekkoraft.cluster.address;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.discovery.Discovery;
import org.apache.pekko.discovery.Lookup;
import org.apache.pekko.discovery.ServiceDiscovery;

/** Instances of a service, as Pekko Discovery finds them. Needs the library pekko-discovery. */
public final class DiscoveryCandidates implements Candidates {
  private final ServiceDiscovery discovery;
  private final Lookup lookup;
  private final Duration timeout;
  private final String prefix;
  private final int ownPort;

  /**
   * @param method empty for the application's own
   * @param portName empty for none
   * @param protocol empty for none
   * @param own address of this actor system: the others have its protocol and name, and its port
   *     unless discovery says another
   */
  public DiscoveryCandidates(
      ActorSystem<?> system,
      String method,
      String serviceName,
      String portName,
      String protocol,
      Duration timeout,
      String own) {
    Discovery extension = Discovery.get(system);
    discovery = method.isEmpty() ? extension.discovery() : extension.loadServiceDiscovery(method);
    Lookup service = Lookup.create(serviceName);
    Lookup named = portName.isEmpty() ? service : service.withPortName(portName);
    lookup = protocol.isEmpty() ? named : named.withProtocol(protocol);
    this.timeout = timeout;
    prefix = own.substring(0, own.indexOf('@') + 1);
    ownPort = Integer.parseInt(own.substring(own.lastIndexOf(':') + 1));
  }

  @Override
  public CompletionStage<Set<String>> look() {
    return discovery
        .lookup(lookup, timeout)
        .thenApply(
            resolved ->
                resolved.getAddresses().stream()
                    .map(target -> address(target.host(), port(target)))
                    .collect(Collectors.toSet()));
  }

  /** Scala's Int is an Object to Java. */
  private int port(ServiceDiscovery.ResolvedTarget target) {
    return target.getPort().map(Integer.class::cast).orElse(ownPort);
  }

  private String address(String host, int port) {
    boolean bare = host.contains(":") && !host.startsWith("[");
    return prefix + (bare ? "[" + host + "]" : host) + ":" + port;
  }
}
