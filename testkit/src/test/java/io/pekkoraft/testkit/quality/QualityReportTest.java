package io.pekkoraft.testkit.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QualityReportTest {
  @TempDir Path project;

  private void figures(String column, String part, String... lines) throws IOException {
    Path directory = Files.createDirectories(project.resolve("testkit/target/quality/" + column));
    Files.writeString(
        directory.resolve(part + ".txt"), part + "\n" + String.join("\n", lines) + "\n");
  }

  @Test
  void figures_of_both_columns_stand_in_one_table() throws IOException {
    figures("verify", "Swarm", "seeds = 1,500", "violations = 0");
    figures("soak", "Swarm", "seeds = 50,000");
    String report = QualityReport.make("", project, List.of("processors=2"));
    assertThat(report)
        .contains("## Swarm\n\n| measure | verify | soak |\n")
        .contains("| seeds | 1,500 | 50,000 |\n| violations | 0 |  |\n")
        .contains("## The run itself\n")
        .contains("| processors | 2 | 2 |\n");
  }

  @Test
  void what_was_not_measured_anew_keeps_its_figures() throws IOException {
    figures("verify", "Swarm", "seeds = 1", "gone = 1");
    figures("soak", "Swarm", "seeds = 2");
    String before = QualityReport.make("", project, List.of());
    Files.delete(project.resolve("testkit/target/quality/soak/Swarm.txt"));
    figures("verify", "Swarm", "seeds = 3");
    String after = QualityReport.make(before, project, List.of());
    assertThat(after).contains("| seeds | 3 | 2 |").doesNotContain("gone");
    assertThat(QualityReport.make(after, project, List.of())).isEqualTo(after);
  }

  @Test
  void a_figure_that_could_not_be_read_again_is_refused() {
    QualityFigures figures = QualityFigures.of("Swarm");
    assertThatThrownBy(() -> figures.add("a=b", 1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> figures.add("a", "b\nc")).isInstanceOf(IllegalArgumentException.class);
  }
}
