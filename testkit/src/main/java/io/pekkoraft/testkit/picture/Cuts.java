package io.pekkoraft.testkit.picture;

import java.util.List;

/** The links that are cut, as bands of a {@link Recording}: one for each pair of lanes. */
public final class Cuts {
  /** Whether the second hears nothing of the first; both are lanes. */
  @FunctionalInterface
  public interface Links {
    boolean isCut(int from, int to);
  }

  private final Recording recording;

  public Cuts(Recording recording) {
    this.recording = recording;
  }

  /** Links may have been cut or healed. */
  public void changed(long timeNanos, Links links) {
    List<String> lanes = recording.lanes();
    for (int one = 0; one < lanes.size(); one++) {
      for (int other = one + 1; other < lanes.size(); other++) {
        boolean there = links.isCut(one, other);
        boolean back = links.isCut(other, one);
        band(timeNanos, there && back, one, " x ", other);
        band(timeNanos, there && !back, one, " -> ", other);
        band(timeNanos, back && !there, other, " -> ", one);
      }
    }
  }

  private void band(long timeNanos, boolean cut, int from, String arrow, int to) {
    String text = recording.lanes().get(from) + arrow + recording.lanes().get(to);
    if (cut) {
      recording.begins(timeNanos, text);
    } else {
      recording.ends(timeNanos, text);
    }
  }
}
