package io.pekkoraft.layout;

/**
 * Bytes that are not what they should be: damaged, cut off, made up, or of a format that this
 * version does not know. The only exception that leaves a decoder.
 */
public class MalformedBytesException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  public MalformedBytesException(String message) {
    super(message);
  }

  public MalformedBytesException(String message, Throwable cause) {
    super(message, cause);
  }
}
