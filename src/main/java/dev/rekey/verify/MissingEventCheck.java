package dev.rekey.verify;

import java.io.IOException;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Explains why events are not where their seals say. */
interface MissingEventCheck {

  /** For an export, whose lines say which events it could not read. */
  MissingEventCheck NONE = new MissingEventCheck() {};

  /** Why an event is missing; null if its whole month is gone. */
  default @Nullable Finding explain(Link link) throws SQLException, IOException {
    return null;
  }

  /** The first event of these seqs that exists although its seal's month is gone. */
  default @Nullable Finding changedSeal(long first, long last) throws SQLException, IOException {
    return null;
  }
}
