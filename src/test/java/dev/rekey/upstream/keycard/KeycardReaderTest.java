package dev.rekey.upstream.keycard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.platform.PathId;
import dev.rekey.upstream.ListableUpstream.SubjectPage;
import dev.rekey.upstream.Reply;
import dev.rekey.upstream.Reply.Flaw;
import dev.rekey.upstream.Subject;
import dev.rekey.upstream.keycard.KeycardApi.AccountPage;
import dev.rekey.upstream.keycard.KeycardApi.KeycardCredential;
import dev.rekey.upstream.keycard.KeycardApi.KeycardPage;
import dev.rekey.upstream.keycard.KeycardApi.PageInfo;
import dev.rekey.upstream.keycard.KeycardApi.ServiceAccount;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class KeycardReaderTest {

  private static final PageInfo LAST_PAGE = new PageInfo(false, false, null, "end");

  @Test
  void credentialWithoutAValidIdIsUnusable() {
    assertThat(KeycardReader.credential(null)).isEqualTo(unparsable());
    assertThat(KeycardReader.credential(credential(null))).isEqualTo(unparsable());
    assertThat(KeycardReader.credential(credential("../x"))).isEqualTo(unparsable());
    assertThat(KeycardReader.credential(credential("id"))).isInstanceOf(Reply.Success.class);
  }

  @Test
  void pageWithAnUnusableCredentialIsUnusable() {
    var items = List.of(credential("id"), credential(null));

    assertThat(KeycardReader.page(new KeycardPage(items, LAST_PAGE, null))).isEqualTo(unparsable());
    assertThat(KeycardReader.page(new KeycardPage(List.of(), null, null))).isEqualTo(unparsable());
  }

  @Test
  void lastPageOfSubjectsHasNoCursor() {
    assertThat(subjects(LAST_PAGE))
        .isEqualTo(new Reply.Success<>(new SubjectPage(List.of(subject("sa")), null)));
    assertThat(subjects(new PageInfo(true, false, null, "next")))
        .isEqualTo(new Reply.Success<>(new SubjectPage(List.of(subject("sa")), "next")));
  }

  @Test
  void nextPageOfSubjectsWithoutCursorIsUnusable() {
    assertThat(subjects(new PageInfo(true, false, null, null))).isEqualTo(unparsable());
  }

  private static Reply<SubjectPage> subjects(PageInfo info) {
    var page = new AccountPage(List.of(new ServiceAccount("sa")), info);
    return KeycardReader.subjects(page, PathId.of("acme"));
  }

  private static Subject subject(String account) {
    return new Subject(Keycard.NAME, "organizations/acme/service-accounts/" + account);
  }

  private static KeycardCredential credential(@Nullable String id) {
    return new KeycardCredential(id, null, null, null, null, null, null, null);
  }

  private static Reply<Object> unparsable() {
    return new Reply.Unusable<>(Flaw.UNPARSABLE);
  }
}
