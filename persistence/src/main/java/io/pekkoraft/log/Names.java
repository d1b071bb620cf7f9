package io.pekkoraft.log;

/**
 * The one rule for names that come from configuration: they appear in paths, log lines and files.
 */
public final class Names {
  private static final int MAX_LENGTH = 64;

  private Names() {}

  /**
   * @param what what the name is for, as the message should call it
   * @return {@code name}
   * @throws IllegalArgumentException if the name is empty, too long or has other characters
   */
  public static String check(String what, String name) {
    if (name.isEmpty() || name.length() > MAX_LENGTH) {
      throw new IllegalArgumentException(
          what + " must have 1 to " + MAX_LENGTH + " characters, has " + name.length());
    }
    for (int i = 0; i < name.length(); i++) {
      if (!allowed(name.charAt(i))) {
        throw new IllegalArgumentException(
            what
                + " may use only A-Z a-z 0-9 . _ - but has U+"
                + Integer.toHexString(name.charAt(i))
                + " at position "
                + i);
      }
    }
    return name;
  }

  private static boolean allowed(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '.'
        || c == '_'
        || c == '-';
  }
}
