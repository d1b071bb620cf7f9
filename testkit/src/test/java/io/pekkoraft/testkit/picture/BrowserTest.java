package io.pekkoraft.testkit.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.pekkoraft.testkit.Cluster;
import io.pekkoraft.testkit.Picture;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page in a real browser; skipped where no Chromium is installed. */
class BrowserTest {
  private static final String STEP = "document.querySelector('#now .when').textContent";
  private static final String WHAT = "document.querySelector('#now .what').textContent";
  private static final String ARROWS = "document.documentElement.dataset.arrows";

  @TempDir private static Path directory;
  private static Path simulated;
  private static Path world;
  private static Browser browser;

  @BeforeAll
  static void a_browser_opens_the_picture_of_a_failed_run() throws IOException {
    assumeTrue(Browser.program().isPresent(), "no Chromium on the path");
    Cluster cluster = Cluster.of(3);
    Picture picture = Picture.of(cluster.simulation()).titled("<b>bold</b> & 'quoted'");
    String leader = cluster.awaitLeader();
    cluster.commit(leader);
    cluster.cut(leader, cluster.others(leader).get(0));
    cluster.commit(leader);
    cluster.elapse(2_000);
    cluster.crash(leader);
    cluster.elapse(100);
    picture.failed("</script><img src=x onerror=alert(1)> was expected");
    simulated = directory.resolve("picture.html");
    picture.writeTo(simulated);
    world = directory.resolve("world.html");
    OldInstance.picture().writeTo(world);
    browser = new Browser(Browser.program().orElseThrow(), 1400, 900);
    browser.open(simulated.toUri().toString());
  }

  @AfterAll
  static void the_browser_is_closed() throws IOException {
    if (browser != null) {
      browser.close();
    }
  }

  @Test
  void it_shows_the_violation_first_and_any_text_as_text() {
    assertThat(browser.complaints()).isEmpty();
    assertThat(browser.evaluate("document.documentElement.dataset.error || 'none'"))
        .isEqualTo("none");
    browser.press("v");
    assertThat(browser.evaluate("document.getElementById('title').textContent"))
        .isEqualTo("<b>bold</b> & 'quoted'");
    assertThat(browser.evaluate("document.getElementById('violation').textContent"))
        .contains("</script><img");
    assertThat(browser.evaluate("String(document.querySelectorAll('img, b b, h1 *').length)"))
        .isEqualTo("0");
    assertThat(browser.evaluate(WHAT)).isEqualTo("world: an expectation of the test");
  }

  @Test
  void keys_step_forth_and_back_and_the_panel_follows() {
    browser.press("Home");
    String first = browser.evaluate(STEP);
    assertThat(first).startsWith("Step 1 of");
    browser.press("ArrowDown");
    String second = browser.evaluate(STEP);
    assertThat(second).isNotEqualTo(first);
    browser.press("ArrowUp");
    assertThat(browser.evaluate(STEP)).isEqualTo(first);
    browser.press("End");
    assertThat(browser.evaluate("document.querySelector('#states table').textContent"))
        .contains("down", "follower");
  }

  private static int arrowsOfAll() {
    browser.press("0");
    return Integer.parseInt(browser.evaluate(ARROWS));
  }

  @Test
  void kinds_are_hidden_and_shown_and_searched_for() {
    int one = arrowsOfAll();
    browser.press("h");
    int other = arrowsOfAll();
    assertThat(Math.abs(one - other)).isGreaterThan(40);
    browser.press("h");
    assertThat(arrowsOfAll()).isEqualTo(one);
    browser.evaluate(
        "(() => {const field = document.getElementById('search'); field.value = 'lost by';"
            + " field.dispatchEvent(new Event('input')); return '';})()");
    assertThat(browser.evaluate("document.getElementById('found').textContent"))
        .matches("[1-9]\\d* found");
  }

  @Test
  void it_draws_in_true_time_in_the_dark_and_with_the_legend_open() {
    browser.press("t");
    browser.press("0");
    browser.press("c");
    browser.evaluate("(() => {document.getElementById('theme').click(); return '';})()");
    browser.press("?");
    assertThat(browser.evaluate("String(document.getElementById('help').open)")).isEqualTo("true");
    browser.evaluate("(() => {document.getElementById('help').close(); return '';})()");
    browser.press("c");
    browser.press("t");
    assertThat(browser.complaints()).isEmpty();
  }

  @Test
  void a_run_of_whole_actor_systems_is_shown_with_roles_singletons_and_messages_of_any_kind() {
    browser.open(world.toUri().toString());
    try {
      browser.press("0");
      assertThat(browser.complaints()).isEmpty();
      assertThat(browser.evaluate("document.querySelector('#states table').textContent"))
          .contains("acts", "seller 2", "behind", "seller 1");
      assertThat(browser.evaluate("document.getElementById('filters').textContent"))
          .contains("application");
      assertThat(Integer.parseInt(browser.evaluate(ARROWS))).isEqualTo(1);
      browser.press("End");
      assertThat(browser.evaluate("document.querySelector('#states table').textContent"))
          .contains("down");
    } finally {
      browser.open(simulated.toUri().toString());
    }
  }

  /** What is on the canvas, not only in the document: a message drawn where it says it is. */
  @Test
  void the_pointer_finds_what_is_drawn() {
    browser.press("v");
    String found =
        browser.evaluate(
            "(() => {const canvas = document.getElementById('diagram');"
                + " const tip = document.getElementById('tooltip'); const texts = new Set();"
                + " for (let y = 40; y < canvas.clientHeight; y += 5) {"
                + " for (let x = 100; x < canvas.clientWidth; x += 40) {"
                + " canvas.dispatchEvent(new MouseEvent('pointermove', {clientX:"
                + " canvas.getBoundingClientRect().x + x, clientY:"
                + " canvas.getBoundingClientRect().y + y}));"
                + " if (!tip.hidden) {texts.add(tip.querySelector('strong').textContent);}}}"
                + " return [...texts].join('; ');})()");
    assertThat(found).contains("AppendEntries", "cut ");
  }
}
