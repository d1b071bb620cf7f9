package io.pekkoraft.testkit.picture;

import io.pekkoraft.testkit.picture.Recording.Message;
import io.pekkoraft.testkit.picture.Recording.Sort;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Something that happened at one instant. */
final class Step {
  /** A change of a lane's state. */
  record Change(int lane, int field, @Nullable Object value) {}

  final long number;
  final long timeNanos;
  final int lane;
  final Sort sort;
  final String what;
  final @Nullable Message message;
  final List<Change> changes = new ArrayList<>(0);
  final List<String> notes = new ArrayList<>(0);

  Step(long number, long timeNanos, int lane, Sort sort, String what, @Nullable Message message) {
    this.number = number;
    this.timeNanos = timeNanos;
    this.lane = lane;
    this.sort = sort;
    this.what = what;
    this.message = message;
  }
}
