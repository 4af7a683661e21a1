package dev.rekey.platform.web;

import dev.rekey.platform.problem.Problems;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.util.unit.DataSize;
import org.springframework.web.filter.OncePerRequestFilter;

/** Refuses bodies over 64 KiB before anything reads them, whether or not they tell their length. */
@Component
@Order(0)
class BodyLimitFilter extends OncePerRequestFilter {

  private static final int LIMIT = (int) DataSize.ofKilobytes(64).toBytes();
  private static final int UNKNOWN_LENGTH = -1;

  private final Problems problems;

  BodyLimitFilter(Problems problems) {
    this.problems = problems;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    if (request.getContentLengthLong() != UNKNOWN_LENGTH) {
      passIf(request.getContentLengthLong() <= LIMIT, request, request, response, chain);
      return;
    }
    byte[] body = request.getInputStream().readNBytes(LIMIT + 1);
    passIf(body.length <= LIMIT, request, new Buffered(request, body), response, chain);
  }

  private void passIf(
      boolean fits,
      HttpServletRequest original,
      HttpServletRequest request,
      HttpServletResponse response,
      FilterChain chain)
      throws ServletException, IOException {
    if (fits) {
      chain.doFilter(request, response);
    } else {
      problems.write(
          Problems.forStatus(HttpServletResponse.SC_REQUEST_ENTITY_TOO_LARGE), original, response);
    }
  }

  private static final class Buffered extends HttpServletRequestWrapper {

    private final ByteArrayInputStream body;

    Buffered(HttpServletRequest request, byte[] body) {
      super(request);
      this.body = new ByteArrayInputStream(body);
    }

    @Override
    public ServletInputStream getInputStream() {
      return new ServletInputStream() {
        @Override
        public int read() {
          return body.read();
        }

        @Override
        public int read(byte[] bytes, int offset, int length) {
          return body.read(bytes, offset, length);
        }

        @Override
        public boolean isFinished() {
          return body.available() == 0;
        }

        @Override
        public boolean isReady() {
          return true;
        }

        @Override
        public void setReadListener(ReadListener listener) {
          throw new IllegalStateException("no controller reads its body asynchronously");
        }
      };
    }
  }
}
