package io.pekkoraft.testkit.picture;

/** Something that was so for a while. */
final class Band {
  final String what;
  final long startNanos;
  long endNanos = Recording.NOT_YET;

  Band(String what, long startNanos) {
    this.what = what;
    this.startNanos = startNanos;
  }
}
