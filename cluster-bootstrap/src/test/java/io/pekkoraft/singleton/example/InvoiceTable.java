package io.pekkoraft.singleton.example;

/**
 * Stands for a table of one row in a database that all nodes use: {@code invoice(last_number,
 * token)}.
 */
public final class InvoiceTable {
  private long lastNumber;
  private long token;

  /** {@code UPDATE invoice SET last_number = last_number + 1} */
  public synchronized long next() {
    lastNumber++;
    return lastNumber;
  }

  /**
   * {@code UPDATE invoice SET last_number = last_number + 1, token = :token WHERE token <= :token};
   * no row changed: somebody else has taken over.
   */
  public synchronized long next(long tokenOfAsker) {
    if (token > tokenOfAsker) {
      throw new IllegalStateException(
          "token " + tokenOfAsker + " is over: the table has seen " + token);
    }
    token = tokenOfAsker;
    return next();
  }
}
