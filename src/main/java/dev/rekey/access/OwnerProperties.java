package dev.rekey.access;

import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * The owners of subjects.
 *
 * @param owners the first that matches a subject owns it; default none
 */
@Validated
@ConfigurationProperties("rekey")
record OwnerProperties(@DefaultValue List<@Valid OwnerSettings> owners) {

  OwnerProperties {
    Owners.requireLinks(owners);
  }

  /**
   * An owner.
   *
   * @param subjects patterns of its subjects
   * @param team the name of the team, as people know it
   * @param contact how to reach the team, such as a channel; default none
   * @param link an https URL or a mailto address; default none
   */
  record OwnerSettings(
      @NotEmpty(message = "the subjects of this owner, such as apps/crm/connectors/*")
          List<SubjectPattern> subjects,
      @NotBlank(message = "the team that owns these subjects") @Size(max = 255) String team,
      @Nullable @Size(max = 255) String contact,
      @Nullable String link) {

    OwnerSettings {
      // The check of the settings reports that there is none.
      subjects = subjects == null ? List.of() : List.copyOf(subjects);
    }
  }
}
