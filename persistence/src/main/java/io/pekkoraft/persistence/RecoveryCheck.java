package io.pekkoraft.persistence;

import io.pekkoraft.log.JournalEvent;
import io.pekkoraft.log.JournalEvent.Founded;
import io.pekkoraft.log.JournalEvent.LogBatch;
import io.pekkoraft.log.Member;
import io.pekkoraft.log.NodeId;
import io.pekkoraft.log.SnapshotDescriptor;
import io.pekkoraft.persistence.JournalRefusedException.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Collects what a journal replays, and refuses it unless it is this node's and whole: whose it is
 * is said first, no event is missing, and the log that the batches make has no hole.
 */
public final class RecoveryCheck {
  private final String persistenceId;

  /** Null if it may be anybody's whose persistence id it is. */
  private final @Nullable Founded expected;

  private @Nullable Founded founded;
  private @Nullable SnapshotDescriptor snapshot;
  private LogContinuity log = new LogContinuity(null);
  private final List<LogBatch> batches = new ArrayList<>();
  private long lastSequenceNr;

  RecoveryCheck(String persistenceId, @Nullable Founded expected) {
    this.persistenceId = persistenceId;
    this.expected = expected;
  }

  /** A check for somebody who does not know whose journal it is, only what its id says. */
  public static RecoveryCheck ofAnyOwner(String persistenceId) {
    return new RecoveryCheck(persistenceId, null);
  }

  /**
   * Takes the descriptor from which recovery starts.
   *
   * @throws JournalRefusedException if the journal is another's
   */
  public void onSnapshot(long sequenceNr, StoredSnapshot stored) {
    checkIdentity(stored.founded());
    founded = stored.founded();
    snapshot = stored.snapshot();
    log = new LogContinuity(stored.snapshot());
    lastSequenceNr = sequenceNr;
  }

  /**
   * Takes the next event.
   *
   * @throws JournalRefusedException if the journal is another's, or something is missing
   */
  public void onEvent(long sequenceNr, JournalEvent event) {
    if (sequenceNr != lastSequenceNr + 1) {
      throw damaged(
          "it has event "
              + sequenceNr
              + (lastSequenceNr == 0
                  ? ", but neither those before it nor a snapshot in their place"
                  : " after " + lastSequenceNr + ", what is between is missing"));
    }
    lastSequenceNr = sequenceNr;
    if (event instanceof Founded first) {
      onFounded(sequenceNr, first);
    } else if (event instanceof LogBatch batch) {
      onBatch(sequenceNr, batch);
    }
  }

  private void onFounded(long sequenceNr, Founded first) {
    if (founded != null) {
      throw damaged("its event " + sequenceNr + " founds it a second time");
    }
    checkIdentity(first);
    founded = first;
  }

  private void onBatch(long sequenceNr, LogBatch batch) {
    if (founded == null) {
      throw damaged("its first event does not say whose it is");
    }
    String wrong = log.add(batch);
    if (wrong != null) {
      throw damaged("in its event " + sequenceNr + ", " + wrong);
    }
    batches.add(batch);
  }

  /**
   * Ends recovery.
   *
   * @param highestSequenceNr of all events ever written, as the journal remembers it
   * @return what was found; null if nothing was ever written
   * @throws JournalRefusedException if something is missing
   */
  public @Nullable RecoveredLog complete(long highestSequenceNr) {
    if (highestSequenceNr == 0 && founded == null) {
      return null;
    }
    if (lastSequenceNr != highestSequenceNr || founded == null) {
      throw damaged(
          "events up to "
              + highestSequenceNr
              + " were written, but only those up to "
              + lastSequenceNr
              + " are there");
    }
    if (snapshot != null && batches.isEmpty()) {
      throw damaged("the batch after its snapshot, which holds term and vote, is missing");
    }
    String wrong = log.complete();
    if (wrong != null) {
      throw damaged(wrong);
    }
    return new RecoveredLog(founded, snapshot, List.copyOf(batches), false);
  }

  /** Addresses may change; whose votes count in the group may not. */
  private void checkIdentity(Founded found) {
    String differs = expected == null ? otherId(found) : difference(found, expected);
    if (!differs.isEmpty()) {
      throw new JournalRefusedException(
          Reason.FOREIGN,
          "journal '"
              + persistenceId
              + "' was founded for "
              + differs
              + ". It is the data of another node, group or incarnation: check the configured data"
              + " directory and names, and do not delete it before you know whose it is");
    }
  }

  private String otherId(Founded found) {
    return JournalSettings.persistenceId(found.group(), found.node()).equals(persistenceId)
        ? ""
        : "node " + found.node() + " of group " + found.group();
  }

  private static String difference(Founded found, Founded expected) {
    String differs = "";
    if (!found.group().equals(expected.group())) {
      differs = "group " + found.group() + ", not " + expected.group();
    } else if (!found.node().equals(expected.node())) {
      differs = "node " + found.node() + ", not " + expected.node();
    } else if (found.nodeIncarnation() != expected.nodeIncarnation()) {
      differs =
          "node incarnation "
              + Long.toHexString(found.nodeIncarnation())
              + ", not "
              + Long.toHexString(expected.nodeIncarnation());
    } else if (!voters(found).equals(voters(expected))) {
      differs = "voters (with incarnations) " + voters(found) + ", not " + voters(expected);
    }
    return differs;
  }

  private static Map<NodeId, String> voters(Founded founded) {
    Map<NodeId, String> voters = new TreeMap<>();
    for (Member voter : founded.configuration().voters()) {
      voters.put(voter.id(), Long.toHexString(voter.incarnation()));
    }
    return voters;
  }

  private JournalRefusedException damaged(String what) {
    return new JournalRefusedException(
        Reason.DAMAGED,
        "journal '"
            + persistenceId
            + "' cannot be trusted: "
            + what
            + ". Put back what is missing; without it this member takes no part, and the others go"
            + " on (this version cannot admit a member anew)");
  }
}
