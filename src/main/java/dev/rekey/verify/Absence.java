package dev.rekey.verify;

import java.io.IOException;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** What can be found out about events that are not there. */
interface Absence {

  /** For an export, which says itself what it could not hold. */
  Absence UNKNOWN =
      new Absence() {
        @Override
        public @Nullable Finding explain(Link link) {
          return null;
        }

        @Override
        public @Nullable Finding pretended(long first, long last) {
          return null;
        }
      };

  /** Why that event is not where its seal says; null if its month is gone as a whole. */
  @Nullable Finding explain(Link link) throws SQLException, IOException;

  /** The first event in this part of the chain whose seal merely says that its month is gone. */
  @Nullable Finding pretended(long first, long last) throws SQLException, IOException;
}
