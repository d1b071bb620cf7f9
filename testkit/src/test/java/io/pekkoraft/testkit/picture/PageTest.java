package io.pekkoraft.testkit.picture;

import static org.assertj.core.api.Assertions.assertThat;

import io.pekkoraft.testkit.picture.Recording.Fate;
import io.pekkoraft.testkit.picture.Recording.Kind;
import io.pekkoraft.testkit.picture.Recording.Message;
import io.pekkoraft.testkit.picture.Recording.Sort;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The recording by itself, and the file that is made of it. */
class PageTest {
  private static final Kind PING = new Kind("Ping", "ping {n}", "other", false, List.of("n"));

  private static Recording recording(int maxSteps) {
    return new Recording(List.of("a", "b"), List.of("role", "term"), List.of(PING), maxSteps);
  }

  private static Page page(String what) {
    return new Page("title", "invariant", what, "replay");
  }

  private static void pings(Recording recording, int count) {
    for (long i = 0; i < count; i++) {
      recording.step(i * 10, 0, Sort.OWN, "timer", null);
      recording.state(0, new @Nullable Object[] {"LEADER", i});
      Message message = recording.sent(i * 10, 0, 0, 1, new @Nullable Object[] {i});
      recording.step(i * 10 + 5, 1, Sort.MESSAGE, "", message);
    }
  }

  @Test
  void only_the_newest_steps_are_kept_and_what_came_before_is_folded_into_the_state() {
    Recording recording = recording(10);
    pings(recording, 10_000);
    assertThat(recording.count()).isEqualTo(20_000);
    assertThat(recording.steps()).hasSize(10);
    assertThat(recording.messages()).hasSizeLessThan(8);
    assertThat(recording.first().get(0)).containsExactly("LEADER", 9_994L);
  }

  @Test
  void what_is_kept_beside_the_steps_is_bounded_while_the_run_goes_on() {
    Recording recording = recording(10);
    pings(recording, 10_000);
    assertThat(recording.kept()).isLessThan(100);
  }

  @Test
  void a_message_whose_sending_is_forgotten_keeps_its_time() {
    Recording recording = recording(2);
    recording.step(1, 0, Sort.OWN, "timer", null);
    Message message = recording.sent(1, 0, 0, 1, new @Nullable Object[] {1L});
    recording.step(20, 0, Sort.OWN, "timer", null);
    recording.step(30, 1, Sort.MESSAGE, "", message);
    assertThat(page("").json(recording)).contains("[0,0,1,1,-1,1,30,1,0,[1]]");
  }

  @Test
  void a_lost_message_ends_where_it_began() {
    Recording recording = recording(10);
    recording.step(7, 0, Sort.OWN, "timer", null);
    recording.end(recording.sent(7, 0, 0, 1, new @Nullable Object[] {1L}), Fate.LOST, 7);
    assertThat(page("").json(recording)).contains("[0,0,1,7,0,2,7,-1,0,[1]]");
  }

  @Test
  void no_text_can_leave_the_data() {
    Recording recording = recording(10);
    String evil = "</script><!-- <script>alert('1')</script> & \" \\ \u2028 \n\t\u0000 /* data */";
    recording.step(1, 0, Sort.NOTE, evil, null);
    recording.note(evil);
    recording.state(0, new @Nullable Object[] {evil, 1L});
    String html = page(evil).html(recording);
    String data =
        html.substring(html.indexOf("id=\"run\">") + 9, html.lastIndexOf("</script>\n<script>"));
    assertThat(data).startsWith("{\"title\":").endsWith("}");
    assertThat(data).doesNotContainPattern("[<>&\u2028\u0000\t]");
    assertThat(data).contains("\\u003c/script\\u003e", "/* data */");
  }

  @Test
  void the_file_needs_nothing_from_elsewhere() {
    String html = page("").html(recording(10));
    assertThat(html).contains("default-src 'none'");
    Pattern reference =
        Pattern.compile("(?:src|href)=\"(?!data:)|url\\(|import |fetch\\(|innerHTML");
    assertThat(reference.matcher(html).find()).isFalse();
    assertThat(html).doesNotContain("/* picture.css */", "/* scripts */", "/* data */");
  }
}
