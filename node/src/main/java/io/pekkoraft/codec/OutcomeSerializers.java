package io.pekkoraft.codec;

import com.esotericsoftware.kryo.kryo5.io.Input;
import com.esotericsoftware.kryo.kryo5.io.Output;
import io.pekkoraft.api.Outcome;
import io.pekkoraft.layout.Fields;
import io.pekkoraft.layout.Limits;
import io.pekkoraft.layout.LogValues;
import io.pekkoraft.layout.MalformedBytesException;
import io.pekkoraft.log.NodeId;
import java.time.Duration;
import java.util.function.Function;

/** How a request ended. Reasons are for people: one that is too long is cut. */
final class OutcomeSerializers {
  private static final int MAX_REASON_BYTES = 4 << 10;
  private static final int NANOS_PER_SECOND = 1_000_000_000;

  private OutcomeSerializers() {}

  /** Index, result. */
  static final class OfCommitted extends MessageSerializer<Outcome.Committed> {
    @Override
    void write(Output output, Outcome.Committed outcome) {
      Fields.writeCounter(output, "index", outcome.index());
      Fields.writeBytes(output, "result", outcome.result(), Limits.MAX_FRAME_BYTES);
    }

    @Override
    Outcome.Committed read(Input input) {
      long index = Fields.readCounter(input, "index");
      return new Outcome.Committed(
          index, Fields.readBytes(input, "result", Limits.MAX_FRAME_BYTES));
    }
  }

  /** Whether a leader is known (1 byte), and its name if so. */
  static final class OfNotLeader extends MessageSerializer<Outcome.NotLeader> {
    @Override
    void write(Output output, Outcome.NotLeader outcome) {
      NodeId leader = outcome.leader();
      Fields.writeBoolean(output, leader != null);
      if (leader != null) {
        LogValues.writeNode(output, leader);
      }
    }

    @Override
    Outcome.NotLeader read(Input input) {
      boolean known = Fields.readBoolean(input, "leader known");
      return new Outcome.NotLeader(known ? LogValues.readNode(input) : null);
    }
  }

  /** Limit. */
  static final class OfTooLarge extends MessageSerializer<Outcome.TooLarge> {
    @Override
    void write(Output output, Outcome.TooLarge outcome) {
      Fields.writeCounter(output, "limit", outcome.limitBytes());
    }

    @Override
    Outcome.TooLarge read(Input input) {
      return new Outcome.TooLarge(Fields.readCounter(input, "limit"));
    }
  }

  /** An outcome that is a reason: text. */
  private abstract static class OfReason<T extends Outcome> extends MessageSerializer<T> {
    private final Function<T, String> reason;
    private final Function<String, T> outcome;

    OfReason(Function<T, String> reason, Function<String, T> outcome) {
      this.reason = reason;
      this.outcome = outcome;
    }

    @Override
    void write(Output output, T value) {
      String text = reason.apply(value);
      // A character takes three bytes at most.
      int most = MAX_REASON_BYTES / 3;
      Fields.writeText(
          output,
          "reason",
          text.length() > most ? text.substring(0, most) : text,
          MAX_REASON_BYTES);
    }

    @Override
    T read(Input input) {
      return outcome.apply(Fields.readText(input, "reason", MAX_REASON_BYTES));
    }
  }

  static final class OfNoLeader extends OfReason<Outcome.NoLeader> {
    OfNoLeader() {
      super(Outcome.NoLeader::reason, Outcome.NoLeader::new);
    }
  }

  static final class OfIndeterminate extends OfReason<Outcome.Indeterminate> {
    OfIndeterminate() {
      super(Outcome.Indeterminate::reason, Outcome.Indeterminate::new);
    }
  }

  static final class OfRejected extends OfReason<Outcome.Rejected> {
    OfRejected() {
      super(Outcome.Rejected::reason, Outcome.Rejected::new);
    }
  }

  static final class OfMemberFailed extends OfReason<Outcome.MemberFailed> {
    OfMemberFailed() {
      super(Outcome.MemberFailed::reason, Outcome.MemberFailed::new);
    }
  }

  /** An outcome that is a duration: seconds, nanoseconds. */
  private abstract static class OfDuration<T extends Outcome> extends MessageSerializer<T> {
    private final Function<T, Duration> duration;
    private final Function<Duration, T> outcome;

    OfDuration(Function<T, Duration> duration, Function<Duration, T> outcome) {
      this.duration = duration;
      this.outcome = outcome;
    }

    @Override
    void write(Output output, T value) {
      Duration time = duration.apply(value);
      Fields.writeCounter(output, "seconds", time.getSeconds());
      Fields.writeCounter(output, "nanoseconds", time.getNano());
    }

    @Override
    T read(Input input) {
      long seconds = Fields.readCounter(input, "seconds");
      long nanos = Fields.readCounter(input, "nanoseconds");
      if (nanos >= NANOS_PER_SECOND) {
        throw new MalformedBytesException(nanos + " nanoseconds are more than a second");
      }
      return outcome.apply(Duration.ofSeconds(seconds, nanos));
    }
  }

  static final class OfOverloaded extends OfDuration<Outcome.Overloaded> {
    OfOverloaded() {
      super(Outcome.Overloaded::retryAfter, Outcome.Overloaded::new);
    }
  }

  static final class OfTimedOut extends OfDuration<Outcome.TimedOut> {
    OfTimedOut() {
      super(Outcome.TimedOut::after, Outcome.TimedOut::new);
    }
  }
}
