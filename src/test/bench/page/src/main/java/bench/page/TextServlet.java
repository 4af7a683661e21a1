package bench.page;

import bench.page.PageApplication.Queries;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;

/** Passes a page through that PostgreSQL made as JSON. */
class TextServlet extends HttpServlet {

  private static final long serialVersionUID = 1;

  private final transient DataSource database;
  private final transient Queries queries;
  private final transient Map<String, String> byPath = new ConcurrentHashMap<>();

  TextServlet(DataSource database, Queries queries) {
    this.database = database;
    this.queries = queries;
  }

  @Override
  protected void doGet(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    String sql =
        byPath.computeIfAbsent(
            request.getPathInfo(),
            path -> "select json_agg(p) from (" + queries.named(path.substring(1)) + ") p");
    try (var connection = database.getConnection();
        var statement = connection.prepareStatement(sql);
        var row = statement.executeQuery()) {
      row.next();
      byte[] page = row.getBytes(1);
      response.setContentType("application/json");
      response.setContentLength(page.length);
      response.getOutputStream().write(page);
    } catch (SQLException e) {
      throw new IOException(e);
    }
  }
}
