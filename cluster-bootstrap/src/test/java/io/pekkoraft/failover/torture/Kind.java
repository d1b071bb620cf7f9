package io.pekkoraft.failover.torture;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What a round does to the nodes. */
enum Kind {
  FREEZE_IDLE("the instance's process stops while nothing is asked", false),
  FREEZE_MAILBOX("it stops while questions wait in front of the handler", false),
  FREEZE_INSIDE("it stops while a handler is under way", false),
  DEAF("the instance's node hears no other", true),
  MUTE("no other hears the instance's node", true),
  ONE_WAY("one node does not hear another", true),
  PARTIAL("two nodes do not hear each other, both hear the third", true),
  ISOLATE_INSTANCE("the instance's node and the others do not hear each other", true),
  ISOLATE_LEADER("the same for the node that leads the group", true);

  private final String what;
  private final boolean needsNetwork;

  Kind(String what, boolean needsNetwork) {
    this.what = what;
    this.needsNetwork = needsNetwork;
  }

  /** For people. */
  String what() {
    return what;
  }

  String id() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static List<Kind> all(boolean network) {
    return Arrays.stream(values()).filter(kind -> network || !kind.needsNetwork).toList();
  }
}
