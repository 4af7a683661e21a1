package dev.rekey.verify;

import java.io.IOException;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Explains why events are not where their seals say. */
interface MissingEventCheck {

  /** For an export, whose lines say which events it could not read. */
  MissingEventCheck NONE =
      new MissingEventCheck() {
        @Override
        public @Nullable Finding explain(Link link) {
          return null;
        }

        @Override
        public @Nullable Finding changedSeal(long first, long last) {
          return null;
        }
      };

  /** Why an event is missing; null if its whole month is gone. */
  @Nullable Finding explain(Link link) throws SQLException, IOException;

  /**
   * The first event from {@code first} to {@code last} that exists although its seal's month is
   * gone.
   */
  @Nullable Finding changedSeal(long first, long last) throws SQLException, IOException;
}
