package dev.rekey.upstream.http;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.client.ClientHttpResponse;

/** A token endpoint's answer, of which no more than 64 KiB are read. */
final class SizeLimitedResponse implements ClientHttpResponse {

  private static final int LIMIT = 64 * 1024;

  private final ClientHttpResponse answer;

  SizeLimitedResponse(ClientHttpResponse answer) {
    this.answer = answer;
  }

  @Override
  public InputStream getBody() throws IOException {
    return new FilterInputStream(answer.getBody()) {

      private int left = LIMIT;

      @Override
      public int read() throws IOException {
        int read = super.read();
        count(read < 0 ? 0 : 1);
        return read;
      }

      @Override
      public int read(byte[] bytes, int offset, int length) throws IOException {
        int read = super.read(bytes, offset, length);
        count(Math.max(read, 0));
        return read;
      }

      private void count(int read) throws IOException {
        left -= read;
        if (left < 0) {
          throw new IOException("a token answer may have " + LIMIT + " bytes");
        }
      }
    };
  }

  @Override
  public HttpHeaders getHeaders() {
    return answer.getHeaders();
  }

  @Override
  public HttpStatusCode getStatusCode() throws IOException {
    return answer.getStatusCode();
  }

  @Override
  public String getStatusText() throws IOException {
    return answer.getStatusText();
  }

  @Override
  public void close() {
    answer.close();
  }
}
