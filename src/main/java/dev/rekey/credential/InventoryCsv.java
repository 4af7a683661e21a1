package dev.rekey.credential;

import dev.rekey.access.Visibility;
import dev.rekey.credential.CredentialView.Source;
import dev.rekey.credential.Inventory.Entry;
import dev.rekey.platform.problem.ProblemType;
import dev.rekey.platform.query.CsvCells;
import dev.rekey.platform.query.Cursor;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/**
 * Streams all credentials that match a search as CSV. Between two pages it holds nothing in the
 * database, so a client may read slowly.
 */
@Component
class InventoryCsv {

  private static final int PAGE = 500;
  private static final int MAX_AT_ONCE = 16;

  private static final DateTimeFormatter FILE_TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

  private record Column(String name, Function<CredentialView, @Nullable Object> value) {}

  private static final List<Column> COLUMNS =
      List.of(
          new Column("id", CredentialView::id),
          new Column("upstream", CredentialView::upstream),
          new Column("subject", CredentialView::subject),
          new Column("upstreamId", CredentialView::upstreamId),
          new Column("clientId", CredentialView::clientId),
          new Column("displayName", CredentialView::displayName),
          new Column("description", CredentialView::description),
          new Column("status", CredentialView::status),
          new Column("origin", CredentialView::origin),
          new Column("ownLogin", CredentialView::ownLogin),
          new Column("createdAt", CredentialView::createdAt),
          new Column("updatedAt", CredentialView::updatedAt),
          new Column("expiresAt", CredentialView::expiresAt),
          new Column("policyExpiresAt", CredentialView::policyExpiresAt),
          new Column("lastUsedAt", CredentialView::lastUsedAt),
          new Column("deletedAt", CredentialView::deletedAt),
          new Column("recordedAt", CredentialView::recordedAt),
          new Column("observedAt", CredentialView::observedAt),
          new Column("rotationId", CredentialView::rotationId),
          new Column("replacedBy", CredentialView::replacedBy),
          new Column("sourcesFactsFrom", view -> view.sources().facts().from()),
          new Column("sourcesFactsAt", view -> view.sources().facts().at()),
          new Column("sourcesStatusFrom", view -> view.sources().status().from()),
          new Column("sourcesStatusAt", view -> view.sources().status().at()),
          new Column("sourcesEndFrom", view -> end(view, Source::from)),
          new Column("sourcesEndAt", view -> end(view, Source::at)),
          new Column("deliveredTo", CredentialView::deliveredTo),
          new Column("deliveredAt", CredentialView::deliveredAt),
          new Column("policy", CredentialView::policy),
          new Column("nextRotationAt", CredentialView::nextRotationAt),
          new Column("rotationWaitsFor", CredentialView::rotationWaitsFor),
          new Column("ownerTeam", view -> view.owner() == null ? null : view.owner().team()),
          new Column("ownerContact", view -> view.owner() == null ? null : view.owner().contact()),
          new Column("ownerLink", view -> view.owner() == null ? null : view.owner().link()));

  private final Semaphore slots = new Semaphore(MAX_AT_ONCE);
  private final Inventory inventory;
  private final CredentialViews views;
  private final JsonMapper json;
  private final Clock clock;

  InventoryCsv(Inventory inventory, CredentialViews views, JsonMapper json, Clock clock) {
    this.inventory = inventory;
    this.views = views;
    this.json = json;
    this.clock = clock;
  }

  /** A search; all restrictions {@code within} apply. */
  record Search(InventoryFilter filter, InventoryOrder order, List<Visibility> within) {}

  private record Page(List<CredentialView> rows, @Nullable Cursor next) {}

  /** Sends the response. If this throws after the first byte, the response is incomplete. */
  void send(Search search, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    if (!slots.tryAcquire()) {
      throw ProblemType.RECORD_UNAVAILABLE.with(
          "A replica sends the inventory as CSV to at most "
              + MAX_AT_ONCE
              + " callers at the same time. Repeat the request when another one has finished.");
    }
    try {
      Page page = page(search, null);
      String file = "rekey-credentials-" + FILE_TIME.format(clock.instant()) + ".csv";
      response.setContentType(CsvCells.MEDIA_TYPE);
      response.setHeader(
          HttpHeaders.CONTENT_DISPOSITION,
          ContentDisposition.attachment().filename(file).build().toString());
      if (request.getMethod().equals(HttpMethod.HEAD.name())) {
        return;
      }
      // From here on, a failure cuts the connection, since the status is sent.
      response.flushBuffer();
      var cells =
          new CsvCells(
              response.getOutputStream(), json, COLUMNS.stream().map(Column::name).toList());
      write(page.rows(), cells);
      while (page.next() != null) {
        page = page(search, page.next());
        write(page.rows(), cells);
      }
      cells.flush();
    } finally {
      slots.release();
    }
  }

  private Page page(Search search, @Nullable Cursor after) {
    List<Entry> found =
        inventory.find(search.filter(), search.order(), search.within(), after, PAGE);
    List<CredentialView> rows =
        views.of(found.stream().map(Entry::credential).toList(), search.filter().now());
    return new Page(rows, found.size() < PAGE ? null : found.getLast().cursor(null));
  }

  private static void write(List<CredentialView> rows, CsvCells cells) throws IOException {
    for (CredentialView row : rows) {
      for (Column column : COLUMNS) {
        cells.cell(column.value().apply(row));
      }
      cells.endRow();
    }
  }

  private static @Nullable Object end(CredentialView view, Function<Source, Object> part) {
    Source end = view.sources().end();
    return end == null ? null : part.apply(end);
  }
}
