package io.pekkoraft.role;

import io.pekkoraft.api.Outcome;
import io.pekkoraft.log.LogEntry;
import io.pekkoraft.message.ClientRequest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The clients' requests for which this node has done something: appended, as the leader, or
 * forwarded to it. An appended one is answered by the state machine with its own entry's result, or
 * as indeterminate when this node stops leading: never with the result of another entry that took
 * its index.
 */
public final class PendingRequests {
  private record Appended(long index, ClientRequest request) {}

  private final Deque<Appended> appended = new ArrayDeque<>();
  private final Map<Long, ClientRequest> forwarded = new HashMap<>();
  private long nextRequestId = 1;

  void appended(long index, ClientRequest request) {
    appended.add(new Appended(index, request));
  }

  /** The requests of committed entries, aligned with them; they are no longer pending here. */
  List<@Nullable ClientRequest> take(List<LogEntry> entries) {
    List<@Nullable ClientRequest> requests = new ArrayList<>(entries.size());
    for (LogEntry entry : entries) {
      Appended first = appended.peekFirst();
      if (first != null && first.index() == entry.index()) {
        requests.add(first.request());
        appended.removeFirst();
      } else {
        requests.add(null);
      }
    }
    return requests;
  }

  /** This node leads no longer: nobody can say what becomes of what it appended. */
  void leadershipLost(String reason) {
    appended.forEach(pending -> pending.request().complete(new Outcome.Indeterminate(reason)));
    appended.clear();
  }

  /** Remembers a request that is being forwarded, and gives it a number. */
  long forwarded(ClientRequest request) {
    long id = nextRequestId++;
    forwarded.put(id, request);
    return id;
  }

  void answered(long requestId, Outcome outcome) {
    ClientRequest request = forwarded.remove(requestId);
    if (request != null) {
      request.complete(outcome);
    }
  }

  /** Forgets forwarded requests whose deadline has answered them. */
  void forgetDone() {
    forwarded.values().removeIf(ClientRequest::isDone);
  }

  /** The node has failed. */
  void failAll(Outcome outcome) {
    appended.forEach(pending -> pending.request().complete(outcome));
    appended.clear();
    forwarded.values().forEach(request -> request.complete(outcome));
    forwarded.clear();
  }
}
