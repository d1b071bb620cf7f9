package io.pekkoraft.bootstrap.http;

import io.pekkoraft.api.Outcome;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.pekko.http.javadsl.model.ContentType;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpCharsets;
import org.apache.pekko.http.javadsl.model.HttpEntities;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.MediaTypes;
import org.apache.pekko.http.javadsl.model.StatusCode;
import org.apache.pekko.http.javadsl.model.StatusCodes;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;

/**
 * Errors as {@code application/problem+json} (RFC 9457). Beside its usual members each has {@code
 * outcome}, a fixed word for programs, and {@code done}: {@code "no"} if the request certainly had
 * no effect, {@code "unknown"} if it may have one.
 */
final class Problem {
  private static final ContentType.WithFixedCharset PROBLEM_JSON =
      ContentTypes.create(
          MediaTypes.applicationWithFixedCharset("problem+json", HttpCharsets.UTF_8));
  private static final String NOT_DONE = "no";
  private static final String MAY_BE_DONE = "unknown";
  private static final Duration SOON = Duration.ofSeconds(1);

  private Problem() {}

  static HttpResponse notFound(String detail) {
    return problem(StatusCodes.NOT_FOUND, "NotFound", NOT_DONE, detail);
  }

  static HttpResponse malformed(String detail) {
    return problem(StatusCodes.BAD_REQUEST, "Malformed", NOT_DONE, detail);
  }

  static HttpResponse tooLarge(String detail) {
    return problem(StatusCodes.CONTENT_TOO_LARGE, "TooLarge", NOT_DONE, detail);
  }

  static HttpResponse bodyTimedOut() {
    return problem(
        StatusCodes.REQUEST_TIMEOUT,
        "TimedOut",
        NOT_DONE,
        "the request's body did not arrive in time");
  }

  static HttpResponse methodNotAllowed(String allowed) {
    return problem(
            StatusCodes.METHOD_NOT_ALLOWED,
            "MethodNotAllowed",
            NOT_DONE,
            "allowed here: " + allowed)
        .addHeader(RawHeader.create("Allow", allowed));
  }

  /** The node has no group to serve yet, or takes no part in it. */
  static HttpResponse unavailable(String outcome, String detail, Duration retryAfter) {
    return problem(StatusCodes.SERVICE_UNAVAILABLE, outcome, NOT_DONE, detail)
        .addHeader(RawHeader.create("Retry-After", Long.toString(wholeSeconds(retryAfter))));
  }

  static HttpResponse unavailable(String outcome, String detail) {
    return unavailable(outcome, detail, SOON);
  }

  static HttpResponse internal() {
    return problem(
        StatusCodes.INTERNAL_SERVER_ERROR, "InternalError", MAY_BE_DONE, "see the node's log");
  }

  /**
   * What a proposal that was not committed means over HTTP.
   *
   * @throws IllegalArgumentException if it was committed
   */
  static HttpResponse of(Outcome outcome) {
    if (outcome instanceof Outcome.NoLeader none) {
      return unavailable("NoLeader", none.reason());
    }
    if (outcome instanceof Outcome.NotLeader other) {
      return unavailable(
          "NotLeader",
          other.leader() == null ? "no leader is known" : "the leader is " + other.leader());
    }
    if (outcome instanceof Outcome.Overloaded overloaded) {
      return unavailable("Overloaded", "too much is waiting already", overloaded.retryAfter());
    }
    if (outcome instanceof Outcome.MemberFailed failed) {
      return unavailable("MemberFailed", failed.reason(), Duration.ofSeconds(30));
    }
    if (outcome instanceof Outcome.Indeterminate unknown) {
      return problem(StatusCodes.GATEWAY_TIMEOUT, "Indeterminate", MAY_BE_DONE, unknown.reason());
    }
    if (outcome instanceof Outcome.TimedOut late) {
      String detail = "not even begun after " + late.after().toMillis() + " ms";
      return problem(StatusCodes.GATEWAY_TIMEOUT, "TimedOut", NOT_DONE, detail);
    }
    if (outcome instanceof Outcome.TooLarge large) {
      return tooLarge("a command has at most " + large.limitBytes() + " bytes");
    }
    if (outcome instanceof Outcome.Rejected rejected) {
      return problem(StatusCodes.CONFLICT, "Rejected", NOT_DONE, rejected.reason());
    }
    throw new IllegalArgumentException("not a problem: " + outcome);
  }

  private static long wholeSeconds(Duration duration) {
    return Math.max(1, duration.plusMillis(999).toSeconds());
  }

  private static HttpResponse problem(
      StatusCode status, String outcome, String done, String detail) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("type", "about:blank");
    members.put("title", status.reason());
    members.put("status", status.intValue());
    members.put("detail", detail);
    members.put("outcome", outcome);
    members.put("done", done);
    return HttpResponse.create()
        .withStatus(status)
        .withEntity(HttpEntities.create(PROBLEM_JSON, Json.render(members)));
  }
}
