package io.pekkoraft.layout;

/** Bytes in a format version that this version of the library cannot read. */
public final class UnsupportedVersionException extends MalformedBytesException {
  private static final long serialVersionUID = 1L;

  /** The version that the bytes have. */
  private final int found;

  /**
   * @param what what was being read
   * @param oldest oldest version that can be read
   * @param newest newest version that can be read
   */
  public UnsupportedVersionException(String what, int found, int oldest, int newest) {
    super(
        what
            + " has format version "
            + found
            + ", but this version of pekko-raft reads "
            + (oldest == newest ? "only " + newest : oldest + " to " + newest)
            + (found > newest ? ": upgrade this node" : ": it was written by a version too old"));
    this.found = found;
  }

  public int found() {
    return found;
  }
}
