package io.pekkoraft.failover;

import java.util.List;

/**
 * What a user asks the single instance. Crosses the network as text, which Pekko serializes without
 * any setting.
 *
 * @param id unique over all users of a run, without spaces
 * @param holdMillis how long its handler stays inside
 * @param replyTo path of the actor that waits for the {@link Answer}
 */
record Question(String id, int holdMillis, String replyTo) {

  /** The answer to a question: which instance gave it. */
  record Answer(String question, String instance) {
    String text() {
      return question + " " + instance;
    }

    static Answer parse(String text) {
      List<String> words = List.of(text.split(" ", -1));
      return new Answer(words.get(0), words.get(1));
    }
  }

  String text() {
    return id + " " + holdMillis + " " + replyTo;
  }

  static Question parse(String text) {
    List<String> words = List.of(text.split(" ", -1));
    return new Question(words.get(0), Integer.parseInt(words.get(1)), words.get(2));
  }
}
