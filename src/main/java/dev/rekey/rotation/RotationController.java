package dev.rekey.rotation;

import dev.rekey.access.Access;
import dev.rekey.access.Caller;
import dev.rekey.platform.Answers;
import dev.rekey.platform.ProblemType;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.UUID;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Shows rotations. */
@RestController
@RequestMapping(path = "/api/v1/rotations", produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "Rotations", description = "Every wish for a new credential, and what came of it.")
@Answers(ProblemType.RECORD_UNAVAILABLE)
class RotationController {

  private final RotationRepository rotations;
  private final Access access;

  RotationController(RotationRepository rotations, Access access) {
    this.rotations = rotations;
    this.access = access;
  }

  @GetMapping("/{id}")
  @Answers(ProblemType.NOT_FOUND)
  @Operation(
      operationId = "getRotation",
      summary = "Get one rotation",
      description = "One that you may not see answers like one that does not exist.")
  RotationView get(
      Caller caller,
      @PathVariable(name = "id")
          @Parameter(
              description = "The Rekey-Rotation-Id.",
              example = "019aa8a5-9c41-7b52-9e03-6c2d8f4a1b70")
          UUID id) {
    return rotations
        .findWithAttempts(id)
        .flatMap(rotation -> access.ifVisible(caller, rotation.subject(), rotation))
        .map(Rotation::view)
        .orElseThrow(
            () ->
                ProblemType.NOT_FOUND
                    .with("There is no such rotation that you may see.")
                    .exception());
  }
}
