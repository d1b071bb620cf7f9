package io.pekkoraft.cluster;

/**
 * Something that only the operator can put right. Its message is all that is shown: it says what is
 * wrong and what to do, so no stack trace is needed.
 */
public final class OperatorException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** A wrong configuration, a port in use, a data directory of another node. */
  public static final int CONFIGURATION = 2;

  /** The node must not take part as it is: a wiped disk, a second bootstrap. */
  public static final int REFUSED = 3;

  /** The node ran and failed: its storage, its state machine. A restart verifies all anew. */
  public static final int FAILED = 4;

  /** The exit code of the process. */
  private final int exitCode;

  private OperatorException(int exitCode, String message) {
    super(message, null, false, false);
    this.exitCode = exitCode;
  }

  /** What is configured cannot be; the message names the key. */
  public static OperatorException configuration(String message) {
    return new OperatorException(CONFIGURATION, message);
  }

  /** The node must not take part as it is. */
  public static OperatorException refused(String message) {
    return new OperatorException(REFUSED, message);
  }

  /** The node failed while it ran. */
  public static OperatorException failed(String message) {
    return new OperatorException(FAILED, message);
  }

  public int exitCode() {
    return exitCode;
  }

  /** The message; never null. */
  @Override
  public String getMessage() {
    String message = super.getMessage();
    return message == null ? "" : message;
  }
}
