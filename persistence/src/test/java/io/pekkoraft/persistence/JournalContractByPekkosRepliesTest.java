package io.pekkoraft.persistence;

import java.util.HashMap;
import java.util.Map;

/** The same contract when Pekko answers the requests to write, as it does for other journals. */
class JournalContractByPekkosRepliesTest extends JournalContractTest {
  @Override
  Map<String, Object> more() {
    Map<String, Object> more = new HashMap<>(super.more());
    more.put("pekko-raft.persistence.journal.direct-replies", false);
    return more;
  }
}
