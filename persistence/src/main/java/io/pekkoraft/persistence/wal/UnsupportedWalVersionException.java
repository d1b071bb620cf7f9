package io.pekkoraft.persistence.wal;

/** The files were written by a later version of this library, in a format unknown to this one. */
public final class UnsupportedWalVersionException extends WalException {
  private static final long serialVersionUID = 1L;

  UnsupportedWalVersionException(String file, long offset, int version, int supported) {
    super(
        "file ["
            + file
            + "], offset "
            + offset
            + ": format version "
            + version
            + "; this version of the library reads up to version "
            + supported
            + "; use the version that wrote it, or a later one",
        null);
  }
}
