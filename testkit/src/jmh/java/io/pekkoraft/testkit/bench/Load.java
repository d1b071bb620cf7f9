package io.pekkoraft.testkit.bench;

/**
 * A load to put on a group.
 *
 * @param outstanding how many commands are kept unanswered
 * @param payloadBytes size of each command
 * @param millis for how long at most
 * @param writes how many at most
 */
record Load(int outstanding, int payloadBytes, long millis, long writes) {

  static Load forMillis(int outstanding, int payloadBytes, long millis) {
    return new Load(outstanding, payloadBytes, millis, Long.MAX_VALUE);
  }

  /** One line, for {@link #parse}. */
  String toLine() {
    return outstanding + " " + payloadBytes + " " + millis + " " + writes;
  }

  static Load parse(String line) {
    String[] words = line.split(" ", -1);
    return new Load(
        Integer.parseInt(words[0]),
        Integer.parseInt(words[1]),
        Long.parseLong(words[2]),
        Long.parseLong(words[3]));
  }
}
